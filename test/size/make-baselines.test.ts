import { beforeEach, describe, expect, it } from "vitest";
import { parseBaseline } from "../../src/core/blueprint/parse-baseline.ts";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import {
  type BaselineAsk,
  type BaselineReport,
  makeBaselines,
} from "../../src/flow/size/baseline/make-baselines.ts";
import type { World } from "../../src/flow/world.ts";
import { call } from "../cli/call.ts";
import { healthyPatient } from "../doctor/healthy.ts";
import { codeOf, released } from "../flow/run.ts";
import { ROOT_HOST, rootDigest } from "../kit/memory-image.ts";
import { HOST, SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";

const SERVICES = `services:
  svc: { dockerfile: svc/Dockerfile, context: svc, contexts: { shared: web }, args: { BASE_IMAGE: base }, machines: [first, second] }
  other: { dockerfile: web/Dockerfile, context: web, args: { BASE_IMAGE: base }, machines: [first] }
  later: { planned: true, machines: [second] }
machines: { first: {}, second: {} }
`;
const FILE = "lapstrake.baseline";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT + SERVICES;
  machine.files["svc/Dockerfile"] = [
    "ARG BASE_IMAGE",
    "FROM ${BASE_IMAGE}",
    "COPY r.txt /mnt/",
    "RUN apt-get install -y curl && /opt/venv/bin/pip install --no-deps -r /mnt/r.txt",
    "",
  ].join("\n");
  machine.files["svc/r.txt"] = "left-pad==1\n";
});

const make = (ask: Partial<BaselineAsk> = {}): Promise<BaselineReport> =>
  makeBaselines(machine.world(), { services: [], tier: undefined, wait: 0, ...ask });
const states = ({ services }: BaselineReport): readonly string[] =>
  services.map(({ service, state, why }) => `${service} ${state}${why === undefined ? "" : `: ${why}`}`);
const recorded = () => parseBaseline(String(machine.files[FILE]), FILE).services;

describe("before baselines are built", () => {
  /** The sample's machine with so many bytes free under everything that a build fills. */
  async function withFree(freeBytes: number): Promise<World> {
    const patient = await healthyPatient();
    Object.assign(patient.test.files, machine.files);
    patient.machine.disk = (path) => Promise.resolve({ path, device: 1, freeBytes, totalBytes: 1e12 });
    return patient.world;
  }
  const ALL = { services: [], tier: undefined, wait: 0 };

  it("a disk that cannot hold them ends it, with what makes room", async () => {
    const world = await withFree(1e8);
    await expect(makeBaselines(world, ALL)).rejects.toMatchObject({
      code: "DISK_SHORT",
      exit: 3,
      message: expect.stringContaining(
        "2 images to build (never built here: by default sizes) need at least 0.3 GB",
      ),
      hint: expect.stringContaining("lapstrake size --baseline SERVICE"),
    });
  });

  it("one with room is silent", async () => {
    expect(states(await makeBaselines(await withFree(1e11), ALL))).toEqual(["svc built", "other built"]);
  });
});

