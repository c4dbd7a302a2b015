import { describe, expect, it } from "vitest";
import { AdvisoryError } from "../../../src/core/advisory/osv/error.ts";
import { parseInstant } from "../../../src/core/advisory/osv/instant.ts";
import { readRecord } from "../../../src/core/advisory/osv/read-record.ts";
import { parseStrictJson } from "../../../src/core/advisory/osv/strict-json.ts";
import { affecting, osvRecord, read } from "../../kit/osv-records.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate } from "../../kit/seeded-random.ts";

function refusal(record: Parameters<typeof read>[0]): AdvisoryError {
  try {
    read(record);
  } catch (thrown) {
    if (thrown instanceof AdvisoryError) return thrown;
    throw thrown;
  }
  throw new Error("it was taken");
}

describe("a record", () => {
  it("is read with all that decides", () => {
    const record = read(
      osvRecord({
        aliases: ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"],
        upstream: null,
        related: ["CVE-2023-9"],
        withdrawn: "2024-06-01T12:00:00.5Z",
        summary: "One line\nand another",
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N" }],
        database_specific: { severity: "HIGH", cwe_ids: ["CWE-1"] },
        affected: [
          {
            package: { ecosystem: "PyPI", name: "Zope.Interface", purl: "pkg:pypi/zope-interface" },
            ranges: [
              { type: "GIT", repo: "https://git.example/x", events: [{ introduced: "0" }, { fixed: "abc" }] },
              { type: "ECOSYSTEM", events: [{ introduced: "0" }, { last_affected: "1" }, { limit: "*" }] },
            ],
            versions: ["0.9", "1"],
            ecosystem_specific: { urgency: "low" },
            database_specific: { severity: "LOW" },
          },
        ],
        credits: [{ name: "somebody" }],
      }),
    );
    expect(record).toMatchObject({
      id: "PYSEC-2024-1",
      published: Date.UTC(2024, 4, 1),
      modified: Date.UTC(2024, 4, 2),
      withdrawn: Date.UTC(2024, 5, 1, 12, 0, 0, 500),
      aliases: ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"],
      upstream: [],
      related: ["CVE-2023-9"],
      summary: "One line and another",
      severityWord: "HIGH",
    });
    expect(record.affected).toEqual([
      {
        package: { ecosystem: "PyPI", name: "zope-interface" },
        severity: [],
        severityWord: "LOW",
        urgency: "low",
        ranges: [
          {
            type: "GIT",
            events: [
              ["introduced", "0"],
              ["fixed", "abc"],
            ],
          },
          {
            type: "ECOSYSTEM",
            events: [
              ["introduced", "0"],
              ["last_affected", "1"],
              ["limit", "*"],
            ],
          },
        ],
        versions: ["0.9", "1"],
      },
    ]);
  });

  it("has the first line of its details where it has no summary", () => {
    expect(read(osvRecord({ details: "\n## What\nhappened" })).summary).toBe("## What");
    expect(read(osvRecord({ summary: "  ", details: "x".repeat(5000) })).summary).toBe("x".repeat(240));
    expect(read(osvRecord({ summary: "a\u001b[31mb\u0000c\ud800" })).summary).toBe("a [31mb c");
  });

  it("may say less than anybody can use", () => {
    const record = read({ id: "X-1", modified: "2024-01-01T00:00:00Z", affected: null });
    expect(record).toMatchObject({ affected: [], published: undefined, withdrawn: undefined, severity: [] });
    expect(read(osvRecord({ affected: [{ ranges: [] }] })).affected[0]?.package).toBeUndefined();
  });

  it.each([
    ["", [], "an object"],
    ["id", { modified: "2024-01-01T00:00:00Z" }, "an id"],
    ["id", osvRecord({ id: "CVE-1\u0000" }), "an id"],
    ["id", osvRecord({ id: "x".repeat(201) }), "an id"],
    ["schema_version", osvRecord({ schema_version: "2.0.0" }), "1.x"],
    ["modified", osvRecord({ modified: null }), "a time"],
    ["modified", osvRecord({ modified: "2024-02-30T00:00:00Z" }), "a time in UTC"],
    ["published", osvRecord({ published: "2024-01-01T00:00:00+02:00" }), "a time in UTC"],
    ["withdrawn", osvRecord({ withdrawn: true }), "a time"],
    ["aliases[1]", osvRecord({ aliases: ["CVE-1", 2] }), "an id"],
    ["related", osvRecord({ related: "CVE-1" }), "a list"],
    ["summary", osvRecord({ summary: 1 }), "text"],
    ["severity[0].score", osvRecord({ severity: [{ type: "CVSS_V3", score: 9.8 }] }), "a score"],
    ["database_specific", osvRecord({ database_specific: [] }), "an object"],
    ["affected[0]", osvRecord({ affected: ["x"] }), "an object"],
    ["affected[0].package.name", osvRecord({ affected: [{ package: { ecosystem: "PyPI" } }] }), "a package"],
    [
      "affected[0].ranges[0].type",
      osvRecord({ affected: [{ ranges: [{ type: "x", events: [{ introduced: "0" }] }] }] }),
      "one of ECOSYSTEM",
    ],
    [
      "affected[0].ranges[0].events",
      osvRecord({ affected: [affecting("PyPI", "x", { fixed: "1" })] }),
      "introduces",
    ],
    [
      "affected[0].ranges[0].events[1]",
      osvRecord({ affected: [affecting("PyPI", "x", { introduced: "0" }, { fixed: "1", limit: "2" })] }),
      "one of introduced",
    ],
    [
      "affected[0].ranges[0].events[1]",
      osvRecord({ affected: [affecting("PyPI", "x", { introduced: "0" }, { mended: "1" })] }),
      "one of introduced",
    ],
    [
      "affected[0].ranges[0].events[0].introduced",
      osvRecord({ affected: [affecting("PyPI", "x", { introduced: 0 })] }),
      "a version",
    ],
    ["affected[0].versions[0]", osvRecord({ affected: [{ versions: ["1\n2"] }] }), "a version"],
  ])("is refused for its %s, which the error names", (path, record, expected) => {
    const error = refusal(record);
    expect(error.code).toBe("ADVISORY_INVALID");
    expect(error.details["path"]).toBe(path);
    expect(error.at).toEqual({ file: "export.jsonl", line: 7, column: 1 });
    expect(error.message).toContain(expected);
  });

  it("is named by the error, once its id is known", () => {
    expect(refusal(osvRecord({ modified: 5 })).message).toBe(
      "PYSEC-2024-1: expected a time at modified, found 5",
    );
  });

  it("is read or refused, whatever was done to it (fuzz)", { timeout: 7_200_000 }, () => {
    const random = createRandom(FUZZ_SEED);
    const base = Buffer.from(
      JSON.stringify(osvRecord({ aliases: ["CVE-2024-1"], severity: [{ type: "CVSS_V3", score: "x" }] })),
    );
    let kept = 0;
    for (let run = fuzzRuns(20_000); run > 0; run--) {
      const text = mutate(base, random).toString("utf8");
      try {
        const record = readRecord(parseStrictJson({ file: "x", line: 1, text }), { file: "x", line: 1 });
        expect(record.id).not.toBe("");
        kept++;
      } catch (thrown) {
        if (!(thrown instanceof AdvisoryError)) throw thrown;
      }
    }
    expect(kept).toBeGreaterThan(0);
  });
});

describe("a time", () => {
  it.each([
    ["2021-09-26T23:32:08.989778Z", Date.UTC(2021, 8, 26, 23, 32, 8, 989)],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["2024-01-01T00:00:00.1Z", Date.UTC(2024, 0, 1, 0, 0, 0, 100)],
  ])("%s is read", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    "",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T25:00:00Z",
    "2024-01-01t00:00:00z",
  ])("%s is none", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
