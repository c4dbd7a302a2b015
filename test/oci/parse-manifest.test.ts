import { anything, assert, constantFrom, property, record, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { OciError } from "../../src/core/oci/error.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../src/core/oci/parse-manifest.ts";

const DIGEST = digestOf("x");
const CONFIG = { mediaType: MediaType.ociConfig, digest: DIGEST, size: 2 };
const LAYER = { mediaType: MediaType.ociLayerGzip, digest: digestOf("y"), size: 9 };
const MANIFEST = { schemaVersion: 2, mediaType: MediaType.ociManifest, config: CONFIG, layers: [LAYER] };
const INDEX = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] };

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

function parse(value: unknown, type?: string) {
  return parseManifest(bytesOf(value), type);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof OciError) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

test("a manifest, with what we read of it", () => {
  const annotations = { "org.opencontainers.image.created": "2026-01-01T00:00:00Z" };
  const value = {
    ...MANIFEST,
    annotations,
    artifactType: "application/x",
    subject: CONFIG,
    unknown: { a: [1] },
  };
  const { unknown: _, ...known } = value;
  expect(parse(value)).toEqual({ kind: "manifest", manifest: known });
});

test("an index with platforms, an attestation entry among them", () => {
  const manifests = [
    {
      ...LAYER,
      mediaType: MediaType.ociManifest,
      platform: { os: "linux", architecture: "arm64", variant: "v8" },
    },
    {
      ...LAYER,
      mediaType: MediaType.ociManifest,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    },
  ];
  expect(parse({ ...INDEX, manifests })).toEqual({ kind: "index", index: { ...INDEX, manifests } });
});

test("Docker's types are read alike", () => {
  expect(parse({ ...MANIFEST, mediaType: MediaType.dockerManifest }).kind).toBe("manifest");
  expect(parse({ ...INDEX, mediaType: MediaType.dockerList }).kind).toBe("index");
});

test("without mediaType the transport's word counts, then the form", () => {
  const { mediaType: _, ...bare } = MANIFEST;
  const found = parse(bare, MediaType.dockerManifest);
  expect(found.kind === "manifest" && found.manifest.mediaType).toBe(MediaType.dockerManifest);
  expect(parse(bare).kind).toBe("manifest");
  expect(parse({ schemaVersion: 2, manifests: [] }).kind).toBe("index");
  expect(parse(bare, "text/plain").kind).toBe("manifest");
});

test("null stands for absent: Go writes it", () => {
  const value = { ...MANIFEST, layers: null, annotations: null, subject: null };
  expect(parse(value)).toEqual({ kind: "manifest", manifest: { ...MANIFEST, layers: [] } });
});

test.each([
  ["nothing", ""],
  ["no JSON", "<html>"],
  ["a list", []],
  ["null", "null"],
  ["schema 1", { schemaVersion: 1, name: "x", fsLayers: [] }],
  ["no config", { ...MANIFEST, config: undefined }],
  ["a config that is text", { ...MANIFEST, config: "x" }],
  ["layers that are no list", { ...MANIFEST, layers: {} }],
  ["sha512", { ...MANIFEST, config: { ...CONFIG, digest: `sha512:${"a".repeat(128)}` } }],
  ["a digest in capitals", { ...MANIFEST, config: { ...CONFIG, digest: DIGEST.toUpperCase() } }],
  ["a negative size", { ...MANIFEST, config: { ...CONFIG, size: -1 } }],
  ["half a byte", { ...MANIFEST, config: { ...CONFIG, size: 1.5 } }],
  ["a size that no number holds", { ...MANIFEST, config: { ...CONFIG, size: 2 ** 60 } }],
  ["a size as text", { ...MANIFEST, config: { ...CONFIG, size: "2" } }],
  ["annotations that are no text", { ...MANIFEST, annotations: { a: 1 } }],
  ["both kinds at once, as a manifest", { ...MANIFEST, manifests: [] }],
  ["both kinds at once, as an index", { ...INDEX, layers: [] }],
  ["an unknown type", { ...MANIFEST, mediaType: "application/json" }],
])("refused: %s", (_, value) => {
  expect(codeOf(() => parse(value))).toBe("OCI_MANIFEST");
});

test("refused: a body that is not what it was served as", () => {
  expect(codeOf(() => parse(MANIFEST, MediaType.ociIndex))).toBe("OCI_MANIFEST");
  expect(codeOf(() => parse(MANIFEST, MediaType.dockerManifest))).toBe("OCI_MANIFEST");
});

test("refused: bytes that are no UTF-8, and more than 4 MiB", () => {
  expect(codeOf(() => parseManifest(new Uint8Array([0x7b, 0xff, 0x7d])))).toBe("OCI_MANIFEST");
  expect(codeOf(() => parse(" ".repeat(MAX_MANIFEST_BYTES) + JSON.stringify(MANIFEST)))).toBe("OCI_MANIFEST");
});

test("depth does not overflow the stack, and __proto__ stays a key", () => {
  const deep = `{"schemaVersion":2,"manifests":[],"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(parse(deep).kind).toBe("index");
  const text = `{"schemaVersion":2,"manifests":[],"annotations":{"__proto__":"x"}}`;
  const found = parse(text);
  expect(Object.keys((found.kind === "index" && found.index.annotations) || {})).toEqual(["__proto__"]);
});

test("whatever comes, it is read or it is an OciError", () => {
  const ok = new Set(["OCI_MANIFEST", "nothing was thrown"]);
  assert(property(uint8Array({ maxLength: 200 }), (bytes) => ok.has(codeOf(() => parseManifest(bytes)))));
  const loose = record(
    {
      schemaVersion: constantFrom(2),
      mediaType: anything(),
      config: anything(),
      layers: anything(),
      manifests: anything(),
      annotations: anything(),
      subject: anything(),
    },
    { requiredKeys: ["schemaVersion"] },
  );
  assert(property(loose, (value) => ok.has(codeOf(() => parse(safeJson(value))))));
  assert(property(string(), (text) => ok.has(codeOf(() => parse(text)))));
});

function safeJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? Number(each) : each)) ?? "null"
  );
}
