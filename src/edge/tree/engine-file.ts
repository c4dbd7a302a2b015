import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../core/base/system-code.ts";
import { TreeError } from "./error.ts";

/** What `scripts/engine up` leaves in the state folder for us to find. */
export interface EngineFile {
  readonly version: 1;
  /** "private": provisioned by us; "host": the Docker that was there. */
  readonly kind: "private" | "host";
  readonly dockerHost: string;
  /** Argv prefixes. */
  readonly docker: readonly [string, ...string[]];
  readonly buildx: readonly [string, ...string[]];
  /** Value for BUILDX_CONFIG. */
  readonly buildxConfig: string;
  /** `host:port` of the local registry. */
  readonly registry: string;
  /** Argv prefix; absent where roots cannot be made. */
  readonly mmdebstrap?: readonly [string, ...string[]];
  readonly capabilities: Readonly<Record<"containerdStore" | "directPush" | "call" | "rawjson", boolean>>;
}

const SIZE_LIMIT = 64 * 1024;

/** Reads `engine.json`, or undefined where no engine was set up. Throws TreeError ENGINE_FILE where it is damaged. */
export function readEngineFile(state: string): EngineFile | undefined {
  const path = join(state, "engine.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT" || systemCode(thrown) === "ENOTDIR") return undefined;
    throw damaged(path, `it cannot be read (${systemCode(thrown) ?? String(thrown)})`, thrown);
  }
  return parseEngineFile(text, path);
}

/** The text of `engine.json` as a value. Unknown keys are let through: a newer script may write more. */
export function parseEngineFile(text: string, path = "engine.json"): EngineFile {
  if (text.length > SIZE_LIMIT) throw damaged(path, `expected at most ${SIZE_LIMIT} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw damaged(path, "it is no JSON", thrown);
  }
  const fields = new Fields(path, value);
  const version = fields.get("version");
  if (version !== 1) throw damaged(path, `expected version 1, found ${JSON.stringify(version)}`);
  const kind = fields.text("kind");
  if (kind !== "private" && kind !== "host")
    throw damaged(path, `expected kind private or host, found ${kind}`);
  const capabilities = new Fields(path, fields.get("capabilities"));
  return {
    version,
    kind,
    dockerHost: fields.text("dockerHost"),
    docker: fields.argv("docker"),
    buildx: fields.argv("buildx"),
    buildxConfig: fields.text("buildxConfig"),
    registry: fields.text("registry"),
    ...(fields.get("mmdebstrap") === undefined ? {} : { mmdebstrap: fields.argv("mmdebstrap") }),
    capabilities: {
      containerdStore: capabilities.flag("containerdStore"),
      directPush: capabilities.flag("directPush"),
      call: capabilities.flag("call"),
      rawjson: capabilities.flag("rawjson"),
    },
  };
}

/** Typed access to the members of an object that came from outside. */
class Fields {
  readonly #path: string;
  readonly #members: ReadonlyMap<string, unknown>;

  constructor(path: string, value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw damaged(path, "expected an object");
    }
    this.#path = path;
    this.#members = new Map(Object.entries(value));
  }

  get(name: string): unknown {
    return this.#members.get(name);
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value === "string" && value !== "") return value;
    throw damaged(this.#path, `expected text as ${name}, found ${JSON.stringify(value)}`);
  }

  flag(name: string): boolean {
    const value = this.get(name);
    if (typeof value === "boolean") return value;
    throw damaged(this.#path, `expected true or false as ${name}, found ${JSON.stringify(value)}`);
  }

  argv(name: string): readonly [string, ...string[]] {
    const value = this.get(name);
    if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) {
      const [program, ...args]: string[] = value;
      if (program !== undefined) return [program, ...args];
    }
    throw damaged(
      this.#path,
      `expected a program and its arguments as ${name}, found ${JSON.stringify(value)}`,
    );
  }
}

function damaged(path: string, what: string, cause?: unknown): TreeError {
  return new TreeError("ENGINE_FILE", `${path}: ${what}`, {
    cause,
    details: { path },
    hint: "run `scripts/engine up`, which writes it anew",
  });
}
