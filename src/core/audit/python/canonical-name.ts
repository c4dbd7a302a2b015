/** A distribution's name as all spellings of it are compared (packaging specification, "Name normalization"). */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
