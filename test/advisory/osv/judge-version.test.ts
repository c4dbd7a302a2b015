import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeVersion } from "../../../src/core/advisory/osv/judge-version.ts";
import type { OsvEvent } from "../../../src/core/advisory/osv/record.ts";
import { type Ecosystem, withOrder } from "../../../src/core/advisory/osv/version-order.ts";
import { withoutCovered } from "../../../src/core/advisory/osv/without-covered.ts";
import { dpkgVerdicts } from "../../kit/dpkg-verdicts.ts";
import { ourVerdicts } from "../../kit/judge-cases.ts";
import { FUZZ_SEED, fuzzRuns } from "../../kit/seeded-random.ts";
import { debianCases, pypiCases } from "../../kit/version-ranges.ts";

/** `[0 =2 5)`: from, at most, below; as short as a table needs it. */
function events(text: string): readonly OsvEvent[] {
  const kinds = { ">": "introduced", "<": "fixed", "=": "last_affected", "|": "limit" } as const;
  return text.split(" ").map((part) => {
    const kind = kinds[part[0] as keyof typeof kinds];
    return [kind, part.slice(1)];
  });
}

function judge(ecosystem: Ecosystem, version: string, range: string, versions: readonly string[] = []) {
  const ranges = range === "" ? [] : [{ type: "ECOSYSTEM" as const, events: events(range) }];
  return withOrder(ecosystem, (order) => judgeVersion(version, { ranges, versions }, order));
}

describe("a version of Python is affected", () => {
  it.each([
    // The schema's own examples.
    [">0", "0.0.1", true],
    [">0 <1.0.2", "1.0.1", true],
    [">0 <1.0.2", "1.0.2", false],
    [">1.0.0 <1.0.2 >3.0.0 <3.2.5", "0.9", false],
    [">1.0.0 <1.0.2 >3.0.0 <3.2.5", "1.0.0", true],
    [">1.0.0 <1.0.2 >3.0.0 <3.2.5", "2", false],
    [">1.0.0 <1.0.2 >3.0.0 <3.2.5", "3.2.4", true],
    [">1.0.0 <1.0.2 >3.0.0 <3.2.5", "3.2.5", false],
    [">0 =2.1.214", "2.1.214", true],
    [">0 =2.1.214", "2.1.215", false],
    // In no order.
    ["<3.2.5 >3.0.0 <1.0.2 >1.0.0", "2", false],
    ["<3.2.5 >3.0.0 <1.0.2 >1.0.0", "3.1", true],
    // "0" is before all, also before what is less than 0.
    [">0 <1", "0.dev1", true],
    [">0.0 <1", "0.dev1", false],
    // Limits.
    [">1 |3", "2", true],
    [">1 |3", "3", false],
    [">1 |3 |5", "4", true],
    [">1 |*", "99", true],
    [">1 |3 |*", "99", true],
    // Equal versions keep their order: one range after the other, an empty one, one of a single version.
    [">0 <1 >1 <2", "1", true],
    [">1 <1", "1", false],
    [">1 <1", "2", false],
    [">1 =1", "1", true],
    [">1 =1", "1.0.1", false],
    // Pre-releases of what mends it come before it, and post-releases after.
    [">0 <2.0", "2.0rc1", true],
    [">0 <2.0", "2.0.dev0", true],
    [">0 <2.0", "2.0.post1", false],
    [">0 =1.0", "1.0.post1", false],
    // Epochs come first.
    [">0 <2021.1", "1!0.5", false],
    [">0 <1!0.6", "2021.1", true],
    // A local version is the public one, unless the record names a local one.
    [">0 =2.1.0", "2.1.0+cu121", true],
    [">0 <2.1.0", "2.1.0+cu121", false],
    [">2.1.0 <2.2", "2.1.0+cu121", true],
    [">0 <2.1.0+cu2", "2.1.0+cu1", true],
    [">0 <2.1.0+cu2", "2.1.0+cu2", false],
    // Spelling.
    [">0 <1.0", "v01.0-ALPHA1", true],
    [">0 <1.0.0", "1", false],
  ])("by %s: %s is %s", (range, version, affected) => {
    expect(judge("pypi", version, range).state).toBe(affected ? "affected" : "unaffected");
  });

  it.each([
    ["1.0", ["1.0.0"], "affected"],
    ["1.0+cpu", ["1.0"], "affected"],
    ["1.0", ["1.0+cpu"], "unaffected"],
    ["1.0+cpu", ["1.0+cpu"], "affected"],
    ["1.1", ["1.0"], "unaffected"],
    ["1.0", ["no version", "1.0"], "affected"],
    ["2004d-odd", ["2004d-odd"], "affected"],
    ["2004d-odd", ["2004d"], "undecided"],
  ])("by a list: %s in %j is %s", (version, versions, state) => {
    expect(judge("pypi", version, "", versions).state).toBe(state);
  });

  it.each([
    ["an installed version without an order", "not a version", ">0 <2", []],
    ["a bound without an order", "1.0", ">0 <final-release", []],
    ["nothing that is said", "1.0", "", []],
  ])("or not, which is undecided, for %s", (_, version, range, versions) => {
    const verdict = judge("pypi", version, range, versions);
    expect(verdict.state).toBe("undecided");
    expect(verdict).toHaveProperty("why", expect.stringMatching(/version/));
  });

  it("by one range although another is not readable", () => {
    const ranges = [">0 <odd", ">1 <2"].map((text) => ({ type: "ECOSYSTEM" as const, events: events(text) }));
    const asked = (version: string) =>
      withOrder("pypi", (order) => judgeVersion(version, { ranges, versions: [] }, order).state);
    expect(["1.5", "3"].map(asked)).toEqual(["affected", "undecided"]);
  });

  it("or not by commits of git alone, which is undecided", () => {
    const git = { type: "GIT" as const, events: events(">0 <abc") };
    const asked = (versions: readonly string[], ranges = [git]) =>
      withOrder("pypi", (order) => judgeVersion("1.0", { ranges, versions }, order).state);
    expect(asked([])).toBe("undecided");
    expect(asked(["1.0"])).toBe("affected");
    expect(asked(["0.9"])).toBe("unaffected");
    expect(withoutCovered({ ranges: [git], versions: [] }, "pypi").ranges).toHaveLength(1);
  });
});

