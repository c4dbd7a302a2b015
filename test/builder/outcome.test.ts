import { describe, expect, it } from "vitest";
import { FINAL_ERRORS, STEP_ERRORS } from "../../src/edge/builder/failure-text.ts";
import { decideFailure } from "../../src/edge/builder/outcome.ts";
import { failureOf, readRecording } from "./recording.ts";

describe("why a build failed, from recordings of a real engine", () => {
  it.each([
    ["runfail", "step-failed", 3],
    ["bigpush", "step-failed", 6],
    ["copymissing", "context-missing", 3],
    ["named2", "context-missing", 8],
    ["parse", "dockerfile", 3],
    ["parents", "dockerfile", 3],
    ["badarg", "dockerfile", 2],
    ["notarget", "dockerfile", undefined],
    ["nobase", "source-missing", 1],
    ["syntax", "source-missing", 1],
    ["secretreq", "secret-missing", 3],
    ["deadpush", "push-failed", undefined],
    ["enginelost", "engine-lost", undefined],
    ["noengine", "not-started", undefined],
    ["tmpfull", "disk-full", 3],
    ["full-run", "disk-full", 3],
    ["full-copy", "disk-full", undefined],
    ["full-export", "disk-full", undefined],
    ["full-begin", "disk-full", undefined],
    ["conflict", "unsupported", undefined],
    ["badflag", "unsupported", undefined],
  ] as const)("%s: %s", (name, reason, line) => {
    const failure = failureOf(name);
    expect([failure.reason, failure.dockerfileLine?.line]).toEqual([reason, line]);
    expect(failure.message).not.toMatch(/\n|^ERROR|^failed to (build|solve)/);
    expect(failure.message).not.toBe("");
  });

  it("shows the step, its last lines and the line of the Dockerfile", () => {
    expect(failureOf("runfail")).toMatchObject({
      step: '[2/2] RUN ["/tool","say","before","err","no such module","exit","3"]',
      logTail: ["before", "no such module"],
      dockerfileLine: {
        file: "/srv/Dockerfile",
        line: 3,
        text: 'RUN ["/tool","say","before","err","no such module","exit","3"]',
      },
    });
  });

  it("means the step that failed, not a sibling that was stopped because of it", () => {
    const failure = failureOf("siblings");
    expect(failure.reason).toBe("step-failed");
    expect(failure.logTail).toEqual(["soon", "broken"]);
    expect(failure.dockerfileLine?.line).toBe(6);
    // The canary: the recording does hold a stopped sibling.
    const stopped = readRecording("siblings").summary.failed.filter((step) =>
      step.error.endsWith("canceled"),
    );
    expect(stopped.length).toBeGreaterThan(0);
  });

  it("is cancelled when our own signal ended it, whatever the engine says", () => {
    expect(failureOf("cancelterm", { outcome: "cancelled" }).reason).toBe("cancelled");
    expect(failureOf("runfail", { outcome: "cancelled" }).reason).toBe("cancelled");
  });

  it("is engine-lost when a step was left open, also without words", () => {
    const { summary } = readRecording("enginelost");
    const failure = decideFailure({
      record: { outcome: "failed", exitCode: 1, signal: undefined, durationMs: 5 },
      progress: { ...summary, messages: [] },
      dockerfile: "/srv/Dockerfile",
    });
    expect(failure.reason).toBe("engine-lost");
  });

  it("is not-started without buildx, and killed when buildx itself is", () => {
    expect(failureOf("noengine", { outcome: "not-found", exitCode: undefined }).reason).toBe("not-started");
    const killed = failureOf("ok", { outcome: "killed", exitCode: undefined, signal: "SIGKILL" });
    expect([killed.reason, killed.message]).toEqual(["killed", "buildx was killed by SIGKILL"]);
  });

  it("each textual rule is needed: without the table these recordings would be something else", () => {
    const texts = ["secretreq", "copymissing", "conflict", "enginelost", "noengine", "badflag"].map(
      (name) => failureOf(name).message,
    );
    const rules = [...STEP_ERRORS, ...FINAL_ERRORS];
    expect(texts.filter((text) => !rules.some((rule) => rule.pattern.test(text)))).toEqual([]);
    expect(STEP_ERRORS.some((rule) => rule.pattern.test(failureOf("runfail").message))).toBe(false);
  });
});
