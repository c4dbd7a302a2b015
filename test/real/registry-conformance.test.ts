import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { requireEngine } from "../kit/engine.ts";
import { conformance } from "../registry/conformance.ts";
import { blobOf, configJson, manifestOf } from "../registry/kit.ts";

const engine = await requireEngine();

describe.skipIf(engine === undefined)("the engine's CNCF Distribution registry", () => {
  const registry = createHttpRegistry();
  const host = engine?.registry ?? "";
  // The registry outlives the run: names that no run before has used.
  const run = randomBytes(4).toString("hex");
  let count = 0;
  const fresh = () => ({ host, repository: `conformance-${run}/r${count++}` });
  afterAll(() => registry.close());
  conformance(() => ({ registry, fresh }));

  test("ping answers", async () => {
    await expect(registry.ping(host)).resolves.toBeUndefined();
  });

  // Where Distribution 2.8 differs from the registry in test/kit; a change here means that a fault can be dropped there.
  test("it ignores n and last, so all tags come in one page", async () => {
    const at = fresh();
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
    const tags = Array.from({ length: 5 }, (_, index) => `t${index}`);
    for (const tag of tags) await registry.putManifest({ ...at, tag }, bytes, MediaType.ociManifest);
    expect([...(await registry.listTags(at))].sort()).toEqual(tags);
  });
});
