/** Fields of a BuildKit cache option that are no secret (docs.docker.com/build/cache/backends). */
const PLAIN = new Set([
  "type",
  "ref",
  "mode",
  "dest",
  "src",
  "tag",
  "digest",
  "scope",
  "name",
  "bucket",
  "region",
  "prefix",
  "compression",
  "image-manifest",
  "oci-mediatypes",
  "ignore-error",
  "registry.insecure",
]);

/** A variable as it may be shown: cache options can carry keys of object stores and tokens. */
export function showVariable(name: string, value: string): string {
  if (name === "GH_TOKEN") return "set";
  if (!name.startsWith("CACHE_")) return value;
  return value
    .split(",")
    .map((field) => {
      const equals = field.indexOf("=");
      return equals < 0 || PLAIN.has(field.slice(0, equals).toLowerCase())
        ? field
        : `${field.slice(0, equals)}=[redacted]`;
    })
    .join(",");
}
