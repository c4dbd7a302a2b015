import { afterEach, describe, expect, it } from "vitest";
import { parseEngineAddress } from "../../src/edge/engine/address.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import { splitLogFrames } from "../../src/edge/engine/log-frames.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { EngineContainer } from "../../src/edge/engine/port.ts";
import { probeEngine } from "../../src/edge/engine/probe.ts";
import { type Answer, type ScriptedEngine, startScriptedEngine } from "./scripted-engine.ts";

const started: ScriptedEngine[] = [];
afterEach(() => {
  for (const server of started.splice(0)) server.close();
});

async function engineThat(
  answer: Answer,
  apiVersion?: string,
): Promise<ReturnType<typeof createDockerEngine>> {
  started.push(await startScriptedEngine(answer, apiVersion));
  return createDockerEngine({ dockerHost: last().dockerHost });
}

function last(): ScriptedEngine {
  const server = started.at(-1);
  if (server === undefined) throw new Error("no engine was started");
  return server;
}

describe("the API version", () => {
  it.each([
    ["1.41", "/v1.41/images/json"],
    ["1.54", "/v1.48/images/json"],
  ])("an engine of %s is asked at %s", async (apiVersion, path) => {
    const engine = await engineThat({ body: [] }, apiVersion);
    expect(await engine.listImages()).toEqual([]);
    expect(last().calls).toEqual([`GET ${path}`]);
  });
});

describe("what an engine lists", () => {
  it("containers, with null for what is empty", async () => {
    const engine = await engineThat({
      body: [
        {
          Id: "c1",
          Names: ["/web"],
          Image: "r/a:b",
          ImageID: "sha256:1",
          State: "running",
          Labels: null,
          Ports: null,
        },
        {
          Id: "c2",
          Names: null,
          Created: 7,
          Labels: { a: "b" },
          Ports: [{ PrivatePort: 8000, PublicPort: 32_768, IP: "127.0.0.1", Type: "tcp" }],
          ImageManifestDescriptor: { digest: "sha256:2", size: 1 },
          Unknown: {},
        },
      ],
    });
    expect(await engine.listContainers({ all: true, labels: ["a=b c"] })).toEqual([
      {
        id: "c1",
        name: "web",
        image: "r/a:b",
        imageId: "sha256:1",
        state: "running",
        created: 0,
        labels: {},
        ports: [],
      },
      {
        id: "c2",
        name: "",
        image: "",
        imageId: "",
        manifestDigest: "sha256:2",
        state: "",
        created: 7,
        labels: { a: "b" },
        ports: [{ containerPort: 8000, hostPort: 32_768, hostIp: "127.0.0.1", protocol: "tcp" }],
      },
    ]);
    const filters = encodeURIComponent('{"label":["a=b c"]}');
    expect(last().calls).toEqual([`GET /v1.43/containers/json?all=true&filters=${filters}`]);
  });

  it("whether containerd keeps the images", async () => {
    const driver = { Driver: "overlayfs", DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] };
    expect(await (await engineThat({ body: driver })).info()).toMatchObject({ containerdStore: true });
    expect(await (await engineThat({ body: { Driver: "overlay2" } })).info()).toMatchObject({
      containerdStore: false,
    });
  });
});

