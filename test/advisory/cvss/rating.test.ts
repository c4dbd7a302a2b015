import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METRICS } from "../../../src/core/advisory/cvss/metrics.ts";
import { rateAffected } from "../../../src/core/advisory/cvss/rate-affected.ts";
import { baseScore, rateVector } from "../../../src/core/advisory/cvss/rate-vector.ts";
import { parseVector } from "../../../src/core/advisory/cvss/vector.ts";

/**
 * Base scores by another library (`cvss` 3.6 for Python): all vectors of version 2.0, each eighth of 3.0 and 3.1, each
 * eightieth of 4.0. All 110,889 were compared once (docs/decisions/020-gates.md).
 */
const SCORES = readFileSync(new URL("../../fixtures/advisory/cvss-scores.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" ") as [vector: string, score: string]);

const vector = (text: string) => {
  const parsed = parseVector(text);
  if (parsed === undefined) throw new Error(`${text} is no vector`);
  return parsed;
};

const CRITICAL_3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const LOW_3 = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
const MEDIUM_4 = "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N";
const HIGH_2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P";

describe("a CVSS vector", () => {
  it("has the score that another library gives it", () => {
    expect(SCORES.length).toBeGreaterThan(2500);
    const wrong = SCORES.filter(([text, score]) => baseScore(vector(text)) !== Number(score));
    expect(wrong).toEqual([]);
  });

  it.each([
    // The specifications' own examples.
    ["AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8],
    ["AV:N/AC:L/Au:N/C:C/I:C/A:C", 10],
    ["CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N", 5.4],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10],
    ["CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3],
    ["CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7],
    ["CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3],
  ])("%s has %d", (text, score) => {
    expect(baseScore(vector(text))).toBe(score);
  });

  it.each([
    [`${CRITICAL_3}/E:U/RL:O/RC:U`, CRITICAL_3],
    ["CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", CRITICAL_3],
    [`${MEDIUM_4}/E:U/U:Green`, MEDIUM_4],
    [`${HIGH_2}/E:POC/RL:OF/RC:C`, HIGH_2],
  ])("%s is judged by its base metrics alone", (text, base) => {
    expect(parseVector(text)?.base).toBe(base);
  });

  it.each([
    "",
    "9.8",
    "CVSS:3.1",
    "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
    "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:M/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/constructor:N",
    "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    `${CRITICAL_3}/${"E:X/".repeat(1000)}`,
  ])("%s is none", (text) => {
    expect(parseVector(text)).toBeUndefined();
  });

  it("has a severity by the scale of its version", () => {
    const rate = (text: string) => rateVector(vector(text));
    expect([CRITICAL_3, LOW_3, MEDIUM_4, HIGH_2].map(rate)).toEqual(["critical", "low", "medium", "high"]);
    expect(rate("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N")).toBe("none");
    // Version 2.0 has no "none".
    expect(rate("AV:N/AC:L/Au:N/C:N/I:N/A:N")).toBe("low");
  });

  it("of each version has all metrics in some of the compared ones", () => {
    for (const { base } of Object.values(METRICS))
      for (const [metric, values] of Object.entries(base))
        for (const value of values)
          expect(SCORES.some(([text]) => text.includes(`${metric}:${value}`))).toBe(true);
  });
});

describe("a severity", () => {
  const v2 = { type: "CVSS_V2", score: HIGH_2 };
  const v3 = { type: "CVSS_V3", score: LOW_3 };
  const v4 = { type: "CVSS_V4", score: MEDIUM_4 };
  const nothing = { severity: [], severityWord: undefined, urgency: undefined };

  it.each([
    ["the newest version of CVSS", { severity: [v2, v3, v4] }, {}, "medium"],
    ["the worst of one version", { severity: [v3, { type: "CVSS_V3", score: CRITICAL_3 }] }, {}, "critical"],
    ["the package's own before the record's", { severity: [v4] }, { severity: [v3] }, "low"],
    ["vectors before words", { severity: [v3], severityWord: "CRITICAL" }, {}, "low"],
    ["the word of the database", { severityWord: "MODERATE" }, {}, "medium"],
    ["the word of the ecosystem", { severityWord: "LOW" }, { severityWord: "CRITICAL" }, "critical"],
    ["a word before Debian's urgency", { severityWord: "high" }, { urgency: "low" }, "high"],
    ["Debian's urgency", {}, { urgency: "medium**" }, "medium"],
    ["what packages do not expose", {}, { urgency: "unimportant" }, "low"],
    ["nobody", {}, { urgency: "not yet assigned" }, "unknown"],
    ["nobody, of a release at its end", {}, { urgency: "end-of-life" }, "unknown"],
    ["nobody, by a vector that is none", { severity: [{ type: "CVSS_V3", score: "9.8" }] }, {}, "unknown"],
    ["nobody, by one of another version", { severity: [{ type: "CVSS_V2", score: LOW_3 }] }, {}, "unknown"],
    ["nobody, by a word that is none", { severityWord: "toString" }, {}, "unknown"],
    ["nobody, by another type", { severity: [{ type: "constructor", score: LOW_3 }] }, {}, "unknown"],
  ])("is that of %s", (_, record, affected, severity) => {
    expect(rateAffected({ ...nothing, ...record }, { ...nothing, ...affected }).severity).toBe(severity);
  });

  it("says what it was read from", () => {
    expect(rateAffected({ ...nothing, severity: [v3] }, nothing).from).toBe(LOW_3);
    expect(rateAffected({ ...nothing, severityWord: "High" }, nothing).from).toBe("severity: high");
    expect(rateAffected(nothing, { ...nothing, urgency: "low**" }).from).toBe("urgency of Debian: low**");
    expect(rateAffected(nothing, nothing).from).toBeUndefined();
  });
});
