import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";

export function portOf(text: string): number {
  return Number(text.trim().replace(/^.*:/, ""));
}

export function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // a process that has ended
  }
}

export function allPids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function commandOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/cmdline`).split("\0");
}

export function output(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const [program = "", ...args] = argv;
  return new Promise((done) => {
    execFile(program, args, { env: { ...process.env, ...env } }, (error, out) =>
      done(error === null ? out : ""),
    );
  });
}

/** Dead, but not yet reaped: an init may take a second to, and until then the process stays listed in its cgroup. */
export function isZombie(pid: number): boolean {
  return / Z /.test(read(`/proc/${pid}/stat`).replace(/^.*\)/s, ""));
}

export async function until(check: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!check()) {
    if (performance.now() > end) throw new Error("waited 30 s in vain");
    await new Promise((done) => setTimeout(done, 50));
  }
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) done();
    else child.once("exit", () => done());
  });
}

export function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

/** What a host's own Docker consists of: none of it may come, go or change. */
export function hostFootprint(): Readonly<Record<string, string>> {
  const folders = [
    "/var/run/docker.sock",
    "/etc/docker",
    "/var/lib/docker",
    "/etc/containerd",
    "/var/lib/containerd",
    "/opt/containerd",
  ];
  const found = folders.filter((path) => existsSync(path)).map((path) => [path, listing(path)]);
  return Object.fromEntries(found);
}

function listing(path: string): string {
  try {
    return readdirSync(path).sort().join(" ");
  } catch {
    return "a file";
  }
}
