import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { judgeRun } from "../../src/core/policy/image/judge-run.ts";
import type { RunFacts } from "../../src/core/policy/image/run-facts.ts";

const USER = "10001:10001";

describe("an image that was run", () => {
  const subject = { kind: "image", name: "app", digest: digestOf("manifest") } as const;
  const SOUND: RunFacts = {
    identity: { state: "told", uid: "10001", gid: "10001", pid1: "tini" },
    service: {
      health: { state: "answered", status: 200, body: '{"status":"ok"}', ms: 5 },
      stop: { state: "stopped", exitCode: 143, ms: 5 },
    },
  };
  const outcomes = (run: RunFacts): readonly string[] =>
    judgeRun(subject, run, USER).map(({ rule, outcome }) => `${rule} ${outcome}`);
  const service = (changes: Partial<NonNullable<RunFacts["service"]>>): RunFacts => ({
    ...SOUND,
    service: { ...SOUND.service!, ...changes },
  });

  it("holds, and its verdicts do not depend on how long it took", () => {
    expect(outcomes(SOUND)).toEqual(["run-identity holds", "run-health holds", "run-stop holds"]);
    expect(outcomes({ ...SOUND, service: undefined })).toEqual(["run-identity holds"]);
    const slower = service({ health: { state: "answered", status: 200, body: '{"status":"ok"}', ms: 900 } });
    expect(judgeRun(subject, slower, USER)).toEqual(judgeRun(subject, SOUND, USER));
  });

  it.each<readonly [RunFacts, string]>([
    [{ ...SOUND, identity: { state: "told", uid: "0", gid: "0", pid1: "tini" } }, "run-identity fails"],
    [{ ...SOUND, identity: { state: "told", uid: "10001", gid: "0", pid1: "tini" } }, "run-identity fails"],
    [{ ...SOUND, identity: { state: "told", uid: "10001", gid: "10001", pid1: "sh" } }, "run-identity fails"],
    [{ ...SOUND, identity: { state: "told", uid: "1000", gid: "1000", pid1: "tini" } }, "run-identity fails"],
    [{ ...SOUND, identity: { state: "failed", why: "no such file" } }, "run-identity fails"],
    [{ ...SOUND, identity: { state: "unknown", why: "no shell" } }, "run-identity unknown"],
    [
      service({ health: { state: "answered", status: 200, body: '{"status": "ok"}', ms: 1 } }),
      "run-health fails",
    ],
    [
      service({ health: { state: "answered", status: 200, body: '{"status":"ok"}\n', ms: 1 } }),
      "run-health fails",
    ],
    [
      service({ health: { state: "answered", status: 503, body: '{"status":"ok"}', ms: 1 } }),
      "run-health fails",
    ],
    [service({ health: { state: "silent", why: "ended" } }), "run-health fails"],
    [service({ health: { state: "unknown", why: "no port" } }), "run-health unknown"],
    [service({ stop: { state: "killed", ms: 10_000 } }), "run-stop fails"],
    [service({ stop: { state: "unknown", why: "ended by itself" } }), "run-stop unknown"],
  ])("turns for what was seen (%#)", (run, turned) => {
    expect(outcomes(run).filter((each) => !each.endsWith(" holds"))).toEqual([turned]);
  });
});
