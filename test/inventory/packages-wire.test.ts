import { afterEach, beforeEach, expect, it } from "vitest";
import { type DiskFleet, diskFleet } from "../bad-input/on-disk.ts";
import { released } from "../flow/run.ts";
import { createGhcrMachine, type GhcrMachine, TOKEN } from "../kit/ghcr-machine.ts";

let ghcr: GhcrMachine;
let fleet: DiskFleet;
beforeEach(async () => {
  ghcr = await createGhcrMachine();
  await released(ghcr.machine);
  ghcr.takeCounts();
  // The tree of a second machine of this fleet, on the disk, with every port as the program has it.
  const texts = Object.entries(ghcr.machine.files).flatMap(([path, file]) =>
    typeof file === "string" ? [[path, file] as const] : [],
  );
  const apis = `  packageApis: { "${ghcr.server.host}": "${ghcr.github.api.slice(0, -1)}" }\n`;
  fleet = diskFleet({ ...Object.fromEntries(texts), "api/run.sh": "#!/bin/sh\n" });
  fleet.write({ "lapstrake.yaml": `${String(ghcr.machine.files["lapstrake.yaml"])}${apis}` });
  login(ghcr.server.host, ghcr.github.host);
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
  login(ghcr.server.host);
  const { out, err } = await fleet.call(["inventory", "--json"], { env: { GH_TOKEN: "for-github-alone" } });
  expect(currentOf(out).every(([, drift]) => drift === "in-step")).toBe(true);
  expect(err).toContain(`there is no login for ${ghcr.github.host}`);
  expect(err).toContain(`docker login ${ghcr.github.host}`);
  expect(`${out}${err}`).not.toMatch(/for-github-alone|a-classic-token/);
  // GH_TOKEN is GitHub's: no other host gets it, whatever a blueprint calls a host of packages.
  expect([...ghcr.github.logins]).toEqual([]);
});

function login(...hosts: readonly string[]): void {
  const auth = Buffer.from(`me:${TOKEN}`).toString("base64");
  const auths = Object.fromEntries(hosts.map((host) => [host, { auth }]));
  fleet.writeState({ "docker/config.json": JSON.stringify({ auths }) });
}

function currentOf(out: string): readonly (readonly [string, string])[] {
  const { rows } = JSON.parse(out) as { rows: { image: string; drift: string; current: boolean }[] };
  return rows.filter(({ current }) => current).map(({ image, drift }) => [image, drift] as const);
}