describe("what mends it", () => {
  it.each([
    [">0 <1.5 >2 <2.3", "1.0", ["1.5", "2.3"]],
    [">0 <1.5 >2 <2.3", "2.1", ["2.3"]],
    [">0 =2", "1", []],
    // Where it came back, that is no version to go to.
    [">0 <1 >1 <2", "0.5", ["2"]],
  ])("by %s of %s is %j", (range, version, fixed) => {
    expect(judge("pypi", version, range)).toEqual({ state: "affected", fixed });
  });

  it("is looked for in bounded time, however many there are", () => {
    const many = Array.from({ length: 40_000 }, (_, index): OsvEvent[] => [
      ["introduced", `${index}.1`],
      ["fixed", `${index}.2`],
    ]).flat();
    const ranges = [{ type: "ECOSYSTEM" as const, events: many }];
    const begun = performance.now();
    const verdict = withOrder("pypi", (order) => judgeVersion("3.1.5", { ranges, versions: [] }, order));
    expect(performance.now() - begun).toBeLessThan(8000);
    expect(verdict).toMatchObject({ state: "affected", fixed: expect.arrayContaining(["3.2", "4.2"]) });
  });
});

describe("a version of Debian is affected", () => {
  it.each([
    [">0 <1.2.1-2.2+wheezy3", "1.2.1-2.2+wheezy2", true],
    [">0 <1.2.1-2.2+wheezy3", "1.2.1-2.2+wheezy3", false],
    [">0 <3.0.15-1~deb12u1", "3.0.15-1~deb12u1", false],
    [">0 <3.0.15-1", "3.0.15-1~deb12u1", true],
    [">0 <1:1.2-3", "9.9-1", true],
    [">0 <2.0", "2.0~rc1-1", true],
    [">0", "0~~", true],
    [">0 <0", "1.0", false],
  ])("by %s: %s is %s", (range, version, affected) => {
    expect(judge("deb", version, range).state).toBe(affected ? "affected" : "unaffected");
  });
});

const oracle = new URL("../../fixtures/advisory/osv-range-cases.txt", import.meta.url);

describe("against other programs", () => {
  it("every generated range is judged as `packaging` (26.4) judges it", () => {
    // A line: the seed, and its verdicts; test/kit/osv_ranges.py made them of the cases of that seed.
    const [seed = "", verdicts = ""] = readFileSync(oracle, "utf8").trim().split(" ");
    const cases = pypiCases(verdicts.length, Number(seed));
    expect(new Set(verdicts)).toEqual(new Set(["0", "1"]));
    expect(verdicts.length).toBeGreaterThan(5000);
    const ours = ourVerdicts(cases, "pypi");
    expect(cases.filter((_, index) => ours[index] !== verdicts[index]).slice(0, 5)).toEqual([]);
  });

  it("every generated range of Debian is judged as `dpkg --compare-versions` orders it", {
    timeout: 600_000,
  }, async () => {
    const cases = debianCases(400, FUZZ_SEED);
    const theirs = await dpkgVerdicts(cases);
    expect(new Set(theirs)).toEqual(new Set(["0", "1"]));
    const ours = ourVerdicts(cases, "deb");
    expect(cases.filter((_, index) => ours[index] !== theirs[index])).toEqual([]);
  });
});

describe("versions that a range covers", () => {
  it.each([
    ["pypi", pypiCases],
    ["deb", debianCases],
  ] as const)(
    "change no verdict where they are left out, of %s",
    { timeout: 7_200_000 },
    (ecosystem, generate) => {
      const cases = generate(fuzzRuns(4000), FUZZ_SEED + 1);
      let fewer = 0;
      for (const { version, ranges, versions } of cases) {
        const all = {
          ranges: ranges.map((events) => ({ type: "ECOSYSTEM" as const, events })),
          versions: [...versions, version.slice(0, -1), "odd one"],
        };
        const kept = withoutCovered(all, ecosystem);
        fewer += all.versions.length - kept.versions.length;
        const judged = (said: typeof kept) =>
          withOrder(ecosystem, (order) => judgeVersion(version, said, order).state);
        expect(judged(kept)).toBe(judged(all));
      }
      expect(fewer).toBeGreaterThan(0);
    },
  );
});
