import type { Digest } from "../../base/digest.ts";
import type { GateName } from "../../blueprint/gate-policy.ts";
import type { Waiver } from "../../blueprint/waiver.ts";
import { componentMatches } from "./component-matches.ts";
import type { GateFinding, WaiverUse } from "./gate.ts";

/** What a finding is about, as a waiver names it. */
export interface FindingPlace {
  readonly gate: GateName;
  readonly image: string;
  readonly digest: Digest;
}

/** Waivers as of one day, and what each was used for. */
export class Waivers {
  readonly #day: string;
  readonly #counts: Map<Waiver, number>;

  /** `day`: YYYY-MM-DD, the day of judgement. */
  constructor(waivers: readonly Waiver[], day: string) {
    this.#day = day;
    this.#counts = new Map(waivers.map((waiver) => [waiver, 0]));
  }

  /**
   * The finding with the waiver that covers it, where one does and holds on that day. A denial can be waived, and so can what
   * is not decided of one component, which a person may look into; where a gate could not look, nobody can answer for it.
   */
  apply(finding: GateFinding, place: FindingPlace): GateFinding {
    const isUndecided = finding.level === "unknown" && finding.component !== undefined;
    if (finding.level !== "deny" && !isUndecided) return finding;
    const matching = [...this.#counts.keys()].filter((waiver) => covers(waiver, finding, place));
    for (const waiver of matching) this.#counts.set(waiver, (this.#counts.get(waiver) ?? 0) + 1);
    const holding = matching.find((waiver) => this.#holds(waiver));
    if (holding === undefined) {
      const whyNot = this.#whyNot(matching);
      return whyNot === undefined ? finding : { ...finding, message: `${finding.message} (${whyNot})` };
    }
    const { why, who, until, at } = holding;
    return { ...finding, waiver: { why, who, until, at } };
  }

  /** In the order of the file. */
  uses(): readonly WaiverUse[] {
    return [...this.#counts].map(([waiver, count]) => {
      const { gate, id, image, component, why, who, from, until, at } = waiver;
      return {
        gate,
        id,
        image,
        ...(component === undefined ? {} : { component }),
        why,
        who,
        from,
        until,
        state: this.#stateOf(waiver, count),
        count,
        at,
      };
    });
  }

  // Days are compared as text: YYYY-MM-DD sorts as the calendar does.
  #holds({ from, until }: Waiver): boolean {
    return from <= this.#day && this.#day <= until;
  }

  #stateOf(waiver: Waiver, count: number): WaiverUse["state"] {
    if (this.#day < waiver.from) return "pending";
    if (!this.#holds(waiver)) return "expired";
    return count === 0 ? "unused" : "used";
  }

  /** None of them holds. What is to come says more than what is over: the next to begin is told, else the first that ended. */
  #whyNot(waivers: readonly Waiver[]): string | undefined {
    const pending = waivers.filter(({ from }) => this.#day < from);
    const [next] = pending.toSorted((one, other) => (one.from < other.from ? -1 : 1));
    if (next !== undefined) return `a waiver for it begins on ${next.from} (${next.at.file}:${next.at.line})`;
    const [expired] = waivers;
    if (expired === undefined) return undefined;
    return `the waiver of ${expired.at.file}:${expired.at.line} ended on ${expired.until}`;
  }
}

function covers(waiver: Waiver, finding: GateFinding, { gate, image, digest }: FindingPlace): boolean {
  if (waiver.gate !== gate) return false;
  if (waiver.image !== "*" && waiver.image !== image) return false;
  if (waiver.digest !== undefined && waiver.digest !== digest) return false;
  if (waiver.id !== finding.id && !(finding.aliases ?? []).includes(waiver.id)) return false;
  return waiver.component === undefined || componentMatches(waiver.component, finding);
}
