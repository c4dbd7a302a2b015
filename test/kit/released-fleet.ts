import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDigest } from "../../src/core/base/digest.ts";
import type { ImageRef } from "../../src/core/oci/reference.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import type { ContainerSpec } from "../../src/edge/engine/port.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FLEET = join(ROOT, "fleet");

/** The reference fleet, released by the real program, and its images run on the real engine. */
export class ReleasedFleet {
  readonly docker: ReturnType<typeof createDockerEngine>;
  readonly #engine: EngineFile;
  readonly #containers: string[] = [];
  #release: ReleaseBody | undefined;

  constructor(engine: EngineFile) {
    this.#engine = engine;
    this.docker = createDockerEngine({ dockerHost: engine.dockerHost });
  }

  get release(): ReleaseBody {
    if (this.#release === undefined) throw new Error("the fleet was not released yet");
    return this.#release;
  }

  /** Runs the program in the fleet's folder; throws with its stderr where it does not exit 0. */
  async lapstrake(...args: string[]): Promise<string> {
    const record = await createProcessRunner().run({
      argv: [process.execPath, join(ROOT, "bin/lapstrake"), ...args],
      cwd: FLEET,
      timeout: 50 * 60_000,
    });
    if (record.outcome !== "ok")
      throw new Error(`lapstrake ${args.join(" ")}: ${record.stderr.slice(-3000)}`);
    return record.stdout;
  }

  /** Locks where there is no lock yet, and releases. Developers have changes in the tree; a clean checkout has none. */
  async releaseAll(...flags: string[]): Promise<ReleaseBody> {
    if (!existsSync(join(FLEET, "lapstrake.lock"))) await this.lapstrake("lock");
    const text = await this.lapstrake(
      "release",
      "--allow-dirty",
      "--json",
      "--progress",
      "none",
      "--wait",
      "3000",
      ...flags,
    );
    ({ release: this.#release } = JSON.parse(text) as { release: ReleaseBody });
    return this.release;
  }

  refOf(name: string): ImageRef {
    const image = this.release.images.find((each) => each.name === name);
    if (image === undefined || !isDigest(image.digest)) throw new Error(`${name} is not in the release`);
    return { host: this.#engine.registry, repository: image.repository, digest: image.digest };
  }

  /** Pulls the released digest and starts it; removed by `cleanUp`. */
  async start(name: string, spec: Omit<ContainerSpec, "image"> = {}): Promise<string> {
    const { host, repository, digest } = this.refOf(name);
    const image = `${host}/${repository}@${digest}`;
    await this.docker.pullImage(image);
    const id = await this.docker.createContainer({ image, ...spec });
    this.#containers.push(id);
    await this.docker.startContainer(id);
    return id;
  }

  /** What a shell script in the image says on stdout; throws where it fails. */
  async output(name: string, script: string, spec: Omit<ContainerSpec, "image"> = {}): Promise<string> {
    const id = await this.start(name, { ...spec, command: ["sh", "-c", script] });
    const exit = await this.docker.waitContainer(id);
    const logs = await this.docker.readLogs(id);
    if (exit !== 0) throw new Error(`${name}: exit ${exit} of ${script}\n${logs.stderr.slice(-3000)}`);
    return logs.stdout;
  }

  /** Starts a service, asks /health on each port, and stops it: what it answered, and the seconds that stopping took. */
  async probe(
    name: string,
    ports: readonly number[],
  ): Promise<{ health: readonly unknown[]; stopSeconds: number }> {
    const id = await this.start(name, {
      readOnly: true,
      ports: ports.map((containerPort) => ({ containerPort })),
    });
    const state = await this.docker.inspectContainer(id);
    const health: unknown[] = [];
    for (const port of ports) {
      const published = state.ports.find(({ containerPort }) => containerPort === port);
      health.push(await healthOf(`http://127.0.0.1:${published?.hostPort}/health`));
    }
    const before = performance.now();
    await this.docker.stopContainer(id, { seconds: 10 });
    return { health, stopSeconds: (performance.now() - before) / 1000 };
  }

  async cleanUp(): Promise<void> {
    for (const id of this.#containers) await this.docker.removeContainer(id);
  }
}

const START_LIMIT_MS = 60_000;

async function healthOf(url: string): Promise<{ status: number; body: string }> {
  const until = performance.now() + START_LIMIT_MS;
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
