import { printable } from "./printable.ts";
import { renderFleetSize } from "./size-fleet.ts";
import { renderGrowth } from "./size-growth.ts";
import { renderImageSize } from "./size-image.ts";
import type { SizeView } from "./size-view.ts";

export interface SizeOptions {
  /** How many lines a list has at most. */
  readonly top: number;
  /** Each image down to its files, too. */
  readonly detailed: boolean;
}

/** Eighty columns, whether or not anybody looks on. */
export function renderSize(view: SizeView, { top, detailed }: SizeOptions): string {
  const { images, growth, left } = view;
  const parts = [
    images.length > 1 ? renderFleetSize(view, top) : "",
    ...(detailed ? images.map((each) => renderImageSize(each, top)) : []),
    growth === undefined ? "" : renderGrowth(growth, top).replace(/^\n/, ""),
    left.map(({ name, why }) => `${name}: not measured: ${why}\n`).join(""),
  ];
  const text = parts.filter((part) => part !== "").join("\n");
  return printable(text === "" ? "no image to measure\n" : text);
}

/** `size --json`: version 1. Everything that the text shows, without its cuts. */
export function sizeJson({ release, images, fleet, growth, left }: SizeView) {
  return {
    version: 1,
    release: release ?? null,
    images: images.map(({ source, tier, size }) => ({ source, tier: tier ?? null, ...size })),
    fleet,
    growth: growth ?? null,
    left,
  };
}
