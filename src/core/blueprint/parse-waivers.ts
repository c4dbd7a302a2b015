import type { SourcePosition } from "../base/error.ts";
import type { Problem } from "./error.ts";
import { toJsonSchema } from "./json-schema.ts";
import { Nearest } from "./nearest.ts";
import { lookUp } from "./positions.ts";
import { refuse } from "./refuse.ts";
import { WaiversShape } from "./shape/waivers.ts";
import { shapeProblems } from "./shape-problems.ts";
import { readSource } from "./source.ts";
import type { Waiver } from "./waiver.ts";

export interface WaiverRules {
  /** Days from `from` to `until`, at most. */
  readonly maxDays: number;
  /** Images of the fleet. */
  readonly images: readonly string[];
}

const DAY = 86_400_000;

/**
 * Reads a file of waivers; `file` is its name in positions. Throws BlueprintError WAIVERS_INVALID (exit 2) that carries every
 * problem: a shape, a waiver that runs too long or ends before it begins, an image that the fleet does not have. Whether one
 * has expired is no problem of the file.
 */
export function parseWaivers(text: string, file: string, rules: WaiverRules): readonly Waiver[] {
  const source = readSource(text, file);
  if (source.value === undefined) throw refuse(source.problems, "WAIVERS_INVALID");
  const nearest = new Nearest();
  const place = (index: number, key: string): SourcePosition =>
    lookUp(file, source.positions, ["waivers", index, key]);
  const result = WaiversShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, { schema: () => toJsonSchema(WaiversShape), nearest });
  const problems = [
    ...source.problems,
    ...shape,
    ...(result.success
      ? result.data.waivers.flatMap((waiver, index) =>
          waiverProblems(waiver, { ...rules, nearest, at: (key) => place(index, key) }),
        )
      : []),
  ];
  if (problems.length > 0 || !result.success) throw refuse(problems, "WAIVERS_INVALID");
  return result.data.waivers.map((waiver, index) => ({
    ...waiver,
    at: place(index, "id"),
  }));
}

interface Judging extends WaiverRules {
  readonly nearest: Nearest;
  /** Of a key of the waiver. */
  readonly at: (key: string) => SourcePosition;
}

function waiverProblems(
  { image, from, until }: WaiversShape["waivers"][number],
  { maxDays, images, nearest, at }: Judging,
): readonly Problem[] {
  const days = (Date.parse(until) - Date.parse(from)) / DAY;
  const problems: Problem[] = [];
  if (days < 0) {
    const message = `expected a day not before ${from}, found ${until}`;
    problems.push({ code: "BLUEPRINT_VALUE", message, at: at("until") });
  }
  if (days > maxDays) {
    problems.push({
      code: "BLUEPRINT_VALUE",
      message: `expected at most ${maxDays} days from ${from}, found ${days} (until ${until})`,
      at: at("until"),
      hint: "a waiver is for a while: grant it again when it ends, or raise gates.waiverDays",
    });
  }
  if (image !== "*" && !images.includes(image)) {
    const near = nearest.to(image, images);
    problems.push({
      code: "BLUEPRINT_REFERENCE",
      message: `expected an image of the fleet or *, found ${image}`,
      at: at("image"),
      ...(near === undefined ? {} : { hint: `is ${near} meant?` }),
    });
  }
  return problems;
}
