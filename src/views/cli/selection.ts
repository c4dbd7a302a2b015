import { EVERYTHING, type Selection } from "../../flow/survey-fleet.ts";
import { type Call, type FlagValues, flagOn, flagText } from "./command.ts";
import { UsageError } from "./error.ts";

/** The images that a call is about. */
export function selectionOf({ operands, flags }: Call): Selection {
  const [only, dependents] = [flagOn(flags, "only"), flagOn(flags, "with-dependents")];
  if (only && dependents)
    throw new UsageError("USAGE_FLAG", "--only and --with-dependents exclude each other");
  if ((only || dependents) && operands.length === 0) {
    throw new UsageError("USAGE_OPERAND", `--${only ? "only" : "with-dependents"} needs at least one IMAGE`);
  }
  const tier = tierOf(flags);
  if (tier !== undefined && operands.length > 0)
    throw new UsageError("USAGE_FLAG", "--tier and named images exclude each other");
  return operands.length === 0 ? { ...EVERYTHING, tier } : { images: operands, only, dependents };
}

/** A whole number of a flag, at least `min`; undefined where the flag is not given. */
export function countOf(flags: FlagValues, name: string, min: number): number | undefined {
  const text = flagText(flags, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min) {
    throw new UsageError("USAGE_FLAG", `--${name} takes a whole number from ${min} on, got "${text}"`);
  }
  return value;
}

export function tierOf(flags: FlagValues): Selection["tier"] {
  const tier = flagText(flags, "tier");
  return tier === "cpu" || tier === "gpu" ? tier : undefined;
}

/** Milliseconds of --wait. */
export function waitOf(flags: FlagValues): number {
  return (countOf(flags, "wait", 0) ?? 0) * 1000;
}
