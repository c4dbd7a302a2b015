import { afterEach, beforeEach, expect, it } from "vitest";
import { released } from "../flow/run.ts";
import { createGhcrMachine, type GhcrMachine } from "../kit/ghcr-machine.ts";
import { type GhcrOnDisk, ghcrOnDisk } from "../kit/ghcr-on-disk.ts";

let ghcr: GhcrMachine;
let fleet: GhcrOnDisk;
beforeEach(async () => {
  ghcr = await createGhcrMachine();
  await released(ghcr.machine);
  ghcr.takeCounts();
  fleet = ghcrOnDisk(ghcr);
});
afterEach(() => ghcr.close());

it("the program reads a fleet by the list, and the second time by 304s alone", async () => {
  const first = await fleet.call(["inventory", "--json"]);
  expect([first.exit, first.err]).toEqual([0, expect.not.stringContaining("tag by tag")]);
  expect(currentOf(first.out)).toEqual([
    ["base", "in-step"],
    ["web", "in-step"],
    ["cpu", "in-step"],
    ["api", "in-step"],
  ]);
  expect(ghcr.takeCounts()).toMatchObject({ "github 200 GET": 7 });
  const second = await fleet.call(["inventory", "--json"]);
  expect(second.out).toBe(first.out);
  expect(ghcr.takeCounts()).toEqual({ "github 304 GET": 7 });
});

it("without a login for the API's host it says so, asks the registry, and shows no login", async () => {
  fleet.login(ghcr.server.host);
  const { out, err } = await fleet.call(["inventory", "--json"], { env: { GH_TOKEN: "for-github-alone" } });
  expect(currentOf(out).every(([, drift]) => drift === "in-step")).toBe(true);
  expect(err).toContain(`there is no login for ${ghcr.github.host}`);
  expect(err).toContain(`docker login ${ghcr.github.host}`);
  expect(`${out}${err}`).not.toMatch(/for-github-alone|a-classic-token/);
  // GH_TOKEN is GitHub's: no other host gets it, whatever a blueprint calls a host of packages.
  expect([...ghcr.github.logins]).toEqual([]);
});

function currentOf(out: string): readonly (readonly [string, string])[] {
  const { rows } = JSON.parse(out) as { rows: { image: string; drift: string; current: boolean }[] };
  return rows.filter(({ current }) => current).map(({ image, drift }) => [image, drift] as const);
}
