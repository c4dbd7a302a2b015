import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { TreeError } from "../../src/edge/tree/error.ts";
import { type Check, ok } from "../../src/flow/doctor/check.ts";
import { exitOf } from "../../src/flow/doctor/doctor.ts";
import { runChecks } from "../../src/flow/doctor/run-checks.ts";

const never = new AbortController().signal;

function check(change: Partial<Check>): Check {
  return {
    ids: ["one"],
    area: "environment",
    late: "failure",
    run: () => Promise.resolve([ok("one", "fine")]),
    ...change,
  };
}

describe("the limit of a check", () => {
  it("ends one that does not even hear its signal, for each thing it answers for", async () => {
    const started = performance.now();
    const hanging = check({ ids: ["a", "b"], limitMs: 30, fix: "mend it", run: () => new Promise(() => {}) });
    const results = await runChecks([hanging, check({})], never);
    expect(results.map(({ id, status, fix }) => [id, status, fix])).toEqual([
      ["a", "failure", "mend it"],
      ["b", "failure", "mend it"],
      ["one", "ok", undefined],
    ]);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("is unknown where no answer means nothing, and is told to the check", async () => {
    let told: AbortSignal | undefined;
    const hanging = check({
      limitMs: 20,
      late: "unknown",
      run: (signal) => {
        told = signal;
        return new Promise(() => {});
      },
    });
    expect(await runChecks([hanging], never)).toMatchObject([{ id: "one", status: "unknown" }]);
    expect(told?.aborted).toBe(true);
  });

  it("runs side by side: many hanging ones take the time of one", async () => {
    const started = performance.now();
    const hanging = check({ limitMs: 50, run: () => new Promise(() => {}) });
    await runChecks(
      Array.from({ length: 40 }, () => hanging),
      never,
    );
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("what a check throws", () => {
  it("is its failure, with the error's hint, in the area of its exit code", async () => {
    const broken = check({
      run: () => Promise.reject(new RegistryError("REGISTRY_TLS", "no", { hint: "trust it" })),
    });
    const mistaken = check({ run: () => Promise.reject(new TreeError("TREE_MISSING", "no")) });
    expect(await runChecks([broken, mistaken], never)).toMatchObject([
      { status: "failure", fix: "trust it", area: "environment" },
      { status: "failure", area: "configuration" },
    ]);
  });

  it("is a failure too where it is a bug of ours", async () => {
    const buggy = check({ run: () => Promise.reject(new TypeError("x is undefined")) });
    expect(await runChecks([buggy], never)).toMatchObject([{ status: "failure" }]);
  });
});

it("an interrupt ends all of them at once", async () => {
  const interrupt = new AbortController();
  const hanging = check({ run: () => new Promise(() => {}) });
  const run = runChecks([hanging, hanging], interrupt.signal);
  setTimeout(() => interrupt.abort(), 20);
  await expect(run).rejects.toMatchObject({ name: "AbortError" });
});

it("a finding is one line of plain text, and not endless", async () => {
  const chatty = check({
    run: () => Promise.resolve([ok("one", `a\n\u001b[2Jb\u009b${"c".repeat(10_000)}`)]),
  });
  const [result] = await runChecks([chatty], never);
  expect(result?.finding.startsWith("a [2Jb c")).toBe(true);
  expect(result?.finding.length).toBeLessThan(500);
});

it("the exit code: 3 for the environment, 2 for the configuration alone, 0 for anything less", () => {
  const result = (status: "ok" | "warning" | "failure" | "unknown", area: Check["area"]) => ({
    id: "x",
    status,
    area,
    finding: "",
  });
  const configuration = result("failure", "configuration");
  expect(exitOf([configuration, result("failure", "environment")])).toBe(3);
  expect(exitOf([configuration, result("unknown", "environment")])).toBe(2);
  expect(exitOf([result("warning", "environment"), result("unknown", "configuration")])).toBe(0);
});
