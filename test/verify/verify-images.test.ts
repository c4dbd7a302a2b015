import { beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { Annotation } from "../../src/core/oci/annotation.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";
import { EngineError } from "../../src/edge/engine/error.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { ContainerRunner, ContainerSpec, ContainerState, Engine } from "../../src/edge/engine/port.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { call, json } from "../cli/call.ts";
import { HOST, NAMESPACE, SAMPLE_BLUEPRINT, sampleFiles } from "../kit/sample-fleet.ts";
import { pushStored, type StoredImage } from "../kit/stored-image.ts";
import { createTestMachine, LOCAL_ENGINE, type TestMachine } from "../kit/world.ts";
import { CONFIG, FACTS, FILES, IDENTITY, without } from "./sound-image.ts";

const BLUEPRINT = `${SAMPLE_BLUEPRINT}services:
  shop:
    dockerfile: shop/Dockerfile
    machines: [mainpc]
    ports: { service: 7200, health: 8200 }
machines:
  mainpc: { profile: { OMP_NUM_THREADS: 16 } }
`;

let machine: TestMachine;
const digests = new Map<string, Digest>();

async function push(name: string, image: Partial<StoredImage> = {}): Promise<Digest> {
  const isShop = name === "shop";
  const base = {
    [Annotation.baseName]: `${NAMESPACE}/base`,
    [Annotation.baseDigest]: digests.get("base") ?? digestOf("?"),
  };
  const labels = { ...FACTS, ...base };
  const digest = await pushStored(
    machine.registry,
    { host: HOST, repository: `${NAMESPACE}/${name}` },
    {
      layers: [isShop ? FILES : without("etc/machine-profile.json")],
      config: { ...CONFIG, Labels: labels, ...(isShop ? {} : { Healthcheck: null }) },
      annotations: { ...labels, [Annotation.identity]: IDENTITY },
      ...image,
    },
  );
  digests.set(name, digest);
  return digest;
}

/** A release of base and shop, as the ledger keeps it. */
async function release(): Promise<void> {
  const images = [...digests].map(([name, digest]) => ({
    name,
    repository: `${NAMESPACE}/${name}`,
    identity: IDENTITY,
    digest,
    kind: "built" as const,
  }));
  await machine.state.ledger.append("release", {
    tag: "20260304-aaaaaaa",
    sha: null,
    dirty: false,
    partial: false,
    images,
    unavailable: [],
    gates: [],
    artifact: null,
  });
}

beforeEach(async () => {
  digests.clear();
  const files = {
    ...sampleFiles(),
    "lapstrake.yaml": BLUEPRINT,
    "shop/Dockerfile": "FROM base\nCOPY --from=machine-profile machine-profile.json /etc/\n",
  };
  machine = await createTestMachine({ files });
  // The root's digest is what the base says that it stands on.
  const { lock } = await import("../../src/flow/load-fleet.ts").then(({ loadFleet }) =>
    loadFleet(machine.world()),
  );
  const root = lock?.roots["debian"];
  digests.set("base", root !== undefined && "digest" in root ? root.digest : digestOf("?"));
  await push("base");
  await push("shop");
  await release();
});

async function verdicts(...argv: string[]): Promise<readonly Verdict[]> {
  const report = (await json(machine, ["verify", ...argv])) as {
    images: readonly { verdicts: readonly Verdict[] }[];
  };
  return report.images.flatMap((image) => image.verdicts);
}

const red = (all: readonly Verdict[]): readonly string[] =>
  all.flatMap(({ rule, subject, outcome, reasons }) =>
    outcome === "holds" ? [] : [`${subject.name} ${rule} ${outcome}: ${reasons[0]?.message}`],
  );

describe("verify", () => {
  it("reads the newest release from the registry, and says what it does not hold", async () => {
    const { exit, out } = await call(machine, ["verify"]);
    expect(out).toContain("base  ");
    expect(out).toMatch(/shop {2}[0-9a-f]{12} {2}holds {2}release 20260304-aaaaaaa/);
    expect(out).toContain("image-user: holds 2");
    expect(out).toContain("not in release 20260304-aaaaaaa, and not looked at: web, cpu, api");
    expect(exit).toBe(0);
  });

  it("as JSON has the verdicts, and one outcome", async () => {
    expect(await json(machine, ["verify", "shop"])).toMatchObject({
      version: 1,
      outcome: "holds",
      release: "20260304-aaaaaaa",
      left: [],
      images: [{ name: "shop", digest: digests.get("shop"), source: "release 20260304-aaaaaaa" }],
    });
    expect(await verdicts("shop")).toHaveLength(11);
  });

  it("reads a layer that images share once", async () => {
    let reads = 0;
    const { readBlob } = machine.registry;
    machine.faults = { readBlob: (...args) => (reads++, readBlob(...args)) };
    await call(machine, ["verify"]);
    // Two configs and two different layers; the second time only the configs.
    expect(reads).toBe(4);
    await call(machine, ["verify"]);
    expect(reads).toBe(6);
  });

  it("exits 1 for an image that fails, with the reason and the layer", async () => {
    await push("shop", { layers: [FILES, [{ path: "usr/bin/backdoor", content: "x", mode: 0o4755 }]] });
    await release();
    const { exit, out } = await call(machine, ["verify"]);
    expect(exit).toBe(1);
    expect(out).toMatch(
      /shop: \/usr\/bin\/backdoor is set-user-id \(owner 0\), and none of Debian's usual \(layer [0-9a-f]{12}\) \[image-setuid\]/,
    );
  });

  it.each<readonly [string, Partial<StoredImage>, string]>([
    [
      "layers that are not what the config says",
      { diffIds: (ids) => ids.map(() => digestOf("x")) },
      "unpacks to",
    ],
    [
      "damaged layers",
      { blobs: (blobs) => blobs.map((blob) => blob.subarray(0, blob.length / 2)) },
      "no sound gzip",
    ],
    ["more layers than the config", { diffIds: () => [] }, "the manifest has 1 layers, the config 0"],
  ])("fails an image with %s", async (_what, image, reason) => {
    await push("shop", image);
    await release();
    const all = red(await verdicts("shop"));
    expect(all[0]).toContain("shop image-layers fails: ");
    expect(all[0]).toContain(reason);
    expect((await call(machine, ["verify", "shop"])).exit).toBe(1);
  });

  it("fails an image that is gone from the registry", async () => {
    digests.set("shop", digestOf("gone"));
    await release();
    expect(red(await verdicts("shop"))).toEqual([
      "shop image-present fails: it is not in the registry any more",
    ]);
  });

  it("exits 3 where the registry does not answer: nothing is known, nothing is good", async () => {
    machine.faults = {
      readBlob: () => {
        throw new RegistryError("REGISTRY_UNREACHABLE", "cut");
      },
    };
    expect(red(await verdicts("shop"))).toEqual(["shop image-present unknown: cut"]);
    expect(await call(machine, ["verify"])).toMatchObject({ exit: 3 });
  });

  it("of an image that no release holds is about what the tree makes, if that is built", async () => {
    expect(red(await verdicts("web"))).toEqual([
      "web image-present unknown: nothing to verify: the tree makes another one, which is not built",
    ]);
    expect((await call(machine, ["verify", "web"])).exit).toBe(3);
    await call(machine, ["build", "web"]);
    const all = await verdicts("web");
    expect(all[0]).toMatchObject({
      rule: "image-present",
      outcome: "holds",
      reasons: [{ message: "it is in the registry (what the tree makes)" }],
    });
    // Its layers are read, and its config: what the builder of the tests leaves out is told.
    expect(all.find(({ rule }) => rule === "image-layers")?.outcome).toBe("holds");
    expect(red(all)[0]).toContain("web image-user fails");
  });

  it("does not know an image that the blueprint does not", async () => {
    expect(await call(machine, ["verify", "shopp"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("did you mean shop?"),
    });
  });
});

interface Script {
  /** What a container says who it is. */
  readonly tells?: string;
  readonly exit?: number;
  readonly refuses?: boolean;
  readonly running?: boolean;
  readonly stopExit?: number;
}

/** An engine that runs nothing and answers from a script. */
function scriptedEngine({
  tells = "10001\n10001\ntini\n",
  exit = 0,
  refuses = false,
  running = true,
  stopExit = 143,
}: Script = {}) {
  const specs: ContainerSpec[] = [];
  const removed: string[] = [];
  const pulled: string[] = [];
  let stopped = false;
  const state = (): ContainerState => ({
    id: "c",
    imageId: "i",
    status: "",
    running: running && !stopped,
    exitCode: stopped ? stopExit : 0,
    oomKilled: false,
    labels: {},
    ports: [{ containerPort: 8200, protocol: "tcp", hostIp: "127.0.0.1", hostPort: 40_000 }],
  });
  const engine: Engine & ContainerRunner = {
    ...createMemoryEngine(),
    pullImage: async (ref) => void pulled.push(ref),
    createContainer: async (spec) => {
      specs.push(spec);
      return `c${specs.length}`;
    },
    startContainer: async () => {
      if (refuses) throw new EngineError("ENGINE_REFUSED", "exec: tini: not found");
    },
    inspectContainer: async () => state(),
    waitContainer: async () => exit,
    readLogs: async () => ({ stdout: tells, stderr: "last words\n" }),
    stopContainer: async () => {
      stopped = true;
    },
    removeContainer: async (id) => void removed.push(id),
  };
  return { engine, specs, removed, pulled };
}

describe("verify --run", () => {
  const runs = async (script?: Script): Promise<readonly string[]> => {
    machine.engines.set(LOCAL_ENGINE, scriptedEngine(script).engine);
    return red(await verdicts("shop", "--run"));
  };
  beforeEach(() => {
    machine.http = () => ({ status: 200, body: '{"status":"ok"}' });
  });

  it("starts the very digest, asks it, stops it, and leaves nothing behind", async () => {
    const { engine, specs, removed, pulled } = scriptedEngine();
    machine.engines.set(LOCAL_ENGINE, engine);
    let asked = "";
    machine.http = (url) => {
      asked = url;
      return { status: 200, body: '{"status":"ok"}' };
    };
    const { exit, out } = await call(machine, ["verify", "--run"]);
    expect(exit).toBe(0);
    expect(out).toContain("run-identity: holds 2\nrun-health: holds 1\nrun-stop: holds 1");
    expect(pulled).toEqual(
      ["base", "shop"].map((name) => `${HOST}/${NAMESPACE}/${name}@${digests.get(name)}`),
    );
    expect(specs).toHaveLength(3);
    expect(specs[2]).toMatchObject({ ports: [{ containerPort: 8200 }] });
    expect(removed).toEqual(["c1", "c2", "c3"]);
    expect(asked).toBe("http://127.0.0.1:40000/health");
  });

  it("fails for what was seen", async () => {
    expect(await runs({ tells: "0\n0\nsh\n" })).toEqual([
      "shop run-identity fails: it ran as 0:0, not 10001:10001",
    ]);
    expect(await runs({ refuses: true })).toEqual([
      "shop run-identity fails: a container of it does not start: exec: tini: not found",
      "shop run-health fails: /health did not answer: it does not start: exec: tini: not found",
      "shop run-stop unknown: it does not start: exec: tini: not found",
    ]);
    expect(await runs({ running: false })).toEqual([
      "shop run-health fails: /health did not answer: it ended with exit code 0: last words",
      "shop run-stop unknown: it had ended by itself with exit code 0",
    ]);
    expect(await runs({ stopExit: 137 })).toEqual([
      "shop run-stop fails: it did not stop on SIGTERM, and was killed",
    ]);
    machine.http = () => ({ status: 200, body: '{"status":"ok"} ' });
    expect(await runs()).toEqual([
      'shop run-health fails: /health answered 200 {"status":"ok"} , not 200 {"status":"ok"}',
    ]);
  });

  it("waits for a service that says it is not ready, and no longer than its time", async () => {
    let asks = 0;
    machine.http = () =>
      ++asks < 3
        ? asks === 1
          ? undefined
          : { status: 503, body: "starting" }
        : { status: 200, body: '{"status":"ok"}' };
    expect(await runs()).toEqual([]);
    machine.http = () => {
      machine.now += 60_000;
      return undefined;
    };
    expect(await runs()).toEqual([
      "shop run-health fails: /health did not answer: nobody answered on port 8200 within 120 s",
    ]);
  });

  it("is not known where an image has no shell that could tell", async () => {
    expect(await runs({ tells: "", exit: 127 })).toEqual([
      "shop run-identity unknown: its shell could not tell who it is (exit 127): last words",
    ]);
  });

  it("exits 3 where no engine answers", async () => {
    const { exit, out } = await call(machine, ["verify", "shop", "--run"]);
    expect(exit).toBe(3);
    expect(out).toContain("shop: not verified: nobody answers at unix:///nowhere.sock [run-identity]");
  });
});
