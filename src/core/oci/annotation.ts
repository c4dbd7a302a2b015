/** The predefined annotation keys of the OCI image specification, and our own. */
export const Annotation = {
  created: "org.opencontainers.image.created",
  revision: "org.opencontainers.image.revision",
  source: "org.opencontainers.image.source",
  baseName: "org.opencontainers.image.base.name",
  baseDigest: "org.opencontainers.image.base.digest",
  identity: "dev.lapstrake.identity",
  /** Of an SBOM that Lapstrake made: the version of what it says. */
  sbom: "dev.lapstrake.sbom",
} as const;
