import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { auditSarif, RULES } from "../../src/views/render/audit-sarif.ts";
import type { AuditView } from "../../src/views/render/audit-view.ts";
import { auditOf, hostileReport, reportOf, SERVICE } from "./audit-reports.ts";

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly invocations: readonly [{ readonly executionSuccessful: boolean }];
      readonly results: readonly Result[];
    },
  ];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

const render = (report: AuditView, prefix = "") => auditSarif({ report, version: "1.2.3", prefix });
// The tests below say what they expect of the shape.
const parse = (text: string): Log => JSON.parse(text) as Log;
const resultsOf = (report: AuditView, prefix = "") => parse(render(report, prefix)).runs[0].results;
const about = (report: AuditView, rule: string) => resultsOf(report).filter(({ ruleId }) => ruleId === rule);

describe("results", () => {
  const report = reportOf();

  it("are of rules that are told, with their level", () => {
    const { tool, results } = parse(render(report)).runs[0];
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    const levels = results.map(
      ({ ruleId, level, message }) => `${ruleId} ${level} ${message.text.split(":")[1]}`,
    );
    expect(levels).toEqual(
      expect.arrayContaining([
        expect.stringContaining("missing-library error  there is no library libnone.so.3, and it is wanted"),
        expect.stringContaining("missing-module error  there is no module absent, and it is wanted"),
        expect.stringContaining(
          "missing-module note  there is no module maybe, and it is wanted on some way",
        ),
        expect.stringContaining("wheel-misfit error"),
        expect.stringContaining("requirement-missing warning"),
        expect.stringContaining("unused-package warning  nothing uses package curl"),
        expect.stringContaining("uncertain-import note"),
      ]),
    );
  });

  it("say the whole chain", () => {
    expect(about(report, "missing-library").map(({ message }) => message.text)).toEqual([
      "service: there is no library libnone.so.3, and it is wanted: entrypoint python app.py > import /app/app.py > import fast (app/app.py:1) > import fast._core (opt/venv/lib/python3.11/site-packages/fast/__init__.py:1) > extension opt/venv/lib/python3.11/site-packages/fast/_core.cpython-311-x86_64-linux-gnu.so > library libnone.so.3",
    ]);
  });

  it("stand at the line of the Dockerfile, from the top of the repository, and else at the image", () => {
    const image = {
      name: "service",
      fullyQualifiedName: `service@${digestOf("service")}`,
      kind: "image",
    };
    expect(
      resultsOf(report, "my fleet").find(({ ruleId }) => ruleId === "unused-package")?.locations,
    ).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "my%20fleet/docker/my%20service/Dockerfile", uriBaseId: "%SRCROOT%" },
          region: { startLine: 4, endLine: 5 },
        },
        logicalLocations: [image],
      },
    ]);
    expect(about(report, "missing-library")[0]?.locations).toEqual([{ logicalLocations: [image] }]);
  });

  it("stand where their image is declared, where no line brought them", () => {
    const declaredAt = new Map([["service", { file: "lapstrake.yaml", line: 31, column: 3 }]]);
    const text = auditSarif({ report, version: "1.2.3", prefix: "my fleet", declaredAt });
    const places = parse(text).runs[0].results.map(({ locations }) => JSON.stringify(locations));
    expect(places.every((each) => each.includes("physicalLocation"))).toBe(true);
    expect(places[0]).toContain('"uri":"my%20fleet/lapstrake.yaml"');
    expect(places[0]).toContain('"region":{"startLine":31,"endLine":31}');
    expect(places.filter((each) => each.includes("Dockerfile")).length).toBeGreaterThan(0);
  });

  it("tell what a base brought of the base, and of an image only where the base is not audited with it", () => {
    const { packages: _, ...made } = SERVICE;
    const idle = auditOf({ ...made, elf: {}, packages: [{ name: "zlib1g", files: ["usr/lib/libz.so.1"] }] });
    const service = reportOf(idle);
    expect(about(service, "unused-package")).toMatchObject([
      { level: "note", message: { text: expect.stringContaining("base brought it, and others may use it") } },
    ]);
    const both = { ...service, images: [...service.images, ...reportOf(idle, "base").images] };
    expect(about(both, "unused-package")).toMatchObject([
      { level: "warning", message: { text: expect.stringMatching(/^base: nothing uses package zlib1g/) } },
    ]);
  });

  it("have fingerprints that outlive lines and versions, and are each another", () => {
    const prints = (of: AuditView) =>
      resultsOf(of).map(({ partialFingerprints }) => partialFingerprints["lapstrake/v1"]);
    const audit = auditOf();
    const moved = {
      ...audit,
      packages: audit.packages.map((each) => ({
        ...each,
        version: "99",
        bytes: 1,
        instruction: each.instruction && { ...each.instruction, line: 77, endLine: 78 },
      })),
    };
    expect(prints(reportOf(moved))).toEqual(prints(report));
    expect(new Set(prints(report)).size).toBe(resultsOf(report).length);
  });

  it("are the same bytes each time", () => {
    expect(render(reportOf(auditOf()))).toBe(render(report));
  });

  it("make no link, no placeholder and no other direction of text of a hostile name", () => {
    const text = render(hostileReport());
    expect(text).not.toMatch(/\p{Bidi_Control}/u);
    for (const { message } of parse(text).runs[0].results)
      expect(message.text).not.toMatch(/[^\\]\]\(|[^{]\{0\}/);
  });

  it("come with what was not audited, as a run that did not end well", () => {
    const log = parse(render({ ...report, left: [{ name: "other", why: "not built" }] }));
    expect(log.runs[0].invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: "error", message: { text: "other was not audited: not built" } },
        ],
      },
    ]);
    expect(parse(render(report)).runs[0].invocations[0].executionSuccessful).toBe(true);
  });
});

it("describes each rule that the audit has", () => {
  const folder = resolve(import.meta.dirname, "../../src/core/policy/audit");
  const rules = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/\brule: "([a-z-]+)"/g)].map(([, rule]) => rule),
  );
  expect(rules.length).toBeGreaterThan(5);
  expect(RULES.map(({ id }) => id)).toEqual(expect.arrayContaining(rules));
});
