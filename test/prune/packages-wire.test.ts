import { afterEach, beforeEach, expect, it } from "vitest";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createGhcrMachine, type GhcrMachine } from "../kit/ghcr-machine.ts";
import { type GhcrOnDisk, ghcrOnDisk } from "../kit/ghcr-on-disk.ts";
import { releaseThree } from "./prunable.ts";

let ghcr: GhcrMachine;
let fleet: GhcrOnDisk;
let releases: readonly ReleaseBody[];
beforeEach(async () => {
  ghcr = await createGhcrMachine();
  releases = await releaseThree(ghcr);
  ghcr.takeCounts();
  fleet = ghcrOnDisk(ghcr);
});
afterEach(() => ghcr.close());

const standing = (release: ReleaseBody | undefined): number =>
  (release?.images ?? []).filter(({ repository, digest }) =>
    ghcr.server.store.repo(repository).manifests.has(digest),
  ).length;

it("the program deletes by GitHub's API at its pace, and brings back what it deleted", async () => {
  const start = performance.now();
  const pruned = await fleet.call(["prune", "--keep", "1", "--older-than", "0", "--apply", "--json"]);
  const seconds = (performance.now() - start) / 1000;
  expect([pruned.exit, pruned.err]).toEqual([0, ""]);
  // What an answer of the command holds.
  const { applied } = JSON.parse(pruned.out) as { applied: { deleted: number; restoreFile: string } };
  expect(applied.deleted).toBeGreaterThanOrEqual(5);
  expect(seconds).toBeGreaterThan(applied.deleted - 1);
  expect(ghcr.takeCounts()).toMatchObject({ "github 204 DELETE": applied.deleted });
  expect([standing(releases[0]), standing(releases[2])]).toEqual([0, 4]);
  const shown = await fleet.call(["ledger", "show"]);
  expect(shown.out).toMatch(
    /prune .* started \(keep 1, older than 0 days\)\n.* done \(keep 1, older than 0 days\)\n/,
  );
  const restored = await fleet.call(["prune", "--restore", applied.restoreFile]);
  expect([restored.exit, restored.err]).toEqual([0, ""]);
  expect(standing(releases[0])).toBe(4);
  expect(ghcr.takeCounts()).toMatchObject({ "github 204 POST": applied.deleted });
}, 120_000);

it("without a login it plans nothing, and says what to do", async () => {
  fleet.login(ghcr.server.host);
  const { exit, out } = await fleet.call(["prune", "--keep", "1", "--older-than", "0", "--apply"]);
  expect(exit).toBe(3);
  expect(out).toContain(
    `there is no login for ${ghcr.github.host} (docker login ${ghcr.github.host}, with a classic`,
  );
  expect([standing(releases[0]), standing(releases[2])]).toEqual([4, 4]);
});
