import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stateFolder } from "../src/edge/tree/state.ts";
import { BenchFailure } from "./failure.ts";
import { findProgram } from "./find-program.ts";
import type { Workbench } from "./workbench.ts";

export interface OwnRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  close(): void;
}

const TRIES = 100;

/** A registry that keeps everything in the bench's folder: gigabytes of noise do not stay in the engine's. */
export async function startOwnRegistry(bench: Workbench, name: string): Promise<OwnRegistry> {
  const port = await freePort();
  const folder = bench.path(name);
  mkdirSync(folder, { recursive: true });
  const config = bench.path(`${name}.json`);
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: "warn", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: folder }, cache: { blobdescriptor: "inmemory" } },
      http: { addr: `127.0.0.1:${port}`, secret: "bench" },
    }),
  );
  // As scripts/engine starts its own.
  const env = { ...process.env, GOGC: "800" };
  const child = spawn(registryProgram(), ["serve", config], { stdio: "ignore", env });
  const host = `127.0.0.1:${port}`;
  let failed: Error | undefined;
  child.on("error", (error) => {
    failed = error;
  });
  for (let left = TRIES; left > 0; left -= 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.status === 200) return { host, close: () => void child.kill("SIGKILL") };
    if (failed !== undefined || child.exitCode !== null) break;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new BenchFailure(`docker-registry did not start: ${failed?.message ?? `exit ${child.exitCode}`}`);
}

/** The one that `scripts/engine` unpacked, or the host's. */
function registryProgram(): string {
  const own = join(stateFolder(process.env, homedir()), "engine/root/tools/usr/bin");
  const found = findProgram("docker-registry", [own]);
  if (found === undefined)
    throw new BenchFailure("there is no docker-registry: scripts/engine up brings one");
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
