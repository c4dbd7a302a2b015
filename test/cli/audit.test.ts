import { beforeAll, describe, expect, it } from "vitest";
import { gatedMachine } from "../kit/gated-machine.ts";
import { pushStored } from "../kit/stored-image.ts";
import { createTestMachine, gitAt, type TestMachine } from "../kit/world.ts";
import { call } from "./call.ts";

const AT = { host: "registry.example", repository: "demo/app" };

let machine: TestMachine;
let image: string;
beforeAll(async () => {
  machine = await createTestMachine();
  const digest = await pushStored(machine.registry, AT, {
    layers: [[{ path: "etc/passwd", content: "root" }]],
    history: ["RUN a"],
  });
  image = `${AT.host}/${AT.repository}@${digest}`;
});

describe("audit", () => {
  it("answers in SARIF", async () => {
    const { exit, out } = await call(machine, ["audit", image, "--sarif"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: "2.1.0",
      runs: [{ tool: { driver: { name: "Lapstrake" } } }],
    });
  });

  it("answers in SARIF for the fleet with each result at a line of the repository", async () => {
    const fleet = await gatedMachine();
    await call(fleet, ["release"]);
    fleet.git = { ...gitAt("one"), prefix: "fleets/sample" };
    const { out } = await call(fleet, ["audit", "--sarif"]);
    // The tests of the renderer have its shape.
    const { runs } = JSON.parse(out) as { readonly runs: readonly [{ readonly results: readonly object[] }] };
    const [{ results }] = runs;
    expect(results.length).toBeGreaterThan(3);
    for (const result of results)
      expect(result).toMatchObject({
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: expect.stringMatching(/^fleets\/sample\//) },
              region: { startLine: expect.any(Number) },
            },
          },
        ],
      });
  });

  it("writes its page beside the answer, and says so", async () => {
    const { exit, out, err } = await call(machine, ["audit", image, "--html", "audit.html", "--json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ version: 1, images: [{ name: image }] });
    expect(err).toContain("wrote audit.html\n");
    expect(machine.files["audit.html"]).toMatch(/^<!doctype html>/);
  });

  it("says which name is like one that nothing has", async () => {
    const about = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-1\n";
    const digest = await pushStored(machine.registry, AT, {
      layers: [
        [
          { path: "var/lib/dpkg/status", content: about },
          { path: "var/lib/dpkg/info/libc6.list", content: "/etc/x\n" },
        ],
      ],
      history: ["RUN a"],
    });
    const named = `${AT.host}/${AT.repository}@${digest}`;
    const { exit, err } = await call(machine, ["audit", named, "--why", "libc66"]);
    expect(exit).toBe(2);
    expect(err).toContain("nothing in these images is called libc66");
    expect(err).toContain("did you mean libc6?");
    expect((await call(machine, ["audit", named, "--why", "libc6"])).exit).toBe(0);
  });

  it("prints one answer: whoever asks for two forms of it is told which", async () => {
    for (const forms of [
      ["--json", "--why", "libc6"],
      ["--sarif", "--json"],
      ["--patch", "--sarif"],
    ]) {
      const { exit, out, err } = await call(machine, ["audit", image, ...forms]);
      expect(exit).toBe(2);
      const [one, other] = forms.filter((each) => each.startsWith("--"));
      expect(
        [`${one} and ${other}`, `${other} and ${one}`].some((both) => `${out}${err}`.includes(both)),
      ).toBe(true);
      expect(`${out}${err}`).toContain("exclude each other");
    }
  });

  it("takes a family with all that is built on it, and refuses a name that nobody knows", async () => {
    const family = await call(machine, ["audit", "--family", "web", "--json"]);
    const { left } = JSON.parse(family.out) as { left: readonly { name: string }[] };
    expect(left.map(({ name }) => name)).toContain("web");
    expect(left.length).toBeGreaterThan(1);
    expect(family.exit).toBe(3);
    const unknown = await call(machine, ["audit", "--family", "wbe"]);
    expect(unknown.exit).toBe(2);
    expect(unknown.err).toContain("did you mean web?");
  });
});
