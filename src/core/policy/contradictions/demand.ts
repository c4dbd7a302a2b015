import type { SourcePosition } from "../../base/error.ts";
import { placeIn, type Section } from "../guide/guide.ts";
import type { OpenGuide } from "../guide/open-guide.ts";

/** A place where a document asks for something. */
export interface Demand {
  readonly guide: OpenGuide;
  readonly section: Section;
  readonly at: SourcePosition;
  /** The words that ask, as they stand; the first group where the pattern has one. */
  readonly words: string;
}

/** The first place of each document that the pattern meets, in its text and headings, never in code. */
export function firstDemands(guides: readonly OpenGuide[], pattern: RegExp): readonly Demand[] {
  return guides.flatMap((guide) => allDemands(guide, pattern).slice(0, 1));
}

export function allDemands(guide: OpenGuide, pattern: RegExp): readonly Demand[] {
  return guide.blocks.flatMap((block) => {
    const found = pattern.exec(block.text);
    if (found === null) return [];
    const words = (found[1] ?? found[0]).replaceAll(/\s+/g, " ").trim();
    return [{ guide, section: block.section, at: placeIn(block, found.index), words }];
  });
}
