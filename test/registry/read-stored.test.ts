import { expect, it } from "vitest";
import type { LayerFacts } from "../../src/core/audit/image/layer-facts.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { readStored } from "../../src/edge/registry/images/read-stored.ts";
import type { LayerReader, StoredLayer } from "../../src/edge/registry/layers/port.ts";

const LAYERS: readonly StoredLayer[] = [30, 1, 20, 1, 10].map((size, index) => ({
  name: `layer ${index}`,
  diffId: digestOf(`layer ${index}`),
  size,
  open: () => {
    throw new TypeError("nothing reads it");
  },
}));

/** A reader whose layers take as many turns of the loop as they have bytes; it keeps what went on. */
function slowReader(fails?: number) {
  const seen = { begun: [] as string[], open: 0, most: 0 };
  const reader: Pick<LayerReader, "read"> = {
    async read({ name, diffId, size }) {
      seen.begun.push(name);
      seen.most = Math.max(seen.most, ++seen.open);
      for (let turn = 0; turn < size; turn++) await new Promise(setImmediate);
      seen.open--;
      if (name === `layer ${fails}`) throw new RangeError(`no ${name}`);
      // Only its digest is looked at.
      return { diffId } as LayerFacts;
    },
  };
  return { reader: reader as LayerReader, seen };
}

const ASK = { platform: { os: "linux", architecture: "amd64" }, questions: [] };

it("reads two layers at a time and gives all in their order", async () => {
  const { reader, seen } = slowReader();
  let bytes = 0;
  const facts = await readStored(LAYERS, { ...ASK, reader, onBytes: (more) => void (bytes += more) });
  expect(facts.map(({ diffId }) => diffId)).toEqual(LAYERS.map(({ diffId }) => diffId));
  expect([seen.most, bytes]).toEqual([2, 62]);
});

it("begins nothing after a failure, and throws it when all that was begun has ended", async () => {
  const { reader, seen } = slowReader(1);
  await expect(readStored(LAYERS, { ...ASK, reader })).rejects.toThrow("no layer 1");
  expect(seen).toEqual({ begun: ["layer 0", "layer 1"], open: 0, most: 2 });
});
