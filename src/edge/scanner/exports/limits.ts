const MIB = 1024 * 1024;

/** More than any export has; the largest record of the public ones has some MiB. */
export const LIMITS: ExportLimits = {
  recordBytes: 16 * MIB,
  records: 5_000_000,
  unpackedBytes: 32 * 1024 * MIB,
  directoryBytes: 1024 * MIB,
};

export interface ExportLimits {
  /** Of one record, unpacked. */
  readonly recordBytes: number;
  readonly records: number;
  readonly unpackedBytes: number;
  /** Of a zip's central directory. */
  readonly directoryBytes: number;
}
