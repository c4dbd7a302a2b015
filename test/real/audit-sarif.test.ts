import { readFileSync } from "node:fs";
import ajv from "ajv-draft-04";
import { describe, expect, it } from "vitest";
import { auditSarif } from "../../src/views/render/audit-sarif.ts";
import type { AuditView } from "../../src/views/render/audit-view.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { hostileReport, reportOf } from "../render/audit-reports.ts";

const schema = requirePeer("sarif-schema");
const render = (report: AuditView) => auditSarif({ report, version: "1.2.3", prefix: "" });

describe.skipIf(schema === undefined)("the published schema of SARIF 2.1.0", () => {
  const text = readFileSync(schema ?? "", "utf8");
  const formats = {
    uri: URL.canParse,
    "uri-reference": (uri: string) => URL.canParse(uri, "a:/"),
    "date-time": (time: string) => !Number.isNaN(Date.parse(time)),
  };
  // One pattern of the schema is none under the stricter rules of unicode.
  const isValid = new ajv.default({ strict: false, unicodeRegExp: false, formats }).compile(JSON.parse(text));

  it.each([
    ["a report", reportOf()],
    ["one of hostile names", hostileReport()],
    ["an empty one", { release: undefined, images: [], left: [] }],
  ])("takes %s", (_what, report) => {
    isValid(JSON.parse(render(report)));
    expect(isValid.errors).toBeNull();
  });

  it("refuses what is none (canary)", () => {
    const log = JSON.parse(render(reportOf())) as { readonly runs: readonly [object] };
    expect(isValid({ ...log, runs: [{ ...log.runs[0], results: [{ level: "bad" }] }] })).toBe(false);
  });
});
