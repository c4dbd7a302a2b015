import { beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../src/core/base/json.ts";
import type { BaselineEntry } from "../../src/core/blueprint/baseline.ts";
import { formatBaseline } from "../../src/core/blueprint/format-baseline.ts";
import type { RuleCheck } from "../../src/core/blueprint/phase-plan.ts";
import { COLLECTORS } from "../../src/flow/phases/collectors.ts";
import { released } from "../flow/run.ts";
import type { TestMachine } from "../kit/world.ts";
import { D1, judged } from "./judged.ts";
import { BLUEPRINT, collect, createPlannedMachine, verify } from "./planned-machine.ts";

const CHECK: RuleCheck = { kind: "size-reduction", images: "services", percent: 40 };

describe("size-reduction", () => {
  const sizes = (compressed: number, unpacked: number): Json => ({ compressed, unpacked });
  const service = (name: string, now: Json, before: Json, why: string | null = null): Json => ({
    name,
    now,
    before,
    why,
  });
  const facts = (...services: Json[]): Json => ({
    release: "R1",
    file: "lapstrake.baseline",
    baseline: D1,
    services,
  });
  const small = service("small", sizes(20, 100), sizes(100, 400));
  const large = service("large", sizes(90, 390), sizes(100, 400));

  test.each<[string, Json, string]>([
    [
      "the median counts, not the mean",
      facts(small, service("middle", sizes(60, 240), sizes(100, 400)), large),
      "holds: the median of 3 services is 40.0 % smaller than its baseline compressed, 40.0 % unpacked; 40 % is asked for",
    ],
    [
      "compressed alone is not enough",
      facts(service("s", sizes(10, 300), sizes(100, 400))),
      "fails: the median of 1 service is 90.0 % smaller than its baseline compressed, 25.0 % unpacked, and 40 % is asked for",
    ],
    [
      "of an even number, the middle of two",
      facts(small, large),
      "fails: the median of 2 services is 45.0 % smaller than its baseline compressed, 38.7 % unpacked, and 40 % is asked for",
    ],
    [
      "what is just below is not shown as enough",
      facts(service("s", sizes(60_001, 60_001), sizes(100_000, 100_000))),
      "fails: the median of 1 service is 39.9 % smaller than its baseline compressed, 39.9 % unpacked, and 40 % is asked for",
    ],
    [
      "without a baseline nothing is known",
      facts(small, service("new", null, null, "it was not read"), service("newer", null, null)),
      "unknown: lapstrake.baseline has no baseline of new, newer: `lapstrake size --baseline` builds them",
    ],
    [
      "nor without a size",
      facts(small, service("gone", null, sizes(1, 1), "gone cannot be read: 404")),
      "unknown: gone: gone cannot be read: 404",
    ],
    ["of no image", facts(), "unknown: R1 holds none of the images"],
    [
      "nothing was released",
      { release: null, file: "f", baseline: null, services: [] },
      "fails: nothing was released yet",
    ],
    [
      "facts that somebody forged",
      facts(service("s", sizes(-1, 1), sizes(1, 1))),
      "unknown: the raw facts cannot be read: expected a whole number as facts.services[0].now.compressed",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(CHECK, value)).toBe(expected);
  });
});

describe("its collector", () => {
  let machine: TestMachine;
  beforeEach(async () => {
    machine = await createPlannedMachine();
    machine.files["lapstrake.yaml"] = BLUEPRINT.replace(
      "images:\n",
      `services:
  svc: { dockerfile: web/Dockerfile, context: web, args: { BASE_IMAGE: base }, machines: [first, second] }
images:
`,
    );
    machine.files["plan.yaml"] = `id: p
title: P
machines: [first, second]
documents: { postreview: "{phase}.md", preanalysis: "{phase}p.md" }
phases:
  0:
    title: T
    note: Note.
    constraints: { note: Note }
    rules: { it: { proves: [note], check: { kind: size-reduction, images: services, percent: 40 } } }
`;
    await released(machine);
  });

  const answer = async (): Promise<string> => {
    const { results } = await collect(machine, "0", undefined, { verify, collectors: COLLECTORS });
    return `${results[0]?.outcome}: ${results[0]?.reason}`;
  };
  const record = (factor: number): void => {
    const entry: BaselineEntry = {
      compressed: Math.round(factor * 1024 * 5),
      unpacked: Math.round(factor * 1024 * 5),
      digest: D1,
      repository: "demo/svc-baseline",
      platform: "linux/amd64",
      built: "2026-03-04",
      tool: "1.2.3",
      from: { root: "r", digest: D1, apt: [], requirements: [], folders: ["web"] },
    };
    machine.files["lapstrake.baseline"] = formatBaseline({ version: 1, services: { svc: entry } });
  };

  test("asks for a baseline, holds against one, and is stale when it is another", async () => {
    expect(await answer()).toBe(
      "unknown: lapstrake.baseline has no baseline of svc: `lapstrake size --baseline` builds them",
    );
    record(100);
    expect(await answer()).toMatch(/^holds: the median of 1 service is 9\d\.\d % smaller/);
    record(0.1);
    expect(await answer()).toMatch(/^fails: the median of 1 service is -/);
  });

  test("says where the file itself is wrong", async () => {
    machine.files["lapstrake.baseline"] = "version: 1\nservices: { svc: small }\n";
    expect(await answer()).toMatch(
      /^unknown: lapstrake\.baseline:2:18: services\.svc: expected a map, found "small"/,
    );
  });
});
