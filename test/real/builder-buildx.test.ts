import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { BuildEvent } from "../../src/core/base/build-event.ts";
import { type BuildxBuilderOptions, createBuildxBuilder } from "../../src/edge/builder/buildx.ts";
import type { BuildOptions, BuildRequest, BuildResult, BuildSuccess } from "../../src/edge/builder/port.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { startEngineProxy } from "../builder/engine-proxy.ts";
import { RealFixture } from "../builder/real-fixture.ts";
import { tinyProgram } from "../builder/tiny-program.ts";
import { requireEngine } from "../kit/engine.ts";

const engine = await requireEngine();
const say = tinyProgram([{ say: "hello" }, { write: "made by RUN", path: "/made" }]);
const broken = tinyProgram([{ say: "about to break" }, { say: "no such module", to: "stderr" }, { exit: 3 }]);
const forever = tinyProgram([{ say: "waiting" }, { pause: true }]);

function builderOf(record: EngineFile, changes: Partial<BuildxBuilderOptions> = {}): typeof build {
  const builder = createBuildxBuilder({
    engine: record,
    runner: createProcessRunner(),
    env: process.env,
    ...changes,
  });
  return (request, options) => builder.build(request, options);
}
declare function build(request: BuildRequest, options?: BuildOptions): Promise<BuildResult>;

function good(result: BuildResult): BuildSuccess {
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}\n${result.logTail.join("\n")}`);
  return result;
}

describe.runIf(engine)("a real build", () => {
  // describe.runIf skips the tests where there is no engine; what they use is never reached then.
  const record = engine as EngineFile;
  const fixture = new RealFixture(record?.registry);
  const build = builderOf(record);

  it("has the same digest twice without a cache, and stands under its name", async () => {
    const files = { Dockerfile: 'FROM scratch\nCOPY . /\nRUN ["/say"]\n', say, "a.txt": "a" };
    const events: BuildEvent[] = [];
    const first = good(
      await build(fixture.request("twice", files, { noCache: true }), { onEvent: (e) => events.push(e) }),
    );
    // Another context folder and other file times: neither is part of an image.
    const second = good(await build(fixture.request("twice", files, { noCache: true })));
    expect(second.digest).toBe(first.digest);
    expect(first.steps).toEqual({ total: 2, cached: 0 });
    expect(await fixture.resolve("twice")).toBe(first.digest);
    expect(events.some((event) => event.type === "log" && event.line === "hello")).toBe(true);
    const third = good(await build(fixture.request("twice", files)));
    expect([third.digest, third.steps]).toEqual([first.digest, { total: 2, cached: 2 }]);
    // The canary: other content is another digest.
    const other = good(await build(fixture.request("other", { ...files, "a.txt": "b" }, { noCache: true })));
    expect(other.digest).not.toBe(first.digest);
  });

  it("of a child begins with exactly its parent's layers, also when the child is zstd and later", async () => {
    const parent = good(
      await build(fixture.request("parent", { Dockerfile: 'FROM scratch\nCOPY say /\nRUN ["/say"]\n', say })),
    );
    const child = fixture.request(
      "child",
      { Dockerfile: "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY b.txt /\n", "b.txt": "b" },
      {
        args: { BASE_IMAGE: "parent" },
        contexts: { parent: `docker-image://${fixture.name("parent").replace(/:in$/, "")}@${parent.digest}` },
        compression: "zstd",
        epoch: 1_700_000_500,
      },
    );
    good(await build(child));
    const layers = (await fixture.manifest("parent")).layers;
    const childLayers = (await fixture.manifest("child")).layers;
    expect(layers.length).toBe(2);
    expect(childLayers.slice(0, 2)).toEqual(layers);
    expect(childLayers.map((layer) => layer.mediaType.split("+")[1])).toEqual(["gzip", "gzip", "zstd"]);
  });

  it("carries labels and annotations as they are, the epoch as its time, and is a plain manifest", async () => {
    const labels = { "org.example.text": 'a, "b" = c\nd', "org.example.dollar": "${HOME} $X" };
    const annotations = { "org.opencontainers.image.source": "https://example.com/a,b?c=d" };
    const request = fixture.request(
      "labels",
      { Dockerfile: "FROM scratch\nCOPY a /\n", a: "" },
      { labels, annotations },
    );
    good(await build(request));
    const manifest = await fixture.manifest("labels");
    expect(manifest.mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(manifest.annotations).toMatchObject(annotations);
    const config = await fixture.config("labels");
    expect(config.config.Labels).toEqual(labels);
    expect(Date.parse(config.created) / 1000).toBe(1_700_000_000);
  });

  it("gives a secret to a step and leaves it in no layer", async () => {
    const dockerfile = 'FROM scratch\nCOPY say /\nRUN --mount=type=secret,id=token,required=true ["/say"]\n';
    const env = { ...process.env, LAP_TEST_TOKEN: "s3cr3t-value" };
    const runner = createProcessRunner(env);
    const request = fixture.request(
      "secret",
      { Dockerfile: dockerfile, say },
      { secrets: [{ id: "token", source: { env: "LAP_TEST_TOKEN" } }] },
    );
    good(await builderOf(record, { env, runner })(request));
    const { layers } = await fixture.manifest("secret");
    const blobs = await Promise.all(layers.map((layer) => fixture.blob("secret", layer.digest)));
    const contents = Buffer.concat(blobs.map((blob) => gunzipSync(blob)));
    expect(contents.indexOf("s3cr3t-value")).toBe(-1);
    // The canary: what the step wrote is found this way.
    expect(contents.indexOf("made by RUN")).toBeGreaterThan(0);
    expect(await builderOf(record)({ ...request, noCache: true, secrets: [] })).toMatchObject({
      reason: "secret-missing",
    });
  });

  it("is for the engine's platform, whatever a shell asks for", async () => {
    const env = {
      ...process.env,
      DOCKER_DEFAULT_PLATFORM: process.arch === "arm64" ? "linux/amd64" : "linux/arm64",
      BUILDX_BUILDER: "foreign",
      DOCKER_CONTEXT: "foreign",
      DOCKER_TLS_VERIFY: "1",
    };
    const request = fixture.request("platform", { Dockerfile: "FROM scratch\nCOPY a /\n", a: "" });
    good(await builderOf(record, { runner: createProcessRunner(env) })(request));
    expect((await fixture.config("platform")).architecture).toBe(
      process.arch === "arm64" ? "arm64" : "amd64",
    );
  });

  it("writes its cache beside the image where the registry takes it", async () => {
    const request = fixture.request(
      "cached",
      { Dockerfile: "FROM scratch\nCOPY a /\n", a: "cached" },
      { cacheTo: [`type=registry,ref=${fixture.name("its-cache")},mode=max`] },
    );
    expect(good(await build(request)).warnings).toEqual([]);
    expect(await fixture.resolve("its-cache")).toBeDefined();
    const again = { ...request, cacheFrom: [`type=registry,ref=${fixture.name("its-cache")}`], cacheTo: [] };
    expect(good(await build(again)).warnings).toEqual([]);
  });

  it("is not hurt by a cache that cannot be read or written, and says so", async () => {
    const request = fixture.request(
      "cache",
      { Dockerfile: "FROM scratch\nCOPY a /\n", a: "cache" },
      {
        cacheFrom: [`type=registry,ref=${fixture.name("no-cache-yet")}`],
        cacheTo: ["type=registry,ref=127.0.0.1:1/cache:x,mode=max"],
      },
    );
    expect(good(await build(request)).warnings.length).toBe(1);
  });
});

