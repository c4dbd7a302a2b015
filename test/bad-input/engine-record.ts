import { join } from "node:path";

const KIT = join(import.meta.dirname, "../kit");

/** The text of engine.json for an engine that is this buildx alone; whoever asks the daemon is told that it is gone. */
export function engineJson(registry: string, buildx: readonly string[]): string {
  return JSON.stringify({
    version: 1,
    kind: "private",
    dockerHost: "unix:///nowhere/docker.sock",
    docker: ["/nowhere/docker"],
    buildx,
    buildxConfig: "/nowhere",
    registry,
    capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
  });
}

/** Argv of the kit's fake-buildx.mjs with these options. */
export function fakeBuildx(...options: readonly string[]): readonly string[] {
  return [process.execPath, join(KIT, "fake-buildx.mjs"), ...options];
}

/** The option that replays what a real buildx once wrote. */
export function recording(name: string): string {
  return `--recording=${join(KIT, "../builder/recordings", `${name}.log`)}`;
}
