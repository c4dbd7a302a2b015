import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { AdvisoryIndex } from "../../../src/core/advisory/osv/advisory.ts";
import { type MatchResult, match } from "../../../src/core/advisory/osv/match.ts";
import type { Sbom, SbomComponent } from "../../../src/core/audit/sbom/sbom.ts";
import type { Json } from "../../../src/core/base/json.ts";
import { affecting, debComponent, indexOf, osvRecord, pypiComponent } from "../../kit/osv-records.ts";

const BOOKWORM = { id: "debian", version: "12" };

function matched(
  index: AdvisoryIndex,
  components: readonly SbomComponent[],
  { system = BOOKWORM, asOf = "2026-01-01" }: { system?: Sbom["system"]; asOf?: string } = {},
): MatchResult {
  return match({ components, system, index, asOf });
}

const ids = ({ vulnerabilities }: MatchResult): readonly string[] => vulnerabilities.map(({ id }) => id);

describe("the advisories of PyPI of October 2024", () => {
  let lines: readonly string[];
  let index: AdvisoryIndex;
  beforeAll(() => {
    const file = new URL("../../../fleet/advisories/pypi-2024-10.osv.jsonl.gz", import.meta.url);
    lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
    index = indexOf(lines.map((line) => JSON.parse(line) as Json));
  });

  it("are all read", () => {
    expect(lines).toHaveLength(2661);
  });

  const asked = (name: string, version: string, asOf = "2024-10-10") => {
    const result = matched(index, [pypiComponent(name, version)], { asOf });
    expect(result.undecided).toEqual([]);
    expect(result.looked).toEqual({ deb: 0, pypi: 1 });
    return result.vulnerabilities.flatMap(({ aliases }) => aliases.filter((each) => each.startsWith("CVE-")));
  };

  it.each([
    ["jinja2", "2.10", "CVE-2019-10906"],
    ["Jinja2", "2.10", "CVE-2020-28493"],
    ["pillow", "9.0.0", "CVE-2022-24303"],
    ["Pillow", "8.4.0", "CVE-2022-22817"],
    ["urllib3", "1.24.2", "CVE-2019-11236"],
    ["requests", "2.30.0", "CVE-2023-32681"],
    ["pyyaml", "5.3", "CVE-2020-1747"],
    ["django", "3.2.0", "CVE-2021-31542"],
    ["certifi", "2022.9.24", "CVE-2022-23491"],
  ])("know of %s %s %s", (name, version, cve) => {
    expect(asked(name, version)).toContain(cve);
  });

  it.each([
    ["jinja2", "2.10.1", "CVE-2019-10906"],
    ["pillow", "9.0.1", "CVE-2022-24303"],
    ["requests", "2.31.0", "CVE-2023-32681"],
    ["requests", "2.2.0", "CVE-2023-32681"],
    ["pyyaml", "5.3.1", "CVE-2020-1747"],
    ["certifi", "2022.12.7", "CVE-2022-23491"],
  ])("know that %s %s is free of %s", (name, version, cve) => {
    expect(asked(name, version)).not.toContain(cve);
  });

  it("know nothing of what was published later, and all of what was withdrawn later", () => {
    expect(asked("requests", "2.30.0", "2023-05-25")).not.toContain("CVE-2023-32681");
    expect(asked("requests", "2.30.0", "2023-05-26")).toContain("CVE-2023-32681");
  });

  it("say what mends it", () => {
    const { vulnerabilities } = matched(index, [pypiComponent("requests", "2.30.0")]);
    expect(vulnerabilities).toMatchObject([
      { id: "PYSEC-2023-74", severity: "unknown", fixed: ["2.31.0"], source: "osv" },
    ]);
  });
});

describe("a day", () => {
  const record = osvRecord({ published: "2024-05-01T23:59:59.999Z", withdrawn: "2024-06-01T00:00:00Z" });
  const index = indexOf([record]);

  it.each([
    ["2024-04-30", []],
    ["2024-05-01", ["PYSEC-2024-1"]],
    ["2024-05-31", ["PYSEC-2024-1"]],
    ["2024-06-01", []],
  ])("%s has what was published by its end and not withdrawn by then", (asOf, expected) => {
    expect(ids(matched(index, [pypiComponent("demo", "1")], { asOf }))).toEqual(expected);
  });

  it("has what does not say when it was published", () => {
    const always = indexOf([osvRecord({ published: null })]);
    expect(ids(matched(always, [pypiComponent("demo", "1")], { asOf: "1999-01-01" }))).toHaveLength(1);
  });
});

