import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/engine", import.meta.url));

// Only a private engine can be killed and emptied without harm, and only root on Debian or Ubuntu can have one.
const lacking = whatLacks();
const required = process.env["LAPSTRAKE_REQUIRE_ENGINE"] === "1";
if (lacking !== undefined && !required) console.warn(`SKIPPED engine-lifecycle: ${lacking}`);

/** Why no private engine can run here, or undefined. */
function whatLacks(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return /^ID="?(debian|ubuntu)"?$/m.test(release) ? undefined : "neither Debian nor Ubuntu";
}

describe.skipIf(lacking !== undefined && !required)("scripts/engine", () => {
  // A space in the path: each part's configuration must quote it.
  const home = mkdtempSync(join(tmpdir(), "lapstrake engine "));
  const state = join(home, "state");
  const run = join(state, "engine", "run");
  const hostBefore = hostFootprint();

  beforeAll(() => expect(lacking).toBeUndefined());
  afterAll(async () => {
    await engine("down");
    rmSync(home, { recursive: true, force: true });
  });

  it("up makes an engine and a registry answer, and records them", async () => {
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    expect(record()).toMatchObject({
      version: 1,
      kind: "private",
      capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
    });
    for (const program of ["docker", "buildx", "mmdebstrap"] as const) {
      const [path] = record()[program];
      expect(existsSync(path ?? "")).toBe(true);
    }
  });

  it("up with nothing to do takes under a second and starts nothing", async () => {
    const before = await pids();
    const started = performance.now();
    expect((await engine("up")).code).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await pids()).toEqual(before);
  });

  it("after kill -9 of dockerd in a build, up ends the build's step and starts dockerd alone", async () => {
    const before = await pids();
    const build = startEndlessBuild();
    await until(() => stepPids().length > 0);
    process.kill(before.dockerd, "SIGKILL");
    await ended(build);
    expect((await engine("status")).code).toBe(3);
    expect((await engine("up")).code).toBe(0);
    const after = await pids();
    expect(after.dockerd).not.toBe(before.dockerd);
    expect(after.containerd).toBe(before.containerd);
    expect(after.registry).toBe(before.registry);
    expect(stepPids()).toEqual([]);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after kill -9 of containerd, up starts it and dockerd", async () => {
    process.kill((await pids()).containerd, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after kill -9 of the registry, up starts it on the same port", async () => {
    const before = record().registry;
    process.kill((await pids()).registry, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(record().registry).toBe(before);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after the runtime folder was emptied under running parts, up mends it", async () => {
    for (const name of readdirSync(run)) if (/\.(pid|sock|ttrpc)$/.test(name)) rmSync(join(run, name));
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    expect(processes()).toHaveLength(3);
  });

  it("after everything was killed and the runtime folder emptied, as by a reboot, up works", async () => {
    for (const pid of Object.values(await pids())) process.kill(pid, "SIGKILL");
    await until(() => processes().length === 0);
    rmSync(run, { recursive: true });
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("down leaves no process, bridge, rule, cgroup or mount", async () => {
    // The canary: while the engine is up, the same look finds each of them.
    const busy = await leftovers();
    expect(busy.processes).toHaveLength(3);
    expect(busy.bridges).toHaveLength(1);
    expect(busy.rules).toHaveLength(3);
    expect((await engine("down")).code).toBe(0);
    expect(await leftovers()).toEqual({ processes: [], bridges: [], rules: [], cgroups: [], mounts: [] });
    expect(existsSync(join(state, "engine.json"))).toBe(false);
    expect((await engine("down")).code).toBe(0);
  });

  it("two at once take turns, and a port that is taken gets another, which is kept", async () => {
    const taken = portOf(readFileSync(join(state, "engine", "etc", "port"), "utf8"));
    const squatter = await listen(taken);
    const both = await Promise.all([engine("up"), engine("up")]);
    expect(both.map((one) => one.code)).toEqual([0, 0]);
    expect(processes()).toHaveLength(3);
    const chosen = portOf(record().registry);
    expect(chosen).not.toBe(taken);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    await new Promise((done) => squatter.close(done));
    process.kill((await pids()).registry, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(portOf(record().registry)).toBe(chosen);
  });

  it("purge deletes its data, and the host's Docker was never touched", async () => {
    expect((await engine("purge")).code).toBe(2);
    expect((await engine("purge", "--yes")).code).toBe(0);
    expect(existsSync(join(state, "engine"))).toBe(false);
    expect(hostFootprint()).toEqual(hostBefore);
  });

  type Record = Readonly<{
    kind: string;
    dockerHost: string;
    registry: string;
    buildxConfig: string;
    docker: readonly string[];
    buildx: readonly string[];
    mmdebstrap: readonly string[];
  }>;

  function record(): Record {
    return JSON.parse(readFileSync(join(state, "engine.json"), "utf8"));
  }

  function engine(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
    const cache =
      process.env["LAPSTRAKE_PACKAGE_CACHE"] ??
      join(
        process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"),
        "lapstrake",
        "engine",
        "packages",
      );
    const env = {
      ...process.env,
      LAPSTRAKE_STATE: state,
      LAPSTRAKE_ENGINE: "private",
      LAPSTRAKE_PACKAGE_CACHE: cache,
    };
    return new Promise((done) => {
      execFile(SCRIPT, args, { env }, (error, out, talk) => {
        const code = error === null ? 0 : Number(error.code);
        if (code !== 0) console.info(`engine ${args.join(" ")}: exit ${code}\n${talk}`);
        done({ code, out });
      });
    });
  }

  async function pids(): Promise<Readonly<{ containerd: number; dockerd: number; registry: number }>> {
    const status: { readonly parts: readonly { readonly name: string; readonly pid: number }[] } = JSON.parse(
      (await engine("status", "--json")).out,
    );
    const pid = (name: string) => status.parts.find((part) => part.name === name)?.pid ?? 0;
    return { containerd: pid("containerd"), dockerd: pid("dockerd"), registry: pid("registry") };
  }

  async function answers(): Promise<{ readonly docker: boolean; readonly registry: number }> {
    const { docker, dockerHost, registry } = record();
    const version = await output([...docker, "version", "--format", "{{.Server.Version}}"], {
      DOCKER_HOST: dockerHost,
    });
    return { docker: /^\d+\./.test(version), registry: (await fetch(`http://${registry}/v2/`)).status };
  }

  /** A build whose one step sleeps until it is killed; from scratch, with the host's own shell and its libraries. */
  function startEndlessBuild(): ChildProcess {
    const { buildx, buildxConfig, dockerHost } = record();
    const [program = "", ...prefix] = buildx;
    const context = join(home, "context");
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY root /\nRUN sleep 4321; true\n");
    const copy =
      'for f in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o "/[^ :]*"); do install -D "$f" "root$f"; done';
    return spawn(
      "sh",
      ["-c", `${copy}; exec "$@"`, "sh", program, ...prefix, "build", "--progress=plain", "."],
      {
        cwd: context,
        env: { ...process.env, DOCKER_HOST: dockerHost, BUILDX_CONFIG: buildxConfig },
        stdio: "ignore",
      },
    );
  }

  /** Processes that name our state folder: the parts, their shims. */
  function processes(): readonly number[] {
    return allPids().filter((pid) => commandOf(pid).some((word) => word.includes(`${state}/engine`)));
  }

  /** Every process in the cgroup of this engine's containers and build steps. */
  function stepPids(): readonly number[] {
    return allPids().filter((pid) => read(`/proc/${pid}/cgroup`).includes(`/lapstrake-${id()}/`));
  }

  /** The short name that the machine-wide things of this state folder bear. */
  function id(): string {
    const daemon: { readonly bridge: string } = JSON.parse(
      readFileSync(join(state, "engine", "etc", "daemon.json"), "utf8"),
    );
    return daemon.bridge.replace(/^lap-/, "");
  }

  async function leftovers() {
    const iptables = existsSync(join(state, "engine", "bin", "iptables"))
      ? join(state, "engine", "bin", "iptables")
      : "iptables";
    const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
    const rules = await Promise.all(
      ["nat", "filter"].map((table) => output([iptables, "-t", table, "-S"], { PATH: path })),
    );
    return {
      processes: processes(),
      bridges: readdirSync("/sys/class/net").filter((name) => name === `lap-${id()}`),
      rules: rules.flatMap((text) => text.split("\n")).filter((line) => line.includes(`lapstrake-${id()}`)),
      cgroups: ["", ...readdirSync("/sys/fs/cgroup")].filter((top) =>
        existsSync(join("/sys/fs/cgroup", top, `lapstrake-${id()}`)),
      ),
      mounts: read("/proc/self/mountinfo")
        .split("\n")
        .filter((line) => line.replaceAll("\\040", " ").includes(state)),
    };
  }
});

function portOf(text: string): number {
  return Number(text.trim().replace(/^.*:/, ""));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // a process that has ended
  }
}

function allPids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/cmdline`).split("\0");
}

function output(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const [program = "", ...args] = argv;
  return new Promise((done) => {
    execFile(program, args, { env: { ...process.env, ...env } }, (error, out) =>
      done(error === null ? out : ""),
    );
  });
}

async function until(check: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!check()) {
    if (performance.now() > end) throw new Error("waited 30 s in vain");
    await new Promise((done) => setTimeout(done, 50));
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) done();
    else child.once("exit", () => done());
  });
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

/** What a host's own Docker consists of: none of it may come, go or change. */
function hostFootprint(): Readonly<Record<string, string>> {
  const folders = [
    "/var/run/docker.sock",
    "/etc/docker",
    "/var/lib/docker",
    "/etc/containerd",
    "/var/lib/containerd",
    "/opt/containerd",
  ];
  const found = folders
    .filter((path) => existsSync(path))
    .map((path) => [path, existsSync(dirname(path)) ? listing(path) : ""]);
  return Object.fromEntries(found);
}

function listing(path: string): string {
  try {
    return readdirSync(path).sort().join(" ");
  } catch {
    return "a file";
  }
}
