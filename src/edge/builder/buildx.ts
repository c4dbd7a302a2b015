import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildEvent } from "../../core/base/build-event.ts";
import { type Digest, parseDigest } from "../../core/base/digest.ts";
import type { ProcessRecord, ProcessRunner } from "../process/port.ts";
import { type BuildxEngine, buildxArgv, buildxEnv } from "./buildx-argv.ts";
import { checkInputs, type Environment } from "./inputs.ts";
import { decideFailure } from "./outcome.ts";
import type { Builder, BuildOptions, BuildRequest, BuildResult } from "./port.ts";
import { ProgressReader } from "./progress.ts";
import { registryLogin } from "./registry-login.ts";

export interface BuildxBuilderOptions {
  readonly engine: BuildxEngine;
  readonly runner: ProcessRunner;
  /** Our own: whether the variables that secrets name are there (BuildKit would take them as empty), and the guide's login. */
  readonly env: Environment;
}

/** Builds with `buildx build`, one process an image, on the engine that is given. */
export function createBuildxBuilder(options: BuildxBuilderOptions): Builder {
  return {
    async build(request, buildOptions = {}) {
      const lacking = await checkInputs(request, options.env);
      if (lacking !== undefined) {
        return { ok: false, ...lacking, logTail: [], durationMs: 0, exitCode: undefined };
      }
      const folder = await mkdtemp(join(tmpdir(), "lapstrake-build-"));
      try {
        return await runBuild(options, request, {
          ...buildOptions,
          metadataFile: join(folder, "metadata.json"),
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function runBuild(
  { engine, runner, env }: BuildxBuilderOptions,
  request: BuildRequest,
  options: BuildOptions & { readonly metadataFile: string },
): Promise<BuildResult> {
  const progress = new ProgressReader(request.image, (event: BuildEvent) => options.onEvent?.(event));
  const record = await runner.run({
    argv: buildxArgv(engine, request, options.metadataFile),
    env: { ...buildxEnv(engine), ...registryLogin(env) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onStderr: (line) => progress.line(line),
  });
  const summary = progress.summary();
  const digest = record.outcome === "ok" ? await readDigest(options.metadataFile) : undefined;
  if (digest === undefined) return failed(request, record, summary);
  const { steps, warnings } = summary;
  return { ok: true, digest, durationMs: record.durationMs, steps, warnings };
}

function failed(
  request: BuildRequest,
  record: ProcessRecord,
  progress: ReturnType<ProgressReader["summary"]>,
): BuildResult {
  const failure = decideFailure({ record, progress, dockerfile: request.dockerfile });
  return record.outcome === "ok"
    ? { ...failure, reason: "unknown", message: "buildx succeeded without telling a digest" }
    : failure;
}

/** `containerimage.digest` of the metadata file: what was pushed. Undefined where the file does not say. */
async function readDigest(path: string): Promise<Digest | undefined> {
  try {
    const metadata: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof metadata !== "object" || metadata === null) return undefined;
    // A Map, since the key is no identifier and the object has an open shape.
    const digest: unknown = new Map<string, unknown>(Object.entries(metadata)).get("containerimage.digest");
    return typeof digest === "string" ? parseDigest(digest) : undefined;
  } catch {
    return undefined;
  }
}
