import { homedir } from "node:os";
import { join } from "node:path";
import { type EngineFile, readEngineFile } from "../../src/edge/tree/engine-file.ts";

/** The state folder, as scripts/engine finds it. */
export function engineStateFolder(): string {
  const { LAPSTRAKE_STATE, XDG_STATE_HOME } = process.env;
  return LAPSTRAKE_STATE ?? join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "lapstrake");
}

/**
 * The engine that the tests of the real ring use. Without one it throws under LAPSTRAKE_REQUIRE_ENGINE=1, and otherwise
 * gives undefined after a loud line: no test may be skipped in silence.
 */
export function requireEngine(): Promise<EngineFile | undefined> {
  const record = readEngineFile(engineStateFolder());
  if (record !== undefined) return Promise.resolve(record);
  const message = `no engine: ${engineStateFolder()}/engine.json is not there; run scripts/engine up`;
  if (process.env["LAPSTRAKE_REQUIRE_ENGINE"] === "1") return Promise.reject(new Error(message));
  console.warn(`\n!!! SKIPPED: the real ring is not run: ${message}\n`);
  return Promise.resolve(undefined);
}
