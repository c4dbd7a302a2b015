const MAX_LICENCES = 200;
const COMMON = /\/usr\/share\/common-licenses\/[A-Za-z0-9.-]*[A-Za-z0-9]/g;

/**
 * The licences that a Debian `copyright` file names: by its `License:` fields where it is machine-readable (format 1.0),
 * else the texts in `/usr/share/common-licenses` that it points to, by their paths: those do not say whether a later version
 * would do as well. Sorted, as written, each once.
 */
export function licencesOfCopyright(text: string): readonly string[] {
  const isStructured = /^Format: *https?:\/\/\S*copyright-format/m.test(text.slice(0, 4096));
  const found = isStructured
    ? [...text.matchAll(/^License:[ \t]*([^\n]+)$/gm)].map(([, name = ""]) => name.trim())
    : [...text.matchAll(COMMON)].map(([path]) => path);
  return [...new Set(found.filter((name) => name !== ""))].sort().slice(0, MAX_LICENCES);
}
