import { describe, expect, it } from "vitest";
import type { Sbom, SbomComponent } from "../../../src/core/audit/sbom/sbom.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { judgeReport } from "../../../src/edge/scanner/trivy/judge-report.ts";
import { mapVulnerabilities } from "../../../src/edge/scanner/trivy/map-report.ts";
import { parseTrivyReport, type TrivyReport } from "../../../src/edge/scanner/trivy/report.ts";
import { withMetadataFiles } from "../../../src/flow/scan/metadata-files.ts";
import { type Reported, trivyPurl, trivyReport } from "../../kit/fake-trivy.ts";
import { pypiComponent } from "../../kit/pypi-component.ts";
import { debComponent } from "../../kit/suite-index.ts";

const DIFF_ID = digestOf("layer");
const OPENSSL = {
  ...debComponent("libssl3", "3.0.9-1", { source: "openssl" }),
  broughtBy: { layer: 0, diffId: DIFF_ID, instruction: undefined },
};
const MAILCAP = debComponent("bsdutils", "1:2.38.1-5+b1", {
  source: "util-linux",
  sourceVersion: "2.38.1-5",
});
const JINJA = pypiComponent("Jinja2", "2.10");

function sbomOf(components: readonly SbomComponent[]): Sbom {
  return {
    subject: { name: "base", digest: undefined, architecture: "amd64" },
    created: undefined,
    tool: "test",
    system: { id: "debian", version: "12" },
    components,
  };
}

function parsed(value: unknown): TrivyReport {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const report = parseTrivyReport(Buffer.from(text));
  if ("why" in report) throw new Error(report.why);
  return report;
}

const whyOf = (bytes: Uint8Array) => {
  const report = parseTrivyReport(bytes);
  return "why" in report ? report.why : "it is a report";
};

describe("the report of Trivy", () => {
  it("is read as it is documented: lists that are empty are left out or null, what is not known is let through", () => {
    const { Metadata, Results } = parsed({
      SchemaVersion: 2,
      ReportID: "018f",
      Trivy: { Version: "0.68.1" },
      ArtifactName: "image",
      ArtifactType: "container_image",
      Metadata: {
        Size: 1,
        OS: { Family: "debian", Name: "12.5", EOSL: true },
        DiffIDs: [DIFF_ID],
        RepoTags: null,
      },
      Results: [{ Target: "image (debian 12.5)", Class: "os-pkgs", Type: "debian", Vulnerabilities: null }],
    });
    expect(Metadata).toEqual({ OS: { Family: "debian", Name: "12.5", EOSL: true }, DiffIDs: [DIFF_ID] });
    expect(Results).toEqual([
      {
        Target: "image (debian 12.5)",
        Class: "os-pkgs",
        Type: "debian",
        Packages: [],
        Vulnerabilities: [],
        ExperimentalModifiedFindings: [],
      },
    ]);
  });

  const whole = JSON.stringify(trivyReport({ components: [OPENSSL] }));
  it.each([
    ["nothing", "", "it printed no report"],
    ["blanks", " \n", "it printed no report"],
    ["HTML", "\n<html><body>502</body></html>", "it printed HTML in place of a report"],
    ["half of one", whole.slice(0, -40), `its report is no JSON (line 1, column ${whole.length - 39})`],
    ["two of them", `${whole}\n${whole}`, "its report is no JSON (line 2, column 1)"],
    ["words", "2026-11-26 FATAL", "its report is no JSON (line 1, column 5)"],
    [
      "a list",
      "[]",
      "its report is not of the form that is known: the whole: Invalid input: expected object, received array",
    ],
    [
      "null",
      "null",
      "its report is not of the form that is known: the whole: Invalid input: expected object, received null",
    ],
    [
      "another schema",
      whole.replace('"SchemaVersion":2', '"SchemaVersion":3'),
      "its report is not of the form that is known: SchemaVersion: Invalid input: expected 2",
    ],
    [
      "another artifact",
      whole.replace("container_image", "filesystem"),
      'its report is not of the form that is known: ArtifactType: Invalid input: expected "container_image"',
    ],
    [
      "an id that is none",
      JSON.stringify(
        trivyReport({
          components: [OPENSSL],
          vulnerabilities: [{ id: "CVE\u001b[2J", name: "libssl3", installed: "3.0.9-1" }],
        }),
      ),
      "its report is not of the form that is known: Results.0.Vulnerabilities.0.VulnerabilityID: is no id",
    ],
    [
      "a package without a name",
      whole.replace('"Name":"libssl3",', ""),
      "its report is not of the form that is known: Results.0.Packages.0.Name: Invalid input: expected string, received undefined",
    ],
    [
      "a version in two lines",
      whole.replace('"Version":"3.0.9"', '"Version":"3\\n0"'),
      "its report is not of the form that is known: Results.0.Packages.0.Version: has characters that are not shown",
    ],
  ])("is none where it is %s", (_, text, why) => {
    expect(whyOf(Buffer.from(text))).toBe(why);
  });

  it("is none where it is no UTF-8, or larger than any", () => {
    expect(whyOf(Buffer.from([0x7b, 0xff, 0x7d]))).toBe("its report is no text in UTF-8");
    expect(whyOf(Buffer.alloc(64 * 1024 * 1024 + 1, " "))).toBe("its report has more than 67108864 bytes");
  });

  it("may nest as deep as it likes", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    expect(parsed(whole.replace('"Results"', `"Nested":${deep},"Results"`)).Results).toHaveLength(1);
    expect(whyOf(Buffer.from(whole.replace('"Packages":[', `"Packages":[${deep},`)))).toMatch(
      /Results\.0\.Packages\.0: Invalid input: expected object, received array/,
    );
  });
});

