import type { Digest } from "../../base/digest.ts";

/** What is in an image, in no format yet: one value for all formats, so that they cannot say different things. */
export interface Sbom {
  readonly subject: SbomSubject;
  /** ISO 8601: when the image was made, so that the same image has the same bytes; undefined where it does not say. */
  readonly created: string | undefined;
  /** Version of Lapstrake. */
  readonly tool: string;
  /** By `os-release`. */
  readonly system: SbomSystem | undefined;
  /** Sorted by id; ids are unique. */
  readonly components: readonly SbomComponent[];
}

export interface SbomSystem {
  readonly id: string;
  readonly version?: string;
  readonly name?: string;
  /** `bookworm`; no format has a field for it. */
  readonly codename?: string;
}

export interface SbomSubject {
  readonly name: string;
  /** Of its manifest; undefined for a folder. */
  readonly digest: Digest | undefined;
  /** `HOST/NAMESPACE/NAME` of what lies in a registry. */
  readonly repository?: string;
  /** As OCI writes it: `amd64`. */
  readonly architecture: string;
}

export interface SbomComponent {
  /** Its purl, with where it lies where two have the same. */
  readonly id: string;
  readonly ecosystem: "deb" | "pypi";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** `Name <address>`, as the package has it. */
  readonly maintainer?: string;
  readonly homepage?: string;
  readonly licences: readonly Licence[];
  readonly files: readonly SbomFile[];
  /** Ids of what it needs, by its own metadata or by what its native files load; sorted. */
  readonly dependsOn: readonly string[];
  /** What put it into the image. */
  readonly broughtBy: SbomOrigin | undefined;
  /** What no format has a field of its own for, by name. */
  readonly about: Readonly<Record<string, string>>;
}

export interface SbomOrigin {
  /** The lowest is 0. */
  readonly layer: number;
  readonly diffId: Digest | undefined;
  /** `docker/base/Dockerfile:12-20`, where the Dockerfile is known. */
  readonly instruction: string | undefined;
}

export interface SbomFile {
  /** Plain, from the image's root. */
  readonly path: string;
  /** As the package or distribution recorded it, in hex. */
  readonly hash?: { readonly algorithm: "MD5" | "SHA-256"; readonly hex: string };
}

/** `expression` is valid SPDX, of one identifier or more; a `name` is whatever else was written. */
export type Licence = { readonly expression: string } | { readonly name: string };