describe("an image that is handed out", () => {
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    return Buffer.concat(parts);
  };

  it("comes as a stream of any length, by its name or digest", async () => {
    const raw = Buffer.alloc(70 * 1024 * 1024, 7);
    const engine = await engineThat({ raw });
    expect((await collect(engine.exportImage("h.example:5000/a/b@sha256:0"))).equals(raw)).toBe(true);
    expect(last().calls).toEqual(["GET /v1.43/images/h.example:5000/a/b@sha256:0/get"]);
  });

  it("tells its layers", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const engine = await engineThat({ body: { RootFS: { Type: "layers", Layers: [digest] } } });
    expect(await engine.listDiffIds("a:1")).toEqual([digest]);
    const scratch = await engineThat({ body: { RootFS: { Type: "layers" } } });
    expect(await scratch.listDiffIds("a:1")).toEqual([]);
  });

  it.each([
    ["is not there", { status: 404, body: { message: "no such image" } }, "ENGINE_REFUSED"],
    ["is cut", "cut", "ENGINE_UNREACHABLE"],
  ] satisfies [string, Answer, string][])("%s", async (_what, answer, code) => {
    const engine = await engineThat(answer);
    await expect(collect(engine.exportImage("a:1"))).rejects.toMatchObject({ code });
  });

  it("is let go of by who has enough, and by our own signal", async () => {
    const engine = await engineThat({ raw: Buffer.alloc(32 * 1024 * 1024) });
    for await (const part of engine.exportImage("a:1")) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    const silent = await engineThat("hang");
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await expect(collect(silent.exportImage("a:1", { signal: abort.signal }))).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("what goes wrong", () => {
  it.each([
    ["a refusal", { status: 500, body: { message: "no" } }, "ENGINE_REFUSED"],
    ["a refusal that is no JSON", { status: 404, raw: Buffer.from("<html>") }, "ENGINE_REFUSED"],
    ["an answer that is no JSON", { raw: Buffer.from("hello") }, "ENGINE_ANSWER"],
    ["an answer of another shape", { body: { images: [] } }, "ENGINE_ANSWER"],
    ["a connection that is cut", "cut", "ENGINE_UNREACHABLE"],
  ] satisfies [string, Answer, string][])("%s", async (_name, answer, code) => {
    const engine = await engineThat(answer);
    await expect(engine.listImages()).rejects.toMatchObject({ code, exit: 3 });
  });

  it("an answer without end is not kept", async () => {
    const engine = await engineThat({ raw: Buffer.alloc(65 * 1024 * 1024, 32) });
    await expect(engine.listImages()).rejects.toMatchObject({ code: "ENGINE_ANSWER" });
  });

  it("a server that is no engine", async () => {
    const engine = await engineThat({}, "");
    await expect(engine.ping()).rejects.toMatchObject({ code: "ENGINE_ANSWER" });
  });

  it("nobody there, which a probe takes for a result", async () => {
    const engine = createDockerEngine({ dockerHost: "unix:///nonexistent/docker.sock" });
    await expect(engine.info()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    expect((await probeEngine(engine)).capabilities.map(({ state }) => state)).toEqual([
      "lacking",
      "unknown",
    ]);
  });

  it("our own signal ends a call", async () => {
    const engine = await engineThat("hang");
    const abort = new AbortController();
    const call = engine.listImages({ signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  it("a pull whose failure comes after status 200", async () => {
    const raw = Buffer.from('{"status":"Pulling"}\r\n{"errorDetail":{},"error":"not \\"found\\""}\r\n');
    await expect((await engineThat({ raw })).pullImage("r/a:b")).rejects.toMatchObject({
      code: "ENGINE_REFUSED",
    });
    await (await engineThat({ raw: Buffer.from('{"status":"Pulled"}\r\n') })).pullImage("r/a:b@sha256:1");
    expect(last().calls).toEqual([
      `POST /v1.43/images/create?fromImage=${encodeURIComponent("r/a:b@sha256:1")}`,
    ]);
  });
});

describe("running a container", () => {
  it("publishes ports on loopback only and says no more than it was told", async () => {
    const engine = await engineThat({ status: 201, body: { Id: "new" } });
    const id = await engine.createContainer({
      image: "r/a:b",
      name: "one",
      env: { A: "b=c" },
      ports: [{ containerPort: 8000 }, { containerPort: 9000, hostPort: 9001 }],
    });
    expect(id).toBe("new");
    expect(last().calls).toEqual(["POST /v1.43/containers/create?name=one"]);
    expect(JSON.parse(last().bodies[0] ?? "")).toEqual({
      Image: "r/a:b",
      Env: ["A=b=c"],
      ExposedPorts: { "8000/tcp": {}, "9000/tcp": {} },
      HostConfig: {
        PortBindings: {
          "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }],
          "9000/tcp": [{ HostIp: "127.0.0.1", HostPort: "9001" }],
        },
      },
    });
  });

  it("tells its ports and health", async () => {
    const engine = await engineThat({
      body: {
        Id: "c",
        Image: "sha256:1",
        State: { Status: "running", Running: true, Health: { Status: "healthy" } },
        Config: { Labels: null },
        NetworkSettings: {
          Ports: { "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: "49153" }], "9/udp": null },
        },
      },
    });
    expect(await engine.inspectContainer("c")).toEqual({
      id: "c",
      imageId: "sha256:1",
      status: "running",
      running: true,
      exitCode: 0,
      oomKilled: false,
      health: "healthy",
      labels: {},
      ports: [{ containerPort: 8000, protocol: "tcp", hostIp: "127.0.0.1", hostPort: 49_153 }],
    });
  });

  it("takes stopping what does not run, and removing what is not there, as done", async () => {
    await (await engineThat({ status: 304, raw: Buffer.alloc(0) })).stopContainer("c", { seconds: 2 });
    expect(last().calls).toEqual(["POST /v1.43/containers/c/stop?t=2"]);
    await (await engineThat({ status: 404, body: { message: "no such container" } })).removeContainer("c");
    // The canary: stopping one that is not there is no success.
    const engine = await engineThat({ status: 404, body: {} });
    await expect(engine.stopContainer("c")).rejects.toMatchObject({ details: { status: 404 } });
  });
});

describe("log frames", () => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, Buffer.byteLength(text)]);
    return Buffer.concat([head, Buffer.from(text)]);
  };

  it("are told apart, a cut one as far as it goes", () => {
    const bytes = Buffer.concat([frame(1, "out\n"), frame(2, "err\n"), frame(1, "more").subarray(0, 10)]);
    expect(splitLogFrames(bytes)).toEqual({ stdout: "out\nmo", stderr: "err\n" });
  });

  it("of an unknown stream are refused", () => {
    expect(() => splitLogFrames(frame(9, "x"))).toThrow(expect.objectContaining({ code: "ENGINE_ANSWER" }));
  });
});

const SSH = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T"];
const DIAL = ["docker", "system", "dial-stdio"];

describe("the address of an engine", () => {
  it.each([
    ["unix:///var/run/docker.sock", { socketPath: "/var/run/docker.sock" }],
    ["tcp://engine.example:2376", { host: "engine.example", port: 2376 }],
    ["tcp://[::1]", { host: "::1", port: 2375 }],
    ["ssh://me@pc2:2222", { argv: [...SSH, "-l", "me", "-p", "2222", "--", "pc2", ...DIAL] }],
    ["ssh://pc2", { argv: [...SSH, "--", "pc2", ...DIAL] }],
  ])("%s", (text, expected) => {
    expect(parseEngineAddress(text)).toEqual(expected);
  });

  it.each([
    "ssh://-oProxyCommand=x",
    "ssh://a b",
    "unix://relative",
    "tcp://",
    "",
    "npipe:////./pipe/docker_engine",
  ])("not %j", (text) => {
    expect(() => parseEngineAddress(text)).toThrow(expect.objectContaining({ code: "ENGINE_ADDRESS" }));
  });
});

describe("the engine in memory", () => {
  it("filters as a real one does", async () => {
    const base: EngineContainer = {
      id: "1",
      name: "a",
      image: "i",
      imageId: "sha256:1",
      state: "running",
      created: 0,
      labels: { k: "v=w" },
      ports: [],
    };
    const engine = createMemoryEngine({
      containers: [base, { ...base, id: "2", state: "exited", labels: {} }],
    });
    const ids = async (options: Parameters<typeof engine.listContainers>[0]): Promise<string[]> =>
      (await engine.listContainers(options)).map((container) => container.id);
    expect(await ids({})).toEqual(["1"]);
    expect(await ids({ all: true })).toEqual(["1", "2"]);
    expect(await ids({ all: true, labels: ["k=v=w"] })).toEqual(["1"]);
    expect(await ids({ all: true, labels: ["k=v"] })).toEqual([]);
    expect(await ids({ all: true, labels: ["k"] })).toEqual(["1"]);
  });
});