describe("what Trivy found", () => {
  const found = (reported: Reported, components = reported.components) =>
    mapVulnerabilities(parsed(trivyReport(reported)), sbomOf(components));

  it("is of our component, with what it is called elsewhere, who rated it, and what mends it", () => {
    const { id, ecosystem, name, version, purl } = OPENSSL;
    expect(
      found({
        components: [OPENSSL],
        vulnerabilities: [
          {
            id: "CVE-2026-0001",
            VendorIDs: ["DSA-6001-1", "DSA-6001-1"],
            name: "libssl3",
            installed: "3.0.9-1",
            purl: trivyPurl("libssl3", "3.0.9-1"),
            FixedVersion: "3.0.17-1~deb12u2",
            Status: "fixed",
            Severity: "CRITICAL",
            SeveritySource: "nvd",
            Title: "openssl: a hole\n in it",
          },
        ],
      }),
    ).toEqual([
      {
        source: "trivy",
        id: "CVE-2026-0001",
        aliases: ["DSA-6001-1"],
        component: { id, ecosystem, name, version, purl },
        severity: "critical",
        severityFrom: "nvd",
        fixed: ["3.0.17-1~deb12u2"],
        summary: "openssl: a hole in it",
      },
    ]);
  });

  it("has several versions that mend it, for a library of several branches", () => {
    const [only] = found({
      components: [JINJA],
      vulnerabilities: [
        { id: "CVE-2024-56201", name: "Jinja2", installed: "2.10", FixedVersion: "2.11.3, 3.1.5" },
      ],
    });
    expect(only?.fixed).toEqual(["2.11.3", "3.1.5"]);
  });

  it.each([
    ["UNKNOWN", "unknown"],
    ["LOW", "low"],
    ["MEDIUM", "medium"],
    ["HIGH", "high"],
    ["CRITICAL", "critical"],
    ["NEGLIGIBLE", "unknown"],
    [undefined, "unknown"],
  ])("has the severity that it says, and unknown for another word: %s", (Severity, severity) => {
    const vulnerabilities = [{ id: "CVE-2026-1", name: "libssl3", installed: "3.0.9-1", Severity }];
    expect(found({ components: [OPENSSL], vulnerabilities })).toMatchObject([
      { severity, severityFrom: undefined },
    ]);
  });

  it("is of a package with an epoch, which Trivy writes apart", () => {
    const vulnerabilities = [
      {
        id: "CVE-2026-2",
        name: "bsdutils",
        installed: "1:2.38.1-5+b1",
        purl: trivyPurl("bsdutils", "1:2.38.1-5+b1"),
      },
    ];
    expect(found({ components: [MAILCAP], vulnerabilities })).toMatchObject([
      { component: { id: MAILCAP.id } },
    ]);
  });

  it("is of the package of the architecture that it names", () => {
    const foreign = debComponent("libssl3", "3.0.9-1", { architecture: "i386" });
    const vulnerabilities = [
      { id: "CVE-2026-3", name: "libssl3", installed: "3.0.9-1", purl: trivyPurl("libssl3", "3.0.9-1") },
    ];
    expect(
      found({ components: [foreign, OPENSSL], vulnerabilities }).map(({ component }) => component.id),
    ).toEqual([OPENSSL.id]);
  });

  it("is of each place where the same distribution lies, or of that which it names", () => {
    const places = ["opt/a", "opt/b"].map((folder) =>
      pypiComponent("jinja2", "2.10", { folder, id: `pkg:pypi/jinja2@2.10#/${folder}` }),
    );
    const of = (PkgPath?: string) =>
      found({
        components: places,
        vulnerabilities: [
          {
            id: "CVE-2026-4",
            name: "jinja2",
            installed: "2.10",
            ...(PkgPath === undefined ? {} : { PkgPath }),
          },
        ],
      }).map(({ component }) => component.id);
    expect(of()).toEqual(places.map(({ id }) => id));
    expect(of("opt/b/jinja2-2.10.dist-info/METADATA")).toEqual([places[1]?.id]);
    expect(of("opt/c/jinja2-2.10.dist-info/METADATA")).toEqual(places.map(({ id }) => id));
  });

  it("is of a distribution whose name is written in another way", () => {
    const component = pypiComponent("zope.interface", "5.0");
    const vulnerabilities = [{ id: "CVE-2026-5", name: "Zope_Interface", installed: "5.0" }];
    const reported = { components: [pypiComponent("Zope_Interface", "5.0")], vulnerabilities };
    expect(found(reported, [component])).toMatchObject([{ component: { id: component.id } }]);
  });

  it("is told as Trivy names it where our SBOM lists none of its kind", () => {
    const results = [
      {
        Target: "usr/sbin/gosu",
        Class: "lang-pkgs",
        Type: "gobinary",
        Vulnerabilities: [
          {
            VulnerabilityID: "CVE-2026-6",
            PkgName: "stdlib",
            PkgPath: "usr/sbin/gosu",
            PkgIdentifier: { PURL: "pkg:golang/stdlib@v1.19.8" },
            InstalledVersion: "v1.19.8",
            Severity: "HIGH",
          },
          { VulnerabilityID: "CVE-2026-7", PkgName: "no purl", InstalledVersion: "1" },
        ],
      },
    ];
    expect(found({ components: [OPENSSL], results })).toMatchObject([
      {
        id: "CVE-2026-6",
        summary: "",
        component: {
          id: "pkg:golang/stdlib@v1.19.8#/usr/sbin/gosu",
          ecosystem: "other",
          name: "stdlib",
          version: "v1.19.8",
          purl: "pkg:golang/stdlib@v1.19.8",
        },
      },
      { component: { id: "pkg:generic/no%20purl@1", ecosystem: "other" } },
    ]);
  });

  it("is told, and told as such, where our SBOM lacks the package", () => {
    const vulnerabilities = [
      { id: "CVE-2026-8", name: "libssl3", installed: "3.0.9-1", Title: "a hole", Status: "will_not_fix" },
      { id: "CVE-2026-9", name: "Jinja2", installed: "2.10" },
    ];
    expect(found({ components: [OPENSSL, JINJA], vulnerabilities }, [])).toMatchObject([
      {
        component: { ecosystem: "deb", id: "pkg:deb/libssl3@3.0.9-1" },
        summary: "a hole (it will not be fixed; our SBOM has no such package)",
      },
      {
        component: { ecosystem: "pypi", id: "pkg:pypi/jinja2@2.10" },
        summary: "(our SBOM has no such package)",
      },
    ]);
  });

  it("is told once, however often it stands there", () => {
    const one = { id: "CVE-2026-10", name: "libssl3", installed: "3.0.9-1" };
    expect(found({ components: [OPENSSL], vulnerabilities: [one, one] })).toHaveLength(1);
  });

  it("is one line, and no book", () => {
    const [only] = found({
      components: [OPENSSL],
      vulnerabilities: [
        {
          id: "CVE-2026-11",
          name: "libssl3",
          installed: "3.0.9-1",
          Description: `a\u001b[2J\u202e\n${"b ".repeat(9000)}`,
        },
      ],
    });
    expect(only?.summary).toMatch(/^a \[2J (b )+\.\.\.$/);
    expect(only?.summary.length).toBeLessThan(310);
  });
});

describe("the silence of Trivy", () => {
  const ALL = [OPENSSL, MAILCAP, JINJA];
  const judged = (reported: Reported, components: readonly SbomComponent[] = ALL) =>
    judgeReport(parsed(trivyReport(reported)), sbomOf(components));

  it("counts where it listed each package that we know of", () => {
    expect(judged({ components: ALL })).toEqual({ state: "scanned", looked: { deb: 2, pypi: 1 } });
  });

  it("counts in an image that has none", () => {
    expect(judged({ components: [] }, [])).toEqual({ state: "scanned", looked: { deb: 0, pypi: 0 } });
  });

  it("counts without what dpkg left half installed, and without metadata of Debian's own packages", () => {
    const half = debComponent("half", "1", { state: "half-installed" });
    const folder = "usr/lib/python3/dist-packages";
    const file = `${folder}/six-1.16.0.dist-info/METADATA`;
    const owner = debComponent("python3-six", "1.16.0-4", { files: [file] });
    const own = pypiComponent("six", "1.16.0", { folder });
    expect(judged({ components: [owner] }, [owner, half, own])).toMatchObject({ state: "scanned" });
    expect(judged({ components: [owner] }, [{ ...owner, files: [] }, own])).toMatchObject({ state: "error" });
    // As a scan keeps components.
    const kept = [owner, own].map(withMetadataFiles);
    expect(judged({ components: [owner] }, kept)).toMatchObject({ state: "scanned" });
  });

  it.each<readonly [string, Reported, string]>([
    [
      "it looked at another image",
      { components: ALL, diffIds: [digestOf("other")] },
      "it looked at another image: layers of this one are not in its report",
    ],
    [
      "a rule left findings out",
      {
        components: ALL,
        results: [
          {
            Target: "x",
            Class: "os-pkgs",
            ExperimentalModifiedFindings: [{ Type: "vulnerability", Status: "ignored" }],
          },
        ],
      },
      "it left out findings by a rule that it was not given",
    ],
    [
      "it saw no packages of the system",
      { components: [{ ...JINJA, broughtBy: OPENSSL.broughtBy }] },
      "it saw no packages of the system in an image that has 2",
    ],
    [
      "it saw fewer packages",
      { components: [OPENSSL] },
      "it did not look at 2 of 3 packages: bsdutils 1:2.38.1-5+b1, Jinja2 2.10",
    ],
    [
      "it saw another version",
      { components: [{ ...OPENSSL, version: "3.0.10-1" }, MAILCAP, JINJA] },
      "it did not look at 1 of 3 packages: libssl3 3.0.9-1",
    ],
  ])("is an error where %s", (_, reported, why) => {
    expect(judged(reported)).toMatchObject({ state: "error", why });
  });

  it("names five of many", () => {
    const many = Array.from({ length: 9 }, (_, at) => debComponent(`p${at}`, "1"));
    expect(judged({ components: ALL }, [...ALL, ...many])).toMatchObject({
      why: "it did not look at 9 of 12 packages: p0 1, p1 1, p2 1, p3 1, p4 1 and 4 more",
    });
  });

  it("is unknown where the system is past its support", () => {
    const report = parsed(trivyReport({ components: ALL }));
    const past = {
      ...report,
      Metadata: { ...report.Metadata, OS: { Family: "debian", Name: "9.13", EOSL: true } },
    };
    expect(judgeReport(past, sbomOf(ALL))).toMatchObject({
      state: "unknown",
      why: "debian 9.13 is past its support: what is found in it is no longer published",
    });
  });
});
