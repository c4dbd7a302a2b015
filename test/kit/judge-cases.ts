import { judgeVersion } from "../../src/core/advisory/osv/judge-version.ts";
import { type Ecosystem, withOrder } from "../../src/core/advisory/osv/version-order.ts";
import { withoutCovered } from "../../src/core/advisory/osv/without-covered.ts";
import type { RangeCase } from "./version-ranges.ts";

const LETTERS = { affected: "1", unaffected: "0", undecided: "?" } as const;

/** Our verdicts as a text of one letter each, of what a database would keep of the case. */
export function ourVerdicts(cases: readonly RangeCase[], ecosystem: Ecosystem): string {
  return cases
    .map(({ version, ranges, versions }) => {
      const all = { ranges: ranges.map((events) => ({ type: "ECOSYSTEM" as const, events })), versions };
      const kept = withoutCovered(all, ecosystem);
      return withOrder(ecosystem, (order) => LETTERS[judgeVersion(version, kept, order).state]);
    })
    .join("");
}
