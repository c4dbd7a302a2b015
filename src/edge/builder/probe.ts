import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Capability } from "../../core/base/capability.ts";
import type { ProcessRecord, ProcessRunner } from "../process/port.ts";
import { createBuildxBuilder } from "./buildx.ts";
import { type BuildxEngine, buildxEnv } from "./buildx-argv.ts";

export type BuilderCapability = Capability<"buildx" | "call" | "rawjson" | "direct-push">;

export interface ProbeBuilderOptions {
  readonly engine: BuildxEngine;
  readonly runner: ProcessRunner;
  /** `host:port` of a registry that the probe may push `lapstrake/probe:probe` to; without it, pushing is not tried. */
  readonly registry?: string;
  readonly signal?: AbortSignal;
}

const PROBE_LIMIT_MS = 60_000;

/** What buildx and the engine's BuildKit can do, each by doing it once with an image of one small file. */
export async function probeBuilder(options: ProbeBuilderOptions): Promise<readonly BuilderCapability[]> {
  const version = await runBuildx(options, ["version"]);
  if (version.outcome !== "ok") {
    const reason = version.outcome === "not-found" ? `${version.argv[0]} is not there` : lastLine(version);
    return [
      { id: "buildx", state: "lacking", reason },
      ...(["call", "rawjson", "direct-push"] as const).map(unknownWithout("there is no buildx")),
    ];
  }
  const folder = await mkdtemp(join(tmpdir(), "lapstrake-probe-"));
  try {
    await writeFile(join(folder, "file"), "probe\n");
    await writeFile(join(folder, "Dockerfile"), "FROM scratch AS probe\nCOPY file /file\n");
    const call = await runBuildx(options, [
      "build",
      "--builder=default",
      "--call=targets,format=json",
      folder,
    ]);
    return [
      { id: "buildx", state: "ok", reason: version.stdout.trim().split("\n")[0] ?? "" },
      callOf(call),
      ...(await probePush(options, folder)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function callOf(record: ProcessRecord): BuilderCapability {
  const listed = record.outcome === "ok" && record.stdout.includes('"targets"');
  return listed
    ? { id: "call", state: "ok", reason: "--call=targets,format=json lists the stages" }
    : { id: "call", state: "lacking", reason: lastLine(record) };
}

async function probePush(options: ProbeBuilderOptions, folder: string): Promise<BuilderCapability[]> {
  const { registry, signal } = options;
  if (registry === undefined) {
    return (["rawjson", "direct-push"] as const).map(unknownWithout("no registry was given to push to"));
  }
  let events = 0;
  const result = await createBuildxBuilder({ ...options, env: {} }).build(
    {
      image: "probe",
      dockerfile: join(folder, "Dockerfile"),
      context: folder,
      platforms: [],
      args: {},
      contexts: {},
      secrets: [],
      labels: {},
      annotations: {},
      epoch: 0,
      name: `${registry}/lapstrake/probe:probe`,
      compression: "gzip",
      cacheFrom: [],
      cacheTo: [],
      noCache: false,
    },
    { onEvent: () => events++, ...(signal === undefined ? {} : { signal }) },
  );
  const rawjson: BuilderCapability =
    events > 0
      ? { id: "rawjson", state: "ok", reason: "progress comes as one JSON object a line" }
      : {
          id: "rawjson",
          state: "lacking",
          reason: result.ok ? "no progress was understood" : result.message,
        };
  const push: BuilderCapability = result.ok
    ? { id: "direct-push", state: "ok", reason: "pushes an image with its times rewritten" }
    : { id: "direct-push", state: "lacking", reason: `${result.reason}: ${result.message}` };
  return [rawjson, push];
}

function runBuildx(options: ProbeBuilderOptions, args: readonly string[]): Promise<ProcessRecord> {
  return options.runner.run({
    argv: [...options.engine.buildx, ...args],
    env: buildxEnv(options.engine),
    timeout: PROBE_LIMIT_MS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

function unknownWithout(reason: string): (id: BuilderCapability["id"]) => BuilderCapability {
  return (id) => ({ id, state: "unknown", reason });
}

function lastLine(record: ProcessRecord): string {
  return record.stderr.trim().split("\n").at(-1) ?? record.outcome;
}
