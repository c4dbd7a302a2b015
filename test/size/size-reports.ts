import { layerContents } from "../../src/core/audit/size/layer-contents.ts";
import type { Digest } from "../../src/core/base/digest.ts";
import { measureFleet } from "../../src/core/policy/size/fleet-size.ts";
import { imageGrowth } from "../../src/core/policy/size/image-growth.ts";
import { type StoredContent, storedContents } from "../../src/core/policy/size/stored-contents.ts";
import type { SizeView } from "../../src/views/render/size-view.ts";
import type { TarItem } from "../kit/tar-writer.ts";
import { HOSTILE } from "../render/audit-reports.ts";
import { content, ownerByFolder, sizedImage, sizeLayer } from "./sized.ts";

const file = (path: string, text: string, more: Partial<TarItem> = {}): TarItem => ({
  path,
  content: text,
  ...more,
});

const BASE = [
  file("lib/base.so", content("b", 400_000)),
  file("lib/copy.so", content("b", 400_000)),
  file("etc/conf", content("c", 30_000)),
  file("etc/mode", content("m", 20_000)),
];
const WEB = [
  file("numpy/core.so", content("n", 250_000)),
  file("etc/conf", content("d", 30_000)),
  file("etc/mode", content("m", 20_000), { mode: 0o600 }),
];
const API = [file("numpy/core.so", content("n", 250_000)), file("app/app.py", content("p", 5000))];
const OLD_API = [file("numpy/core.so", content("o", 200_000))];

/** A base and two images on it, of which one grew. */
export function sizeReport(): SizeView {
  const images = [
    sizedImage([BASE], { name: "base", owners: ["base"] }),
    sizedImage([BASE, WEB], { name: "web", owners: ["base", "web"] }),
    sizedImage([BASE, API], { name: "api", owners: ["base", "api"] }),
  ];
  const contents = new Map<Digest, readonly StoredContent[]>();
  for (const layers of [[BASE], [BASE, WEB], [BASE, API]]) {
    const facts = layers.map(sizeLayer);
    const held = layerContents(facts);
    for (const [index, { diffId }] of facts.entries())
      contents.set(diffId, storedContents(held[index] ?? [], ownerByFolder));
  }
  const [base, web, api] = images;
  const before = sizedImage([BASE, OLD_API], { name: "api", owners: ["base", "api"] });
  return {
    release: "20260304-0123456",
    images: images.map((size) => ({ source: "release 20260304-0123456", tier: "cpu", size })),
    fleet: measureFleet(images, contents),
    growth: {
      images: [
        { ...imageGrowth("base", { before: base, after: base }), since: "20260201-abcdef0" },
        { ...imageGrowth("web", { before: undefined, after: web }), since: undefined },
        { ...imageGrowth("api", { before, after: api }), since: "20260201-abcdef0" },
      ],
      left: [],
    },
    left: [{ name: "gone", why: "its layers are damaged" }],
  };
}

const TEXTS = new Set([
  "name",
  "version",
  "path",
  "type",
  "owner",
  "instruction",
  "createdBy",
  "note",
  "why",
  "source",
  "at",
  "image",
  "release",
  "since",
]);

/** Every text in it that comes from an image or a Dockerfile made hostile. */
export function hostileSizes(): SizeView {
  const spoil = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return TEXTS.has(key) ? `${value}${HOSTILE}` : value;
    if (Array.isArray(value)) return value.map((each) => spoil(each, key === "images" ? "name" : key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
  };
  // The same shape: only texts are others.
  return spoil(sizeReport(), "") as SizeView;
}