describe("baselines", () => {
  it("are built once for each service, whatever its machines, and recorded", async () => {
    expect(states(await make())).toEqual(["svc built", "other built"]);
    expect(machine.takeBuilt()).toEqual(["svc-baseline", "other-baseline"]);
    expect(recorded()["svc"]).toMatchObject({
      repository: "demo/svc-baseline",
      platform: "linux/amd64",
      built: "2026-03-04",
      tool: "1.2.3",
      from: {
        root: `${ROOT_HOST}/debian:12`,
        digest: rootDigest("debian"),
        apt: ["build-essential", "curl"],
        requirements: ["svc/r.txt"],
        folders: ["svc", "web"],
      },
    });
    const { digest, repository, compressed, unpacked } = recorded()["svc"]!;
    const stored = await machine.registry.readManifest({ host: HOST, repository, digest });
    const layers = stored?.content.kind === "manifest" ? stored.content.manifest.layers : [];
    expect(compressed).toBe(layers.reduce((sum, { size }) => sum + size, 0));
    // What the test's builder pushes is not compressed.
    expect(unpacked).toBe(compressed);
  });

  it("stand on the pinned root, and see whole folders and the requirements", async () => {
    await make({ services: ["svc"] });
    const request = machine.builder.requests.at(-1);
    expect(request?.contexts).toEqual({
      debian: `docker-image://${ROOT_HOST}/debian@${rootDigest("debian")}`,
      shared: "/scratch/1",
      "baseline-requirements": "/contexts/1.txt",
    });
    expect(request).toMatchObject({
      context: "/scratch/0",
      name: `${HOST}/demo/svc-baseline:baseline`,
      compression: "gzip",
    });
  });

  it("are left alone when they are recorded, and built anew when they are named", async () => {
    await make();
    const text = machine.files[FILE];
    machine.takeBuilt();
    expect(states(await make())).toEqual(["svc kept", "other kept"]);
    expect(machine.takeBuilt()).toEqual([]);
    expect(states(await make({ services: ["other"] }))).toEqual(["other built"]);
    expect(machine.takeBuilt()).toEqual(["other-baseline"]);
    expect(machine.files[FILE]).toBe(text);
  });

  it("of other services stand where one fails, and the next run makes the rest", async () => {
    machine.build = async (request, push) =>
      request.image === "svc-baseline" ? notBuilt("step-failed", "pip: no such version") : push();
    expect(states(await make())).toEqual(["svc failed: pip: no such version", "other built"]);
    expect(Object.keys(recorded())).toEqual(["other"]);
    machine.build = undefined;
    expect(states(await make())).toEqual(["svc built", "other kept"]);
  });

  it("are not built too small: a file of requirements that is not there is said", async () => {
    delete machine.files["svc/r.txt"];
    expect(states(await make({ services: ["svc"] }))).toEqual([
      "svc left: svc installs from /mnt/r.txt, which is not in the tree: without it the baseline would be too small",
    ]);
    expect(machine.files[FILE]).toBeUndefined();
  });

  it("end with the run that is cancelled, and keep what stands", async () => {
    machine.build = async (_request, push) => {
      const result = await push();
      machine.drain.abort();
      return result;
    };
    expect(states(await make())).toEqual(["svc built", "other cancelled"]);
    expect(Object.keys(recorded())).toEqual(["svc"]);
  });

  it("are of no name that nobody knows, and of no file that is damaged", async () => {
    expect(await codeOf(make({ services: ["scv"] }))).toBe("SERVICE_UNKNOWN");
    expect(await codeOf(make({ services: ["later"] }))).toBe("SERVICE_UNKNOWN");
    machine.files[FILE] = "services: 1\n";
    expect(await codeOf(make())).toBe("BASELINE_INVALID");
    expect(machine.takeBuilt()).toEqual([]);
  });
});

describe("size --baseline", () => {
  it("says what each service was and is, and the median", async () => {
    await released(machine);
    const { exit, out } = await call(machine, ["size", "--baseline"]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^svc +[\d.]+ kB +[\d.]+ kB +-?[\d.]+ % .* built$/m);
    expect(out).toMatch(/^median of these services: /m);
    expect(out).toContain(`recorded in ${FILE}; commit it\n`);
    const again = await call(machine, ["size", "--baseline", "--json"]);
    expect(JSON.parse(again.out)).toMatchObject({
      version: 1,
      file: FILE,
      services: [{ state: "kept" }, { state: "kept" }],
    });
  });

  it("before a release has nothing to compare with, and takes no flag of the other job", async () => {
    const { exit, out } = await call(machine, ["size", "--baseline", "svc"]);
    expect([exit, out]).toEqual([0, expect.stringMatching(/^svc .* - .* built$/m)]);
    const wrong = await call(machine, ["size", "--baseline", "--html", "x.html"]);
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringContaining("--baseline and --html exclude each other"),
    ]);
  });

  it("ends with what failed", async () => {
    machine.build = async () => notBuilt("step-failed", "no");
    expect((await call(machine, ["size", "--baseline"])).exit).toBe(1);
  });
});
