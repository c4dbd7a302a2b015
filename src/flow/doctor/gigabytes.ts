/** Decimal, as disks are sold: `0.4 GB`, `48 GB`. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} GB`;
}
