import { readFileSync } from "node:fs";
import ajv from "ajv-draft-04";
import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { scanSarif } from "../../src/views/render/scan-sarif.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { bigFleet, greenFleet, hostileFleet, smallFleet } from "../kit/scan-fleets.ts";
import { scanReport } from "../kit/scan-report.ts";

const schema = requirePeer("sarif-schema");
const render = (report: ScanReport) => scanSarif({ report, version: "1.2.3", prefix: "my fleet" });

describe.skipIf(schema === undefined)("the published schema of SARIF 2.1.0, of scans", () => {
  const text = readFileSync(schema ?? "", "utf8");
  const formats = {
    uri: URL.canParse,
    "uri-reference": (uri: string) => URL.canParse(uri, "a:/"),
    "date-time": (time: string) => !Number.isNaN(Date.parse(time)),
  };
  // One pattern of the schema is none under the stricter rules of unicode.
  const isValid = new ajv.default({ strict: false, unicodeRegExp: false, formats }).compile(JSON.parse(text));

  it.each([
    ["a report with every outcome", smallFleet()],
    ["one of 74 images", bigFleet()],
    ["one in which nothing is wrong", greenFleet()],
    ["one of hostile names", hostileFleet()],
    ["an empty one", scanReport([], { canaries: [], sources: [] })],
  ])("takes %s", (_what, report) => {
    isValid(JSON.parse(render(report)));
    expect(isValid.errors).toBeNull();
  });

  it("refuses a suppression of another kind (canary)", () => {
    const log = render(smallFleet());
    expect(log).toContain('"kind": "external"');
    expect(isValid(JSON.parse(log.replace('"kind": "external"', '"kind": "forgotten"')))).toBe(false);
  });
});
