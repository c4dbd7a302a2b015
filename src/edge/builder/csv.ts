/**
 * One record of comma separated `key=value` fields, as buildx reads `--output` and `--secret` (Go's encoding/csv):
 * a field with a comma, a quote or a line break is quoted whole, its quotes doubled.
 */
export function csvRecord(fields: readonly (readonly [key: string, value: string])[]): string {
  return fields.map(([key, value]) => csvField(`${key}=${value}`)).join(",");
}

function csvField(text: string): string {
  // Go's reader also trims nothing, but takes a leading space or quote literally only inside quotes.
  return /[",\r\n]|^\s/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
