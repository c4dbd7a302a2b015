import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, machine } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allPids, commandOf, isZombie, output, read } from "./engine-surroundings.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/engine", import.meta.url));

/** engine.json, as far as these tests read it. */
type EngineRecord = Readonly<{
  kind: string;
  dockerHost: string;
  registry: string;
  buildxConfig: string;
  docker: readonly string[];
  buildx: readonly string[];
  mmdebstrap: readonly string[];
}>;

/** What the tests do with, and see of, a private engine in the state folder; `home` is theirs to write in. */
export function privateEngine(home: string, state: string) {
  return { engine, record, pids, answers, startEndlessBuild, processes, stepPids, leftovers };

  function record(): EngineRecord {
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

  /** Every process in the cgroup of this engine's containers and build steps that still runs. */
  function stepPids(): readonly number[] {
    return allPids().filter(
      (pid) => read(`/proc/${pid}/cgroup`).includes(`/lapstrake-${id()}/`) && !isZombie(pid),
    );
  }

  /** The short name that the machine-wide things of this state folder bear. */
  function id(): string {
    const daemon: { readonly bridge: string } = JSON.parse(
      readFileSync(join(state, "engine", "etc", "daemon.json"), "utf8"),
    );
    return daemon.bridge.replace(/^lap-/, "");
  }

  async function leftovers() {
    // The host's own, or the unpacked one with its libraries: as scripts/engine itself runs it.
    const unpacked = join(state, "engine", "root", "tools", "usr", "lib", `${machine()}-linux-gnu`);
    const env = {
      PATH: `${join(state, "engine", "bin")}:${process.env["PATH"]}:/usr/sbin:/sbin`,
      LD_LIBRARY_PATH: unpacked,
      XTABLES_LIBDIR: `${join(unpacked, "xtables")}:/usr/lib/${machine()}-linux-gnu/xtables`,
    };
    const rules = await Promise.all(
      ["nat", "filter"].map((table) => output(["iptables", "-t", table, "-S"], env)),
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
}
