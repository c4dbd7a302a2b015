import type { SbomSystem } from "../../audit/sbom/sbom.ts";
import { type Digest, digestOf } from "../../base/digest.ts";
import { canonicalJson, type Json } from "../../base/json.ts";
import { Annotation } from "../../oci/annotation.ts";
import type { Blob } from "../../oci/artifact.ts";
import { MediaType } from "../../oci/media-type.ts";
import { type TarFile, writeTar } from "../../oci/write-tar.ts";

/** What is wrong with a canary, and nothing else is. */
export type CanaryFault =
  | "none"
  | "vulnerable"
  | "secret"
  | "set-id"
  | "world-writable"
  | "root"
  | "no-init"
  | "no-health"
  | "no-labels";

export interface CanarySeed {
  /** Makes its layer one that nobody has read yet. */
  readonly nonce: Digest;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the fleet's images, where that is known: what is kept of advisories may be of no other. */
  readonly system: SbomSystem | undefined;
}

/** An image as a registry takes it. */
export interface CanaryImage {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
}

const SITE = "opt/venv/lib/python3.11/site-packages";
const BASE = digestOf("the base of a canary");
/** UID:GID of a canary; what a fleet asks of its own images is not asked of it. */
export const CANARY_USER = "10001:10001";

/** A small image of one layer that a service could be, with this one fault. */
export function canaryImage(fault: CanaryFault, seed: CanarySeed): CanaryImage {
  const layer = blob(writeTar(filesOf(fault, seed)), MediaType.ociLayer);
  const told = labels(fault, seed);
  const config = json(
    {
      os: "linux",
      architecture: "amd64",
      config: {
        User: fault === "root" ? "0:0" : CANARY_USER,
        Env: ["PATH=/usr/bin"],
        ...(fault === "no-init" ? {} : { Entrypoint: ["/usr/bin/tini", "--"] }),
        Cmd: ["/usr/bin/true"],
        Labels: told,
        ...(fault === "no-health" ? {} : { Healthcheck: { Test: ["CMD", "/usr/bin/true"] } }),
      },
      rootfs: { type: "layers", diff_ids: [layer.descriptor.digest] },
      history: [{ created_by: `plant ${fault}` }],
    },
    MediaType.ociConfig,
  );
  const manifest = json(
    {
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: config.descriptor,
      layers: [layer.descriptor],
      annotations: {
        ...told,
        ...(fault === "no-labels" ? {} : { [Annotation.identity]: digestOf(seed.nonce) }),
      },
    },
    MediaType.ociManifest,
  );
  return { manifest, blobs: [layer, config] };
}

function labels(fault: CanaryFault, { now }: CanarySeed): Readonly<Record<string, string>> {
  if (fault === "no-labels") return {};
  return {
    [Annotation.created]: `${new Date(now).toISOString().slice(0, 19)}Z`,
    [Annotation.revision]: "0".repeat(40),
    [Annotation.baseName]: "canary",
    [Annotation.baseDigest]: BASE,
  };
}

const BOOKWORM: SbomSystem = { id: "debian", version: "12", codename: "bookworm" };
/** What a canary can be of, which has packages of dpkg. */
const OF_DPKG: ReadonlySet<string> = new Set(["debian", "ubuntu"]);

function osRelease(system: SbomSystem | undefined): string {
  const { id, version, codename } = system !== undefined && OF_DPKG.has(system.id) ? system : BOOKWORM;
  return [
    `ID=${id}`,
    ...(version === undefined ? [] : [`VERSION_ID="${version}"`]),
    ...(codename === undefined ? [] : [`VERSION_CODENAME=${codename}`]),
    "",
  ].join("\n");
}

function filesOf(fault: CanaryFault, { nonce, system }: CanarySeed): readonly TarFile[] {
  const packages = fault === "vulnerable" ? [...PACKAGES, OLD_PACKAGE] : PACKAGES;
  const distributions = fault === "vulnerable" ? [...DISTRIBUTIONS, OLD_DISTRIBUTION] : DISTRIBUTIONS;
  return [
    { path: "etc/os-release", content: osRelease(system) },
    { path: "etc/passwd", content: "root:x:0:0::/root:/bin/sh\nappuser:x:10001:10001::/app:/bin/sh\n" },
    { path: "etc/group", content: "root:x:0:\nappuser:x:10001:\n" },
    { path: "usr/bin/tini", content: "#!/bin/sh\n", mode: 0o755 },
    { path: "usr/bin/true", content: "#!/bin/sh\n", mode: fault === "set-id" ? 0o4755 : 0o755 },
    { path: "var/lib/dpkg/status", content: packages.map(stanza).join("\n") },
    ...packages.map(({ name }) => ({ path: `var/lib/dpkg/info/${name}.list`, content: "/.\n" })),
    ...distributions.flatMap(distInfo),
    { path: "app/nonce.txt", content: nonce },
    ...(fault === "secret"
      ? [{ path: "app/settings.ini", content: `[service]\ntoken = ${tokenOf(nonce)}\n` }]
      : []),
    ...(fault === "world-writable" ? [{ path: "app/open.txt", content: "x", mode: 0o666 }] : []),
  ];
}

/** In the form of a GitHub token, and none: it is made of the nonce. */
function tokenOf(nonce: Digest): string {
  return `ghp_${nonce.slice(-36)}`;
}

interface Installed {
  readonly name: string;
  readonly version: string;
}

const PACKAGES: readonly Installed[] = [{ name: "lapstrake-canary", version: "1.0-1" }];
const DISTRIBUTIONS: readonly Installed[] = [{ name: "lapstrake-canary", version: "1.0" }];
/** Older than every fix of a Debian that anybody still runs. */
const OLD_PACKAGE: Installed = { name: "openssl", version: "1.0.0-1" };
/** CVE-2019-10906, CVE-2020-28493 and more. */
const OLD_DISTRIBUTION: Installed = { name: "jinja2", version: "2.10" };

function stanza({ name, version }: Installed): string {
  return `${[
    `Package: ${name}`,
    "Status: install ok installed",
    "Maintainer: nobody <nobody@example.invalid>",
    "Architecture: amd64",
    `Version: ${version}`,
    "Description: planted by lapstrake",
  ].join("\n")}\n`;
}

function distInfo({ name, version }: Installed): readonly TarFile[] {
  const folder = `${SITE}/${name.replaceAll("-", "_")}-${version}.dist-info`;
  return [
    { path: folder },
    { path: `${folder}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\n` },
    { path: `${folder}/RECORD`, content: "" },
  ];
}

function json(value: unknown, mediaType: string): Blob {
  // It is made of values alone; interfaces have no index signature.
  return blob(new TextEncoder().encode(canonicalJson(value as Json)), mediaType);
}

function blob(bytes: Uint8Array, mediaType: string): Blob {
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
