import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";

/** What glibc's loader in an image says of one of its files, line by line. */
export interface LoaderLog {
  /** As it was asked for. */
  readonly path: string;
  readonly lines: readonly string[];
}

/**
 * `list`: the loader lists what a file needs, and runs nothing of it. `open`: the image's own Python imports it by its path, and the
 * constructors of what that brings run.
 */
export type LoaderAsk = { readonly how: "list" } | { readonly how: "open"; readonly python: string };

const MARK = "=== ";
const LOADER = "/lib64/ld-linux-x86-64.so.2";
/** As `importlib` does once it has found an extension. */
const OPEN =
  'import sys, _imp; path = sys.argv[1]; name = path.rsplit("/", 1)[1].split(".")[0]; _imp.create_dynamic(type("Spec", (), {"name": name, "origin": path}))';

/**
 * Runs the loader of an image on many of its files, all in one container with the image's own environment, and no network. Throws
 * where the container fails; a file that the loader refuses is an answer.
 */
export async function* loaderLogs(
  { docker, dockerHost }: Pick<EngineFile, "docker" | "dockerHost">,
  {
    image,
    paths,
    ask,
  }: { readonly image: string; readonly paths: readonly string[]; readonly ask: LoaderAsk },
): AsyncGenerator<LoaderLog> {
  const run =
    ask.how === "list"
      ? `LD_DEBUG=libs,files LD_TRACE_LOADED_OBJECTS=1 ${LOADER} "$path"`
      : `timeout 120 env LD_DEBUG=libs,files /${ask.python} -I -S -c '${OPEN}' "$path"`;
  const each = `printf '\\n${MARK}%s\\n' "$path"; ${run} 2>&1 >/dev/null </dev/null`;
  const script = `while IFS= read -r path; do ${each}; done; printf '\\n${MARK}\\n'`;
  const child = start({ docker, dockerHost }, image, script);
  child.stdin.end(paths.map((path) => `${path}\n`).join(""));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  let path: string | undefined;
  let lines: string[] = [];
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(MARK)) {
      lines.push(line);
      continue;
    }
    if (path !== undefined) yield { path, lines };
    count++;
    [path, lines] = [line.slice(MARK.length), []];
  }
  const exit = await ended;
  if (exit !== 0 || count !== paths.length + 1)
    throw new Error(`exit ${exit} of ${image}: ${count - 1} of ${paths.length} files`);
}

/** What the loader says of the processor, in a container of the image. */
export async function loaderHelp(
  engine: Pick<EngineFile, "docker" | "dockerHost">,
  image: string,
): Promise<string> {
  const child = start(engine, image, `${LOADER} --help`);
  child.stdin.end();
  let text = "";
  for await (const line of createInterface({ input: child.stdout })) text += `${line}\n`;
  return text;
}

function start(
  { docker, dockerHost }: Pick<EngineFile, "docker" | "dockerHost">,
  image: string,
  script: string,
) {
  const [program, ...before] = docker;
  const options = ["--rm", "-i", "--user", "0", "-w", "/", "--network", "none", "--log-driver", "none"];
  const args = [...before, "-H", dockerHost, "run", ...options, "--entrypoint", "/bin/sh", image];
  return spawn(program, [...args, "-c", script], { stdio: ["pipe", "pipe", "inherit"] });
}
