import type { SourcePosition } from "../../../base/error.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { imageVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** What images of a tier may have, in bytes; a measure that is not there is not judged. */
export interface SizeBudget {
  readonly tier: string;
  readonly compressed?: number;
  readonly unpacked?: number;
  /** Where it is declared. */
  readonly at?: SourcePosition;
}

/**
 * The image is within both budgets of its tier: layers as the registry stores them, which each pull pays, and as a machine
 * unpacks them, which its disk pays. Its parents' layers count: whoever pulls it pulls them.
 */
export function budgetVerdict(facts: ImageFacts, budget: SizeBudget): Verdict {
  const { manifest, content } = facts;
  const measures = [
    { name: "compressed", limit: budget.compressed, layers: manifest.layers.map(({ size }) => size) },
    {
      name: "unpacked",
      limit: budget.unpacked,
      layers: content.state === "read" ? content.layers.map(({ bytes }) => bytes) : undefined,
    },
  ];
  const [fails, unknown, within]: [Reason[], Reason[], string[]] = [[], [], []];
  for (const { name, limit, layers } of measures) {
    if (limit === undefined) continue;
    if (layers === undefined) {
      const why = content.state === "read" ? "" : `: ${content.why}`;
      unknown.push({ message: `its size ${name} is not known${why}` });
      continue;
    }
    const bytes = layers.reduce((sum, each) => sum + each, 0);
    if (bytes <= limit) within.push(`${bytes} of ${limit} bytes ${name} (${percent(bytes, limit)})`);
    else fails.push(overBudget(facts, budget, { name, limit, bytes, layers }));
  }
  if (fails.length + unknown.length + within.length === 0)
    unknown.push({
      message: `the blueprint has no budget for tier ${budget.tier}`,
      ...(budget.at === undefined ? {} : { at: budget.at }),
    });
  return imageVerdict("image-budget", facts, { fails, unknown, holds: { message: within.join(", ") } });
}

interface Measured {
  readonly name: string;
  readonly limit: number;
  readonly bytes: number;
  readonly layers: readonly number[];
}

function overBudget(
  { manifest }: ImageFacts,
  { tier, at }: SizeBudget,
  { name, limit, bytes, layers }: Measured,
): Reason {
  const largest = layers.indexOf(layers.reduce((most, each) => Math.max(most, each), 0));
  const digest = manifest.layers[largest]?.digest;
  const over = bytes - limit;
  return {
    id: "over-budget",
    message: `it has ${bytes} bytes ${name}: ${over} (${percent(over, limit)}) more than the ${limit} of tier ${tier}; its largest layer has ${layers[largest]}`,
    ...(at === undefined ? {} : { at }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Rounded up, so that 100 % is never shown for what is below, nor 0 % for what is over. */
function percent(bytes: number, limit: number): string {
  return limit === 0 ? "all of it" : `${Math.ceil((bytes / limit) * 100)} %`;
}
