import { createHash } from "node:crypto";
import { LINKS_QUESTION } from "../src/core/audit/image/audit-question.ts";
import { flatten } from "../src/core/audit/image/flatten.ts";
import type { Manifest } from "../src/core/oci/manifest.ts";
import { parseImageRef } from "../src/core/oci/reference.ts";
import { createHttpRegistry } from "../src/edge/registry/http/client.ts";
import { createRegistryImage } from "../src/edge/registry/images/registry-image.ts";
import { openLayerCache } from "../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../src/edge/registry/layers/layer-reader.ts";
import { unpack } from "../src/edge/registry/layers/unpack.ts";

/**
 * Both sides of the benchmark `audit-torch`: `audit-torch-program.js links REF FOLDER` reads an image with the question of
 * a link audit, facts kept in FOLDER, and prints how many files it has; `floor REF` decompresses and hashes each of its
 * layers once, by the same client and the same decoders, and prints how many bytes that are.
 */
const [side = "", text = "", folder = ""] = process.argv.slice(2);
const ref = parseImageRef(text);
const registry = createHttpRegistry();

async function links(): Promise<number> {
  const reader = createLayerReader(openLayerCache(folder, "bench"));
  const platform = { os: "linux", architecture: "amd64" };
  const image = createRegistryImage(registry, ref);
  const { layers } = await image.read({ platform, reader, questions: [LINKS_QUESTION] });
  return [...flatten(layers).tree.walk()].length;
}

async function floor(): Promise<number> {
  let bytes = 0;
  for (const blob of (await readManifest()).layers) {
    const hash = createHash("sha256");
    await unpack(
      registry.readBlob(ref, blob),
      (piece) => {
        hash.update(piece);
        bytes += piece.length;
      },
      blob.size,
    );
    hash.digest();
  }
  return bytes;
}

async function readManifest(): Promise<Manifest> {
  const stored = await registry.readManifest(ref);
  if (stored?.content.kind !== "manifest") throw new TypeError(`${text} is no image of one platform`);
  return stored.content.manifest;
}

process.stdout.write(`${await (side === "links" ? links() : floor())}\n`);
registry.close();
