import { isAbsolute } from "node:path";
import { describe, expect, it } from "vitest";
import type { GeneratedFleet } from "../kit/generate-fleet.ts";
import { bakeFile } from "../kit/generated-bake.ts";
import { guideShape } from "../kit/generated-shape.ts";

const fleet: GeneratedFleet = {
  folder: "/tmp/fleet",
  name: "sample",
  images: guideShape(74),
  commit: "0123456789012345678901234567890123456789",
  epochSeconds: 1_700_000_000,
};
const bake = bakeFile(fleet, { repository: "127.0.0.1:5000/sample", tag: "peer" });

describe("the peer's bake file", () => {
  it("builds every image of the fleet, linked to its parent's target", () => {
    expect(Object.keys(bake.target)).toEqual(fleet.images.map(({ name }) => name));
    expect(bake.group.default.targets).toHaveLength(74);
    expect(bake.target["family-torch-cu121"]?.contexts).toEqual({
      "base-gpu-cu121": "target:base-gpu-cu121",
    });
    expect(bake.target["family-torch-cu121"]?.args["BASE_IMAGE"]).toBe("base-gpu-cu121");
    expect(bake.target["base-python"]?.contexts).toBeUndefined();
  });

  it("links no target that is not there", () => {
    const links = Object.values(bake.target).flatMap(({ contexts }) => Object.values(contexts ?? {}));
    expect(links).toHaveLength(72);
    expect(links.filter((link) => bake.target[link.replace("target:", "")] === undefined)).toEqual([]);
  });

  it("pushes with the exporter options that lapstrake uses, at one epoch", () => {
    expect(bake.target["family-web"]?.output).toEqual([
      "type=image,name=127.0.0.1:5000/sample/family-web:peer,push=true,store=false,oci-mediatypes=true,rewrite-timestamp=true",
    ]);
    const epochs = new Set(Object.values(bake.target).map(({ args }) => args["SOURCE_DATE_EPOCH"]));
    expect([...epochs]).toEqual(["1700000000"]);
  });

  it("does not depend on the folder that bake runs in", () => {
    const paths = Object.values(bake.target).flatMap(({ context, dockerfile }) => [context, dockerfile]);
    expect(paths.filter((path) => !isAbsolute(path))).toEqual([]);
  });

  it("can be narrowed to some images without losing the targets that they stand on", () => {
    const narrow = bakeFile(fleet, { repository: "r/n", tag: "t", images: ["family-web"] });
    expect(narrow.group.default.targets).toEqual(["family-web"]);
    expect(Object.keys(narrow.target)).toHaveLength(74);
  });
});
