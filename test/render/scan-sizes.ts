import { measureFleet } from "../../src/core/policy/size/fleet-size.ts";
import type { ImageSize } from "../../src/core/policy/size/image-size.ts";
import type { ScanSizes } from "../../src/views/render/scan-html-sizes.ts";
import type { TarItem } from "../kit/tar-writer.ts";
import { content, sizedImage } from "../size/sized.ts";

const ROOT: readonly TarItem[] = [
  { path: "libc6/libc.so.6", content: content("a", 120_000) },
  { path: "perl/perl", content: content("b", 70_000) },
];
const PYTHON: readonly TarItem[] = [
  { path: "numpy/core.so", content: content("c", 240_000) },
  { path: "numpy/__init__.py", content: content("d", 4000) },
];

/** A root, a base on it, and services on the base that bring a layer of their own. */
export function sizesOf(services: readonly string[], file = "main.py"): ScanSizes {
  const images = services.map((name, index) =>
    sizedImage(
      [ROOT, PYTHON, [{ path: `${name}/${file}`, content: content(String(index % 10), 9000 + index) }]],
      { name, owners: ["debian", "base-python", name] },
    ),
  );
  return sizesFor(images);
}

export function sizesFor(images: readonly ImageSize[]): ScanSizes {
  return {
    release: "20241010-4f0c2ab",
    images: images.map((size) => ({ source: "the scanned image", tier: "cpu", size })),
    fleet: measureFleet(images, new Map()),
    left: [],
    platform: "linux/amd64",
    others: [],
  };
}