describe.runIf(engine)("a real build that fails", () => {
  // As above.
  const record = engine as EngineFile;
  const fixture = new RealFixture(record?.registry);
  const build = builderOf(record);

  it("in a step: the line, the step, its last words; no tag", async () => {
    const files = { Dockerfile: 'FROM scratch\nCOPY broken /\n\nRUN ["/broken"]\n', broken };
    const request = fixture.request("broken", files);
    expect(await build(request)).toMatchObject({
      ok: false,
      reason: "step-failed",
      step: '[2/2] RUN ["/broken"]',
      // The two streams are two pipes: the engine tells them in either order.
      logTail: expect.toSatisfy(
        (tail: string[]) => tail.toSorted().join() === "about to break,no such module",
      ),
      dockerfileLine: { file: request.dockerfile, line: 4, text: 'RUN ["/broken"]' },
      exitCode: 1,
    });
    expect(await fixture.resolve("broken")).toBeUndefined();
  });

  it.each([
    ["context-missing", "FROM scratch\nCOPY missing /\n", 2],
    ["dockerfile", "FROM scratch\nCPOY a /\n", 2],
    ["source-missing", "FROM 127.0.0.1:1/nothing:here\n", 1],
  ] as const)("%s", async (reason, Dockerfile, line) => {
    const result = await build(fixture.request(reason, { Dockerfile, a: "" }));
    expect(result).toMatchObject({ ok: false, reason, dockerfileLine: { line } });
  });

  it("to push: a dead registry is push-failed", async () => {
    const files = { Dockerfile: "FROM scratch\nCOPY a /\n", a: "push" };
    const result = await build(fixture.request("dead", files, { name: "127.0.0.1:1/dead/image:in" }));
    expect(result).toMatchObject({ ok: false, reason: "push-failed" });
  });

  it("since it was cancelled: soon, and no tag is left", async () => {
    const abort = new AbortController();
    const request = fixture.request("cancelled", {
      Dockerfile: 'FROM scratch\nCOPY forever /\nRUN ["/forever"]\n',
      forever,
    });
    const began = performance.now();
    const result = await build(request, {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "log" && event.line === "waiting") abort.abort();
      },
    });
    expect(result).toMatchObject({ ok: false, reason: "cancelled" });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await fixture.resolve("cancelled")).toBeUndefined();
  });

  it("since there is no engine: not-started", async () => {
    const nobody = { ...record, dockerHost: "unix:///nonexistent/docker.sock" };
    const request = fixture.request("nobody", { Dockerfile: "FROM scratch\nCOPY a /\n", a: "" });
    expect(await builderOf(record, { engine: nobody })(request)).toMatchObject({ reason: "not-started" });
  });

  it.runIf(engine?.dockerHost.startsWith("unix://"))("since the engine died: engine-lost", async () => {
    const proxy = await startEngineProxy(record.dockerHost);
    const request = fixture.request("lost", {
      Dockerfile: 'FROM scratch\nCOPY forever /\nRUN ["/forever"]\n# lost\n',
      forever,
    });
    const through = { ...record, dockerHost: proxy.dockerHost };
    const result = await builderOf(record, { engine: through })(
      { ...request, noCache: true },
      { onEvent: (event) => event.type === "log" && proxy.cut() },
    );
    expect(result).toMatchObject({ ok: false, reason: "engine-lost" });
    expect(await fixture.resolve("lost")).toBeUndefined();
  });
});
