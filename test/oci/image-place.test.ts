import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { OciError } from "../../src/core/oci/error.ts";
import { formatImagePlace, parseImagePlace } from "../../src/core/oci/image-place.ts";
import { parseArchiveManifest } from "../../src/core/oci/parse-archive.ts";

const DIGEST = digestOf("an image");

describe("the place of an image", () => {
  it.each([
    ["family-web", { kind: "fleet", name: "family-web" }],
    [
      "python:3.11",
      { kind: "registry", ref: { host: "docker.io", repository: "library/python", tag: "3.11" } },
    ],
    [
      `h.example/a/b@${DIGEST}`,
      { kind: "registry", ref: { host: "h.example", repository: "a/b", digest: DIGEST } },
    ],
    ["oci:some/folder", { kind: "oci", folder: "some/folder", digest: undefined }],
    [`oci:a@b@${DIGEST}`, { kind: "oci", folder: "a@b", digest: DIGEST }],
    // A layout is asked by digest alone: anything else is part of the folder's name.
    ["oci:a@b:1", { kind: "oci", folder: "a@b:1", digest: undefined }],
    ["docker-archive:x.tar", { kind: "docker-archive", file: "x.tar", name: undefined }],
    ["docker-archive:x.tar@app:1", { kind: "docker-archive", file: "x.tar", name: "app:1" }],
    [`docker-archive:x.tar@${DIGEST}`, { kind: "docker-archive", file: "x.tar", name: DIGEST }],
    ["docker-archive:img@2.tar", { kind: "docker-archive", file: "img@2.tar", name: undefined }],
    ["dir:/", { kind: "dir", folder: "/" }],
    ["dir:oci:x", { kind: "dir", folder: "oci:x" }],
    ["engine:app:1", { kind: "engine", name: "app:1" }],
    ["engine:0123456789ab", { kind: "engine", name: "0123456789ab" }],
  ])("%s", (text, place) => {
    const parsed = parseImagePlace(text);
    expect(parsed).toEqual(place);
    expect(parseImagePlace(formatImagePlace(parsed))).toEqual(parsed);
  });

  it.each(["oci:", "dir:", "engine:", "docker-archive:", "h.example/a", "h.example/UPPER:1", "a@b"])(
    "%s is none",
    (text) => {
      expect(() => parseImagePlace(text)).toThrow(OciError);
    },
  );
});

describe("manifest.json of an archive", () => {
  const parsed = (text: string) => parseArchiveManifest(new TextEncoder().encode(text));

  it("lists images with their names, and without", () => {
    const text =
      '[{"Config":"c","RepoTags":["a:1"],"Layers":["l"],"More":{}},{"Config":"d","RepoTags":null,"Layers":[]}]';
    expect(parsed(text)).toEqual([
      { config: "c", names: ["a:1"], layers: ["l"] },
      { config: "d", names: [], layers: [] },
    ]);
  });

  it.each(["{}", "[1]", '[{"Config":1}]', '[{"Config":"c","Layers":[1]}]', "[", '[],"x":1', "\xff"])(
    "%s is none",
    (text) => {
      expect(() => parsed(text)).toThrow(OciError);
    },
  );
});
