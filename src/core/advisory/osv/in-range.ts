import type { OsvEvent, OsvRange } from "./record.ts";
import type { VersionOrder } from "./version-order.ts";

interface Step<Parsed> {
  readonly kind: OsvEvent[0];
  /** As the record has it. */
  readonly text: string;
  /** Undefined: before all versions. */
  readonly version: Parsed | undefined;
}

/** The events of a range in the order of its versions. */
export interface Timeline<Parsed> {
  readonly steps: readonly Step<Parsed>[];
  /** Undefined: no limit. */
  readonly limits: readonly Parsed[] | undefined;
}

/**
 * A range ready to be asked; undefined where it names something that is no version of the ecosystem. Equal versions keep
 * the order of the file: `[a, x)` and `[x, b)` are one after the other, and `[x, x)` is empty.
 */
export function timelineOf<Parsed>(
  { events }: Pick<OsvRange, "events">,
  order: VersionOrder<Parsed>,
): Timeline<Parsed> | undefined {
  const steps: Step<Parsed>[] = [];
  const limits: Parsed[] = [];
  let isLimited = false;
  let isInfinite = false;
  for (const [kind, text] of events) {
    isLimited ||= kind === "limit";
    if (kind === "limit" && text === "*") {
      isInfinite = true;
      continue;
    }
    const isFirst = kind === "introduced" && text === "0";
    const version = isFirst ? undefined : order.parse(text);
    if (version === undefined && !isFirst) return undefined;
    if (kind !== "limit") steps.push({ kind, text, version });
    else if (version !== undefined) limits.push(version);
  }
  steps.sort((one, other) => compareSteps(order, one, other));
  return { steps, limits: isLimited && !isInfinite ? limits : undefined };
}

function compareSteps<Parsed>(
  order: VersionOrder<Parsed>,
  { version: one }: Step<Parsed>,
  { version: other }: Step<Parsed>,
): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
  return order.compare(one, other);
}

/** `IncludedInRanges` of the schema's section "Evaluation", for one range. */
export function isInRange<Parsed>(
  installed: Parsed,
  { steps, limits }: Timeline<Parsed>,
  order: VersionOrder<Parsed>,
): boolean {
  if (limits?.every((limit) => order.against(installed, limit) >= 0) === true) return false;
  let vulnerable = false;
  for (const { kind, version } of steps) {
    const place = version === undefined ? 1 : order.against(installed, version);
    if (kind === "introduced" && place >= 0) vulnerable = true;
    else if (kind === "fixed" && place >= 0) vulnerable = false;
    else if (kind === "last_affected" && place > 0) vulnerable = false;
  }
  return vulnerable;
}
