/**
 * Which files an audit keeps whole, by whose database they belong to. Paths are plain and from the image's root; they are
 * asked for each file of an image, so each rule looks at the front or the end of a path first.
 */
export function isKept(path: string): boolean {
  return KEEPERS.some((keeps) => keeps(path));
}

const KEEPERS: readonly ((path: string) => boolean)[] = [
  isPackageDatabase,
  isLoaderConfiguration,
  isAboutSystem,
  isDistributionMetadata,
  isPathConfiguration,
];

/** dpkg's status (also one file for each package, as distroless images have it), lists, checksums, diversions; apt's marks. */
export function isPackageDatabase(path: string): boolean {
  if (!path.startsWith("var/lib/")) return false;
  if (path === "var/lib/apt/extended_states") return true;
  return DPKG.test(path);
}

const DPKG =
  /^var\/lib\/dpkg\/(?:status|diversions|statoverride|arch(?:-native)?|(?:status\.d|updates)\/[^/]+|info\/[^/]+\.(?:list|md5sums|conffiles|shlibs|symbols)|alternatives\/[^/]+)$/;

/** What glibc's and musl's loaders read besides the libraries themselves. */
export function isLoaderConfiguration(path: string): boolean {
  return path.startsWith("etc/ld") && LOADER.test(path);
}

const LOADER =
  /^etc\/(?:ld\.so\.cache|ld\.so\.conf|ld\.so\.conf\.d\/[^/]+|ld\.so\.preload|ld-musl-[^/]+\.path)$/;

/** Which distribution it is, and who its accounts are. */
export function isAboutSystem(path: string): boolean {
  return SYSTEM.has(path);
}

const SYSTEM: ReadonlySet<string> = new Set([
  "etc/os-release",
  "usr/lib/os-release",
  "etc/debian_version",
  "etc/passwd",
  "etc/group",
]);

/** What installers of Python leave of each distribution. */
export function isDistributionMetadata(path: string): boolean {
  return (path.includes("-info") || path.includes(".egg/")) && METADATA.test(path);
}

const METADATA =
  /\.(?:egg\/EGG-INFO\/PKG-INFO|dist-info\/(?:METADATA|RECORD|WHEEL|INSTALLER|REQUESTED|top_level\.txt|entry_points\.txt|direct_url\.json)|egg-info(?:\/(?:PKG-INFO|top_level\.txt|requires\.txt|entry_points\.txt|installed-files\.txt|SOURCES\.txt))?)$/;

/** What moves the places that an interpreter looks into. */
export function isPathConfiguration(path: string): boolean {
  return PATHS.test(path);
}

const PATHS =
  /(?:(?:^|\/)pyvenv\.cfg|-packages\/(?:[^/]+\.(?:pth|egg-link)|__editable__[^/]*_finder\.py)|python3?[\d.]*\._pth)$/;
