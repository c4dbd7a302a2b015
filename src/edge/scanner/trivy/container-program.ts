import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { parseDigest } from "../../../core/base/digest.ts";
import type { ProgramSurroundings } from "./binary-program.ts";
import { boundedRun } from "./bounded-run.ts";
import type { FoundProgram, TrivyOutput, TrivyRun } from "./run-trivy.ts";
import { scrubbedEnvironment } from "./scrubbed-environment.ts";

export interface ContainerSettings {
  readonly kind: "container";
  /** `REPOSITORY@sha256:…`: by digest, so that it is the program that was looked at. */
  readonly image: string;
  /** `unix:///…`: an engine on this machine, which mounts this machine's folders. */
  readonly dockerHost: string;
  /** The argv prefix that stands for `docker`. */
  readonly docker: readonly [string, ...string[]];
}

/** Passed on by name alone, so that their values are in no argv. */
const PASSED = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const REMOVAL_MS = 30_000;

/** Trivy as an image: it runs once a question, as we do, with nothing but what it is given, and is removed. */
export function findContainer(
  { image, dockerHost, docker }: Omit<ContainerSettings, "kind">,
  surroundings: ProgramSurroundings,
): FoundProgram {
  const digest = parseDigest(image.split("@").at(-1) ?? "");
  if (digest === undefined)
    return { state: "error", why: `the image of Trivy is not named by its digest: ${image}` };
  if (!dockerHost.startsWith("unix://"))
    return {
      state: "unknown",
      why: `the engine at ${dockerHost} cannot see this machine's folders`,
      hint: "scan with an engine on this machine, or with Trivy as a program",
    };
  return {
    place: image,
    digest,
    run: (run) => runContainer(run, { image, dockerHost, docker }, surroundings),
  };
}

async function runContainer(
  run: TrivyRun,
  { image, dockerHost, docker }: Omit<ContainerSettings, "kind">,
  { runner, env }: ProgramSurroundings,
): Promise<TrivyOutput> {
  const name = `lapstrake-trivy-${randomBytes(8).toString("hex")}`;
  const [client, ...prefix] = docker;
  const scrubbed = { ...scrubbedEnvironment(env, run.room.home), DOCKER_HOST: dockerHost };
  const started = {
    argv: [client, ...prefix, ...containerArguments(run, image, { name, env: scrubbed })] as const,
    env: scrubbed,
    timeout: run.timeout,
    signal: run.signal,
  };
  const output = await boundedRun(runner, started, run.maxBytes);
  // The client is gone; what it started is not, where it was ended.
  if (output.record.outcome !== "ok")
    await runner.run({ argv: [...docker, "rm", "--force", name], env: scrubbed, timeout: REMOVAL_MS });
  return output;
}

function containerArguments(
  { args, room, reach }: TrivyRun,
  image: string,
  { name, env }: { readonly name: string; readonly env: Readonly<Record<string, string | undefined>> },
): readonly string[] {
  const given = PASSED.filter((each) => env[each] !== undefined);
  return [
    "run",
    "--rm",
    `--name=${name}`,
    // The registry may be on this machine's loopback.
    "--network=host",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    `--workdir=${room.here}`,
    ...[{ folder: room.folder, writable: true }, ...reach].map(({ folder, writable }) =>
      mount(folder, writable),
    ),
    ...[env["DOCKER_CONFIG"], env["SSL_CERT_FILE"]].flatMap((path) =>
      path !== undefined && existsSync(path) ? [mount(path, false)] : [],
    ),
    ...given.map((each) => `--env=${each}`),
    ...["HOME", "TMPDIR", "DOCKER_CONFIG", "SSL_CERT_FILE"].flatMap((each) =>
      env[each] === undefined ? [] : [`--env=${each}=${env[each]}`],
    ),
    "--entrypoint=trivy",
    image,
    ...args,
  ];
}

/** At the same path inside, so that the arguments are the same. A field with a comma or a quote is quoted, as CSV has it. */
function mount(path: string, writable: boolean): string {
  const fields = ["type=bind", `source=${path}`, `target=${path}`, ...(writable ? [] : ["readonly"])];
  const quoted = fields.map((each) => (/[",\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each));
  return `--mount=${quoted.join(",")}`;
}
