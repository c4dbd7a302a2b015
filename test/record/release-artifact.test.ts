import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { RecordError } from "../../src/core/record/error.ts";
import {
  parseReleaseRecord,
  RELEASE_TYPE,
  type ReleaseRecord,
  releaseArtifact,
} from "../../src/core/record/release-artifact.ts";
import { releaseBody } from "./sample.ts";

const { artifact: _, ...content } = releaseBody();
const record: ReleaseRecord = { version: 1, fleet: "demo", time: "2026-08-01T00:00:00.000Z", ...content };

describe("the release artifact", () => {
  test("is an OCI artifact with the empty config and the record as its one layer", () => {
    const { manifest, descriptor, blobs } = releaseArtifact(record);
    const parsed = JSON.parse(Buffer.from(manifest).toString("utf8"));
    expect(parsed).toMatchObject({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: RELEASE_TYPE,
      config: {
        mediaType: "application/vnd.oci.empty.v1+json",
        // The specification gives this digest for the two bytes {}.
        digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        size: 2,
      },
    });
    expect(parsed.layers).toHaveLength(1);
    expect(descriptor).toMatchObject({
      digest: digestOf(manifest),
      size: manifest.length,
      artifactType: RELEASE_TYPE,
    });
    for (const blob of blobs) {
      expect(blob.descriptor).toMatchObject({ digest: digestOf(blob.bytes), size: blob.bytes.length });
    }
    expect(blobs.map((blob) => blob.descriptor.digest)).toEqual([
      parsed.config.digest,
      parsed.layers[0].digest,
    ]);
  });

  test("is the same bytes for the same record, whatever the order of its members", () => {
    const shuffled = Object.fromEntries(Object.entries(record).toReversed()) as unknown as ReleaseRecord;
    expect(releaseArtifact(shuffled).descriptor).toEqual(releaseArtifact(record).descriptor);
    expect(releaseArtifact({ ...record, fleet: "other" }).descriptor).not.toEqual(
      releaseArtifact(record).descriptor,
    );
  });

  test("gives the record back", () => {
    const [, layer] = releaseArtifact(record).blobs;
    expect(parseReleaseRecord(Buffer.from(layer!.bytes).toString("utf8"))).toEqual(record);
  });

  test.each([
    ["a later version", { version: 2 }, "RECORD_VERSION"],
    ["no fleet", { fleet: undefined }, "RECORD_SHAPE"],
    ["no images", { images: undefined }, "RECORD_SHAPE"],
    ["an image without a digest", { images: [{ ...record.images[0], digest: "x" }] }, "RECORD_SHAPE"],
    ["an unknown gate outcome", { gates: [{ name: "a", outcome: "maybe", reason: "" }] }, "RECORD_SHAPE"],
  ])("with %s is refused", (_, change, code) => {
    expect(() => parseReleaseRecord(JSON.stringify({ ...record, ...change }))).toThrowError(
      expect.objectContaining({ code }),
    );
  });

  test("reading throws nothing but our error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseReleaseRecord(text)).toThrow(RecordError);
      }),
    );
  });
});
