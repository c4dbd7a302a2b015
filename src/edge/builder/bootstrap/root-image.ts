import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { EpochSeconds } from "../../../core/base/clock.ts";
import { type Digest, digestOf, finishDigest } from "../../../core/base/digest.ts";
import { canonicalJson } from "../../../core/base/json.ts";
import { Annotation } from "../../../core/oci/annotation.ts";
import { MediaType } from "../../../core/oci/media-type.ts";

/** An image of one layer as the blobs that a registry is given. */
export interface RootImage {
  readonly layer: { readonly file: string; readonly digest: Digest; readonly size: number };
  readonly config: Uint8Array;
  readonly manifest: Uint8Array;
  readonly digest: Digest;
}

export interface RootImageInputs {
  readonly tar: string;
  /** Where the compressed layer is written. */
  readonly layerFile: string;
  readonly architecture: string;
  readonly epoch: EpochSeconds;
  /** The id of the recipe, kept as an annotation. */
  readonly identity: Digest;
  /** One line of history. */
  readonly createdBy: string;
}

/** Compresses a tar and wraps it as an OCI image: the same tar gives the same digest on one zlib. */
export async function makeRootImage(inputs: RootImageInputs): Promise<RootImage> {
  const { diffId, digest } = await compress(inputs.tar, inputs.layerFile);
  const { size } = await stat(inputs.layerFile);
  const created = new Date(inputs.epoch * 1000).toISOString().replace(".000Z", "Z");
  const config = encode({
    architecture: inputs.architecture,
    os: "linux",
    created,
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
      Cmd: ["/bin/sh"],
    },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created, created_by: inputs.createdBy }],
  });
  const manifest = encode({
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: MediaType.ociLayerGzip, digest, size }],
    annotations: { [Annotation.created]: created, [Annotation.identity]: inputs.identity },
  });
  return { layer: { file: inputs.layerFile, digest, size }, config, manifest, digest: digestOf(manifest) };
}

/** The gzip header that Node writes has no name and no time, so only the content counts. */
async function compress(tar: string, file: string): Promise<{ diffId: Digest; digest: Digest }> {
  const plain = createHash("sha256");
  const packed = createHash("sha256");
  await pipeline(
    createReadStream(tar),
    tee(plain),
    createGzip({ level: 6 }),
    tee(packed),
    createWriteStream(file),
  );
  return { diffId: finishDigest(plain), digest: finishDigest(packed) };
}

function tee(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

function encode(value: Parameters<typeof canonicalJson>[0]): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}
