import { describe, expect, test } from "vitest";
import { chooseJobs, roundsOf } from "../../src/core/pipeline/choose-jobs.ts";
import { dockerBuildPipeline, dockerBuildWaves } from "../../src/core/pipeline/docker-build.ts";
import type { Job, Word } from "../../src/core/pipeline/pipeline.ts";
import { securityPipeline } from "../../src/core/pipeline/security.ts";
import { SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { filesWithCi, inputsOf, wideFiles } from "./opened.ts";

const byId = (jobs: readonly Job[]) => Object.fromEntries(jobs.map((job) => [job.id, job]));
const plain = (word: Word) => (typeof word === "string" ? word : "…");
const commands = (job: Job | undefined) =>
  (job?.steps ?? []).flatMap((step) =>
    step.kind === "command" ? [step.argv.slice(0, 2).map(plain).join(" ")] : [step.kind],
  );

describe("the build of a fleet", () => {
  test("is a plan, a wave for each level of the graph, and a release that needs them all", async () => {
    const { jobs, triggers } = dockerBuildPipeline(await inputsOf(filesWithCi()));
    expect(
      jobs.map(({ id, needs, matrix }) => [id, needs, matrix?.entries.map(({ image }) => image)]),
    ).toEqual([
      ["plan", [], undefined],
      ["wave-1", ["plan"], ["base"]],
      ["wave-2", ["plan", "wave-1"], ["web", "cpu"]],
      ["wave-3", ["plan", "wave-1", "wave-2"], ["api"]],
      ["release", ["plan", "wave-1", "wave-2", "wave-3"], undefined],
    ]);
    expect(triggers).toEqual({ push: ["main"], pullRequest: true });
    // Jobs that need nothing of each other stand in one round.
    expect(roundsOf(jobs).map((round) => round.map(({ id }) => id))).toEqual([
      ["plan"],
      ["wave-1"],
      ["wave-2"],
      ["wave-3"],
      ["release"],
    ]);
  });

  test("has its gates between the last build and the first tag, where the fleet has gates", async () => {
    const inputs = await inputsOf(filesWithCi(), { gated: true });
    const { jobs } = dockerBuildPipeline(inputs);
    expect(jobs.map(({ id }) => id)).toEqual([
      "plan",
      "wave-1",
      "wave-2",
      "wave-3",
      "sboms",
      "gates",
      "release",
    ]);
    const { gates, release } = byId(jobs);
    expect(gates?.needs).toEqual(["plan", "wave-1", "wave-2", "wave-3", "sboms"]);
    expect(release?.needs).toContain("gates");
    expect(commands(gates)).toContain("scan …");
    expect(securityPipeline(inputs).jobs.map(({ id, needs }) => [id, needs])).toEqual([
      ["rescan", []],
      ["issue", ["rescan"]],
      ["prune", ["rescan"]],
    ]);
  });

  test("puts SBOMs beside images before the gates ask for them, by a job that may push", async () => {
    const inputs = await inputsOf(filesWithCi(), {
      gated: true,
      attachesSboms: true,
      registry: { host: "ghcr.io" },
    });
    const { sboms, gates, release } = byId(dockerBuildPipeline(inputs).jobs);
    expect(sboms).toMatchObject({
      needs: ["plan", "wave-1", "wave-2", "wave-3"],
      permissions: { packages: "write" },
    });
    expect(gates).toMatchObject({
      needs: expect.arrayContaining(["sboms"]),
      permissions: { packages: "read" },
    });
    expect(release?.needs).toEqual(expect.arrayContaining(["sboms", "gates"]));
    // Without gates a release attaches them itself; where the blueprint wants none, nobody does.
    for (const changed of [{ gated: false }, { gated: true, attachesSboms: false }]) {
      const { jobs } = dockerBuildPipeline(await inputsOf(filesWithCi(), changed));
      expect(jobs.map(({ id }) => id)).not.toContain("sboms");
    }
  });

  test("fetches the advisories where they are fetched: a new machine has none", async () => {
    const keys = "gates: { vulnerabilities: { osv: { sources: [https://example.org/all.zip] } } }\n";
    const inputs = await inputsOf(filesWithCi([], `${SAMPLE_BLUEPRINT}${keys}`));
    const jobs = byId([...dockerBuildPipeline(inputs).jobs, ...securityPipeline(inputs).jobs]);
    const fetching = Object.keys(jobs).filter((id) => commands(jobs[id]).includes("db update"));
    expect(fetching).toEqual(["gates", "release", "rescan"]);
    const pinned = keys.replace("sources: [https://example.org/all.zip]", "export: advisories.jsonl");
    const { jobs: others } = dockerBuildPipeline(
      await inputsOf(filesWithCi([], `${SAMPLE_BLUEPRINT}${pinned}`)),
    );
    expect(others.flatMap(commands)).not.toContain("db update");
    expect(others.map(({ id }) => id)).toContain("gates");
  });

  test("gives each job no more than it needs", async () => {
    const ghcr = { host: "ghcr.io", namespace: "example" };
    const inputs = await inputsOf(filesWithCi(), { gated: true, registry: ghcr });
    const jobs = [...dockerBuildPipeline(inputs).jobs, ...securityPipeline(inputs).jobs];
    expect(Object.fromEntries(jobs.map(({ id, permissions }) => [id, permissions]))).toEqual({
      plan: { contents: "read", packages: "read" },
      "wave-1": { contents: "read", packages: "write" },
      "wave-2": { contents: "read", packages: "write" },
      "wave-3": { contents: "read", packages: "write" },
      sboms: { contents: "read", packages: "write" },
      gates: { contents: "read", packages: "read", "security-events": "write" },
      release: { contents: "read", packages: "write" },
      rescan: { contents: "read", packages: "read", "security-events": "write" },
      issue: { contents: "read", issues: "write" },
      prune: { contents: "read", packages: "read" },
    });
    const elsewhere = await inputsOf(filesWithCi(), { registry: { host: "registry.example" } });
    for (const { permissions } of dockerBuildPipeline(elsewhere).jobs)
      expect(permissions).toEqual({ contents: "read" });
  });

  test("hands digests on, and compares them with the registry wherever they are used", async () => {
    const {
      plan,
      "wave-1": first,
      "wave-2": second,
      release,
    } = byId(dockerBuildPipeline(await inputsOf(filesWithCi())).jobs);
    expect(commands(plan)).toEqual(["ci check", "check", "ci plan"]);
    expect(commands(first)).toEqual(["build …", "keep"]);
    expect(commands(second)).toEqual(["take", "ci confirm", "build …", "keep"]);
    expect(commands(release).slice(0, 3)).toEqual(["take", "ci confirm", "release --json"]);
  });

  test("makes the lock once where it is not in git, and hands it to every job that reads it", async () => {
    const { jobs } = dockerBuildPipeline(await inputsOf(filesWithCi(["lock: fresh"]), { gated: true }));
    const { plan, ...others } = byId(jobs);
    expect(commands(plan)).toEqual(["ci check", "check", "lock", "keep", "ci plan"]);
    for (const job of Object.values(others))
      expect(job?.steps[0]).toMatchObject({ kind: "take", artifact: "lock" });
  });

  test("cuts a wave below GitHub's limit, and gives GPU images runners of their own", async () => {
    const inputs = await inputsOf(wideFiles(1203));
    const waves = dockerBuildWaves(inputs);
    expect(waves.map(({ id, entries }) => [id, entries.length])).toEqual([
      ["wave-1", 1],
      ...[1, 2, 3, 4].map((part) => [`wave-2-part-${part}`, 250]),
      ["wave-2-part-5", 203],
      ["wave-3", 2],
    ]);
    for (const { entries } of waves) expect(entries.length).toBeLessThan(256);
    // hub stands on one image of the first part: it waits for that part alone.
    expect(waves.at(-1)).toMatchObject({
      needs: ["wave-1", "wave-2-part-1"],
      entries: [
        { image: "hub-mainpc", machine: "mainpc" },
        { image: "hub-pc2", machine: "pc2" },
      ],
    });
    const split = await inputsOf(wideFiles(4), {
      settings: { runners: { cpu: ["ubuntu-24.04"], gpu: ["self-hosted", "gpu"] } },
    });
    const { jobs } = dockerBuildPipeline(split);
    expect(jobs.map(({ id, runsOn, needs }) => [id, runsOn.join(), needs])).toEqual([
      ["plan", "ubuntu-24.04", []],
      ["wave-1", "ubuntu-24.04", ["plan"]],
      ["wave-2", "ubuntu-24.04", ["plan", "wave-1"]],
      ["wave-2-gpu", "self-hosted,gpu", ["plan", "wave-1"]],
      ["wave-3", "ubuntu-24.04", ["plan", "wave-1", "wave-2"]],
      ["release", "ubuntu-24.04", ["plan", "wave-1", "wave-2", "wave-2-gpu", "wave-3"]],
    ]);
    expect(byId(jobs)["wave-3"]?.caches).toEqual({
      "hub-mainpc": "ghcr.io/example/hub-mainpc:build-cache",
      "hub-pc2": "ghcr.io/example/hub-pc2:build-cache",
    });
  });

  test("of one tier has that tier, what it needs, and says so to the release", async () => {
    const inputs = await inputsOf(wideFiles(4), { settings: { tier: "gpu" } });
    const { jobs } = dockerBuildPipeline(inputs);
    expect(jobs.flatMap(({ matrix }) => matrix?.entries.map(({ image }) => image) ?? [])).toEqual([
      "base",
      "leaf-0001",
      "leaf-0003",
    ]);
    expect(byId(jobs)["release"]?.steps).toContainEqual(
      expect.objectContaining({ argv: ["release", "--tier", "gpu", "--json"] }),
    );
  });
});

test("a job is chosen with all that it needs, a pipeline by its name, and a wrong name with what was meant", async () => {
  const inputs = await inputsOf(filesWithCi());
  const pipelines = [dockerBuildPipeline(inputs), securityPipeline(inputs)] as const;
  const ids = (name?: string) => chooseJobs([...pipelines], name).jobs.map(({ id }) => id);
  expect(ids()).toEqual(pipelines[0].jobs.map(({ id }) => id));
  expect(ids("wave-2")).toEqual(["plan", "wave-1", "wave-2"]);
  expect(ids("security")).toEqual(["prune"]);
  expect(ids("prune")).toEqual(["prune"]);
  const unknown = { code: "JOB_UNKNOWN", exit: 2, hint: "did you mean wave-2?" };
  expect(() => ids("wave-22")).toThrow(expect.objectContaining(unknown) as Error);
});