describe("a package of Debian", () => {
  const record = {
    id: "DEBIAN-CVE-2024-5",
    modified: "2024-05-02T00:00:00Z",
    upstream: ["CVE-2024-5"],
    affected: [
      { ...affecting("Debian:11", "openssl", { introduced: "0" }), ecosystem_specific: { urgency: "high" } },
      {
        ...affecting("Debian:12", "openssl", { introduced: "0" }, { fixed: "3.0.15-1~deb12u1" }),
        ecosystem_specific: { urgency: "unimportant" },
      },
    ],
  };
  const index = indexOf([record]);
  const libssl = (version: string) => debComponent("libssl3", `${version}+b1`, { name: "openssl", version });

  it("is judged by its source and the source's version, of its own release", () => {
    const found = matched(index, [libssl("3.0.14-1~deb12u1"), debComponent("openssl-extra", "1")]);
    expect(found.vulnerabilities).toMatchObject([
      {
        id: "DEBIAN-CVE-2024-5",
        aliases: ["CVE-2024-5"],
        severity: "low",
        severityFrom: "urgency of Debian: unimportant",
        fixed: ["3.0.15-1~deb12u1"],
        component: { name: "libssl3" },
      },
    ]);
    expect(found.looked).toEqual({ deb: 2, pypi: 0 });
    expect(ids(matched(index, [libssl("3.0.15-1~deb12u1")]))).toEqual([]);
    expect(
      ids(matched(index, [libssl("3.0.15-1~deb12u1")], { system: { id: "debian", version: "11" } })),
    ).toHaveLength(1);
  });

  it("is judged by what is said of all releases, too", () => {
    const all = indexOf([
      record,
      {
        ...record,
        id: "DSA-1-1",
        affected: [affecting("Debian", "openssl", { introduced: "0" }, { fixed: "9" })],
      },
    ]);
    expect(ids(matched(all, [libssl("3.0.15-1~deb12u1")]))).toEqual(["DSA-1-1"]);
  });

  it.each([
    ["whose release is not known", { id: "debian" }, /does not say which release/],
    [
      "whose release the database does not know",
      { id: "debian", version: "13" },
      /no advisories of Debian:13/,
    ],
    ["of another distribution", { id: "ubuntu", version: "22.04" }, /is of ubuntu/],
    ["of nobody knows what", undefined, /no known distribution/],
  ])("%s is not looked at, which is said", (_, system, why) => {
    const found = match({ components: [libssl("1-1")], system, index, asOf: "2026-01-01" });
    expect(found).toMatchObject({ vulnerabilities: [], looked: { deb: 0, pypi: 0 } });
    expect(found.blind).toEqual([{ ecosystem: "deb", why: expect.stringMatching(why) }]);
  });

  it("whose version dpkg would refuse may be affected", () => {
    const found = matched(index, [libssl("-")]);
    expect(found.undecided).toMatchObject([{ id: "DEBIAN-CVE-2024-5", component: { name: "libssl3" } }]);
  });
});

describe("an image", () => {
  it("whose ecosystem the database does not know is not looked at there", () => {
    const index = indexOf([osvRecord({ affected: [affecting("npm", "demo", { introduced: "0" })] })]);
    const found = matched(index, [pypiComponent("demo", "1")]);
    expect(found.blind).toEqual([{ ecosystem: "pypi", why: "the database has no advisories of PyPI" }]);
    expect(found.looked).toEqual({ deb: 0, pypi: 0 });
    expect(matched(index, []).blind).toEqual([]);
  });

  it("has each advisory of a component once, and the worst of what it says", () => {
    const low = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N" }] };
    const high = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }] };
    const index = indexOf([
      osvRecord({
        affected: [
          { ...affecting("PyPI", "demo", { introduced: "0" }, { fixed: "2" }), ...low },
          { ...affecting("PyPI", "Demo", { introduced: "0" }, { fixed: "3" }), ...high },
          { ...affecting("PyPI", "demo", { introduced: "5" }), severity: [] },
        ],
      }),
    ]);
    const found = matched(index, [pypiComponent("DEMO", "1.0")]);
    expect(found.vulnerabilities).toMatchObject([{ severity: "high", fixed: ["2", "3"] }]);
  });
});
