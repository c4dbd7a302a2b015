import { describe, expect, it } from "vitest";
import { firstLayersOf } from "../../../src/core/audit/dpkg/first-layers.ts";
import { statusText } from "../../kit/debian-image.ts";
import type { TarItem } from "../../kit/tar-writer.ts";
import { layerOf } from "../layers.ts";

const status = (packages: Parameters<typeof statusText>[0]): TarItem => ({
  path: "var/lib/dpkg/status",
  content: statusText(packages),
});
const origins = (...layers: readonly (readonly TarItem[])[]) =>
  Object.fromEntries(
    [...firstLayersOf(layers.map((items) => layerOf(items)))].map(([id, { layer, versionLayer }]) => [
      id,
      [layer, versionLayer],
    ]),
  );

describe("the layer of a package", () => {
  it("is the first that lists it, since the last time that it was not there", () => {
    const found = origins(
      [status({ base: {}, gone: {}, again: {} })],
      [{ path: "app/x" }],
      [status({ base: {}, added: {}, again: {} })],
      [status({ base: { Version: "2" }, added: {} })],
      [status({ base: { Version: "2" }, added: {}, again: {} })],
    );
    expect(found).toEqual({ "base:amd64": [0, 3], "added:amd64": [2, 2], "again:amd64": [4, 4] });
  });

  it("of a split status is that of its file", () => {
    const part = (name: string): TarItem => ({
      path: `var/lib/dpkg/status.d/${name}`,
      content: statusText({ [name]: {} }),
    });
    const sums = { path: "var/lib/dpkg/status.d/a.md5sums", content: "x" };
    expect(origins([part("a"), sums], [part("b")])).toEqual({ "a:amd64": [0, 0], "b:amd64": [1, 1] });
    expect(origins([part("a")], [{ path: "var/lib/dpkg/status.d/.wh.a" }, part("b")])).toEqual({
      "b:amd64": [1, 1],
    });
  });

  it("ends with a database that is taken away", () => {
    expect(origins([status({ a: {} })], [{ path: "var/lib/.wh.dpkg" }])).toEqual({});
    expect(origins([status({ a: {} })], [{ path: "var/lib/dpkg/.wh..wh..opq" }])).toEqual({});
  });
});
