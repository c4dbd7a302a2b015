import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../src/core/oci/parse-manifest.ts";
import { createHttpRegistry } from "../src/edge/registry/http/client.ts";
import { createLayoutRegistry } from "../src/edge/registry/layout.ts";

/**
 * Our side of the benchmark `push`: `push-program.js FOLDER HOST REPOSITORY` sends the one image of an OCI layout folder
 * with lapstrake's registry client, and nothing else of lapstrake.
 */
const [folder = "", host = "", repository = ""] = process.argv.slice(2);
const layout = createLayoutRegistry(folder);
const registry = createHttpRegistry();
const at = { host, repository };
// Written by push-layout.ts a moment ago.
const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
  readonly manifests: readonly { readonly digest: string; readonly mediaType: string }[];
};
const [entry] = index.manifests;
const bytes = readFileSync(join(folder, "blobs/sha256", entry?.digest.slice("sha256:".length) ?? ""));
const content = parseManifest(bytes, entry?.mediaType);
if (content.kind === "index") throw new TypeError("expected an image, found an index");
const { manifest } = content;
await Promise.all(
  [manifest.config, ...manifest.layers].map((blob) =>
    registry.putBlob(at, { digest: blob.digest, size: blob.size, open: () => layout.readBlob(at, blob) }),
  ),
);
await registry.putManifest({ ...at, tag: "image" }, bytes, manifest.mediaType);
registry.close();
