import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { doctor } from "../../src/flow/doctor/doctor.ts";
import { connectWorld } from "../../src/views/cli/wire.ts";

const scratch = mkdtempSync(join(tmpdir(), "lapstrake-doctor-"));
const sockets: Socket[] = [];
/** Takes connections and says nothing. */
const silent = createServer((socket) => void sockets.push(socket));
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  port = address.port;
  writeFileSync(join(scratch, "engine.json"), JSON.stringify(silentEngine()));
  writeFileSync(join(scratch, "lapstrake.yaml"), blueprint());
  writeFileSync(join(scratch, "Dockerfile"), "FROM debian\n");
  writeFileSync(join(scratch, "lapstrake.lock"), lock());
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  rmSync(scratch, { recursive: true });
});

it("a registry and an engine that take the call and say nothing do not hang it", {
  timeout: 40_000,
}, async () => {
  const world = connectWorld({
    cwd: scratch,
    env: { ...process.env, LAPSTRAKE_STATE: scratch, DOCKER_CONFIG: scratch, GH_TOKEN: "" },
    blueprintFile: undefined,
    version: "1.2.3",
    stamp: "test",
    drain: new AbortController().signal,
    kill: new AbortController().signal,
    onEvent: () => {},
  });
  const started = performance.now();
  const { checks, exit } = await doctor(world);
  expect(performance.now() - started).toBeLessThan(25_000);
  expect(exit).toBe(3);
  const found = new Map(checks.map(({ id, status }) => [id, status]));
  for (const id of ["engine", "registry", "root:debian"])
    expect([id, found.get(id)]).toEqual([id, "failure"]);
  for (const id of ["disk", "call", "direct-push"]) expect([id, found.get(id)]).toEqual([id, "unknown"]);
  expect(found.get("blueprint")).toBe("ok");
  // What mends it is a program that is there.
  const fix = checks.find(({ id }) => id === "engine")?.fix ?? "";
  expect(fix.endsWith("/scripts/engine up") && existsSync(fix.replace(/ up$/, ""))).toBe(true);
});

function silentEngine(): unknown {
  return {
    version: 1,
    kind: "host",
    dockerHost: `tcp://127.0.0.1:${port}`,
    docker: ["docker"],
    buildx: ["buildx"],
    buildxConfig: scratch,
    registry: `127.0.0.1:${port}`,
    capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
  };
}

function blueprint(): string {
  return `version: 1
fleet: silent
registry: local/demo
roots:
  debian: { image: "127.0.0.1:${port}/debian:12" }
images:
  base: { dockerfile: Dockerfile }
`;
}

function lock(): string {
  const image = `127.0.0.1:${port}/debian:12`;
  const digest = `sha256:${"a".repeat(64)}`;
  return `version: 1
roots:
  debian: { image: "${image}", source: registry, from: "${image}", digest: "${digest}", created: 1600000000 }
index: {}
`;
}
