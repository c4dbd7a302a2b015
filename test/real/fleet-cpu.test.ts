import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { readConfig } from "../../src/edge/registry/read-image.ts";
import { requireEngine } from "../kit/engine.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FLEET = join(ROOT, "fleet");
const engine = await requireEngine();
const runner = createProcessRunner();

/** The services of the CPU tier, as the guide's fleet table has their ports. */
const SERVICES = [
  { name: "memory_fusion_hub-mainpc", machine: "mainpc", ports: [5713, 6713], threads: 16 },
  { name: "memory_fusion_hub-pc2", machine: "pc2", ports: [5713, 6713], threads: 4 },
  { name: "service_registry", machine: "mainpc", ports: [7200, 8200], threads: 16 },
  { name: "intention_validator_agent", machine: "mainpc", ports: [5701, 6701], threads: 16 },
] as const;

/** What each image must be able to run, by the table of the guide. */
const CONTENTS: readonly (readonly [image: string, script: string])[] = [
  ["base-python", "python -c 'import sys; assert sys.version_info[:2] == (3, 11)'"],
  [
    "base-utils",
    "command -v curl && command -v dumb-init && command -v gosu && test -f /usr/share/zoneinfo/Asia/Manila",
  ],
  ["base-cpu-pydeps", "python -c 'import numpy, pydantic, fastapi, uvicorn'"],
  ["family-web", "python -c 'import starlette, websockets, gunicorn, uvloop, httptools'"],
  [
    "legacy-py310-cpu",
    'python -c \'import sys, pydantic, fastapi; assert sys.version_info[:2] == (3, 10); assert pydantic.VERSION == "1.10.15"; assert fastapi.__version__ == "0.110.0"\'',
  ],
];

describe.skipIf(engine === undefined)("the reference fleet's CPU tier", () => {
  if (engine === undefined) return;
  const docker = createDockerEngine({ dockerHost: engine.dockerHost });
  const registry = createHttpRegistry({});
  const containers: string[] = [];
  let release: ReleaseBody;

  const lapstrake = async (...args: string[]) => {
    const record = await runner.run({
      argv: [process.execPath, join(ROOT, "bin/lapstrake"), ...args],
      cwd: FLEET,
      timeout: 560_000,
    });
    expect(record.outcome, record.stderr.slice(-2000)).toBe("ok");
    return record.stdout;
  };
  const refOf = (name: string) => {
    const image = release.images.find((each) => each.name === name);
    expect(image, `${name} is released`).toBeDefined();
    return { repository: image?.repository ?? "", digest: image?.digest ?? "" };
  };
  const create = async (name: string, spec: object) => {
    const { repository, digest } = refOf(name);
    const image = `${engine.registry}/${repository}@${digest}`;
    await docker.pullImage(image);
    const id = await docker.createContainer({ image, ...spec });
    containers.push(id);
    await docker.startContainer(id);
    return id;
  };
  const output = async (name: string, script: string) => {
    const id = await create(name, { command: ["sh", "-c", script] });
    const exit = await docker.waitContainer(id);
    const logs = await docker.readLogs(id);
    expect(exit, `${name}: ${script}\n${logs.stderr}`).toBe(0);
    return logs.stdout;
  };

  beforeAll(async () => {
    if (!existsSync(join(FLEET, "lapstrake.lock"))) await lapstrake("lock");
    // Developers run this with changes in the tree; on a clean checkout the flag does nothing.
    const text = await lapstrake("release", "--tier", "cpu", "--allow-dirty", "--json", "--progress", "none");
    ({ release } = JSON.parse(text) as { release: ReleaseBody });
  }, 600_000);

  afterAll(async () => {
    for (const id of containers) await docker.removeContainer(id);
    registry.close();
  });

  it("is released whole, but for what its record names", () => {
    const names = release.images.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([...CONTENTS.map(([name]) => name), ...SERVICES.map(({ name }) => name)]),
    );
    expect(release.unavailable.every(({ why }) => why.startsWith("left out"))).toBe(true);
  });

  it("has nothing to do the second time", async () => {
    const text = await lapstrake("release", "--tier", "cpu", "--allow-dirty", "--json");
    expect(JSON.parse(text)).toMatchObject({ state: "unchanged", release: { tag: release.tag } });
  });

  it.each(CONTENTS)("%s holds what the guide says, as appuser under tini", async (name, script) => {
    const text = await output(name, `id -u; id -g; cat /proc/1/comm; echo "$LANG"; { ${script}; } >&2`);
    expect(text.split("\n").slice(0, 4)).toEqual(["10001", "10001", "tini", "C.UTF-8"]);
  });

  it.each(CONTENTS)("%s keeps no caches, lists or logs", async (name) => {
    const left = await output(
      name,
      "find /var/lib/apt/lists /var/cache/apt /var/log /root/.cache /tmp /var/tmp -type f -size +0 2>/dev/null; find / -xdev -name '*.lock' -path '*venv*' 2>/dev/null; true",
    );
    expect(left).toBe("");
  });

  it.each(SERVICES)("$name answers /health exactly on both ports, and stops on SIGTERM", async (service) => {
    const id = await create(service.name, {
      readOnly: true,
      ports: service.ports.map((containerPort) => ({ containerPort })),
    });
    const { ports } = await docker.inspectContainer(id);
    for (const port of service.ports) {
      const published = ports.find(({ containerPort }) => containerPort === port);
      const answer = await healthOf(`http://127.0.0.1:${published?.hostPort}/health`);
      expect(answer).toEqual({ status: 200, body: '{"status":"ok"}' });
    }
    const before = performance.now();
    await docker.stopContainer(id, { seconds: 10 });
    expect(performance.now() - before).toBeLessThan(2000);
    expect((await docker.inspectContainer(id)).oomKilled).toBe(false);
  });

  it.each(SERVICES)("$name carries the profile of $machine", async ({ name, machine, threads }) => {
    const profile: unknown = JSON.parse(await output(name, "cat /etc/machine-profile.json"));
    expect(profile).toMatchObject({ machine, OMP_NUM_THREADS: threads });
  });

  it("says where it comes from in labels and annotations", async () => {
    const { repository, digest } = refOf("base-utils");
    const base = refOf("base-python");
    const stored = await registry.readManifest({
      host: engine.registry,
      repository,
      digest: digest as never,
    });
    if (stored?.content.kind !== "manifest") throw new Error("expected a manifest");
    const { manifest } = stored.content;
    const { config } = await readConfig(registry, { host: engine.registry, repository }, manifest.config);
    for (const facts of [manifest.annotations, config.Labels]) {
      expect(facts).toMatchObject({
        "org.opencontainers.image.base.name": base.repository,
        "org.opencontainers.image.base.digest": base.digest,
        "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}$/),
      });
    }
    expect(config.Entrypoint).toEqual(["/usr/bin/tini", "--"]);
  });
});

async function healthOf(url: string): Promise<{ status: number; body: string }> {
  const until = performance.now() + 30_000;
  for (;;) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return { status: answer.status, body: await answer.text() };
    } catch (error) {
      // Not listening yet; the deadline decides.
      if (performance.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
