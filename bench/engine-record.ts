import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BenchFailure } from "./failure.ts";

/** What the benchmarks need of the record that `scripts/engine up` leaves. */
export interface EngineRecord {
  readonly kind: string;
  readonly dockerHost: string;
  /** Argv prefixes. */
  readonly docker: readonly string[];
  readonly buildx: readonly string[];
  readonly buildxConfig: string;
  /** HOST:PORT of the local registry, plain HTTP. */
  readonly registry: string;
}

/** Where lapstrake keeps its state and finds the engine. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env["LAPSTRAKE_STATE"];
  if (chosen) return chosen;
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "lapstrake");
}

export function readEngineRecord(state: string): EngineRecord {
  let text: string;
  try {
    text = readFileSync(join(state, "engine.json"), "utf8");
  } catch {
    throw new BenchFailure("no engine is recorded; start one with: scripts/engine up");
  }
  return parseEngineRecord(text);
}

/** Throws BenchFailure where a field is missing: better here than as an odd failure of a peer. */
export function parseEngineRecord(text: string): EngineRecord {
  // JSON.parse is untyped; every field that is used is checked below.
  const record = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    kind: stringOf(record, "kind"),
    dockerHost: stringOf(record, "dockerHost"),
    docker: argvOf(record, "docker"),
    buildx: argvOf(record, "buildx"),
    buildxConfig: stringOf(record, "buildxConfig"),
    registry: stringOf(record, "registry"),
  };
}

function stringOf(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  if (typeof value === "string" && value !== "") return value;
  throw new BenchFailure(`engine.json: expected text under ${key}`);
}

function argvOf(record: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = record[key];
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) {
    return value;
  }
  throw new BenchFailure(`engine.json: expected a list of text under ${key}`);
}
