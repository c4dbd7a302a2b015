import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../core/base/error.ts";
import { EngineError } from "./error.ts";

const Argv = z.tuple([z.string().min(1)], z.string());

/** What `scripts/engine up` writes: where the engine, its programs and the local registry are. */
const EngineRecord = z.object({
  version: z.literal(1),
  /** private: provisioned by scripts/engine; host: the Docker that was there. */
  kind: z.enum(["private", "host"]),
  dockerHost: z.string().min(1),
  docker: Argv,
  buildx: Argv,
  buildxConfig: z.string().min(1),
  /** `host:port`, plain HTTP on loopback. */
  registry: z.string().min(1),
  capabilities: z.object({
    containerdStore: z.boolean(),
    directPush: z.boolean(),
    call: z.boolean(),
    rawjson: z.boolean(),
  }),
});

export type EngineRecord = z.infer<typeof EngineRecord>;

/**
 * Reads `engine.json` of the state folder. Undefined where there is none: no engine was brought up. Throws EngineError
 * ENGINE_RECORD where it is there but says nothing that we know.
 */
export async function readEngineRecord(stateFolder: string): Promise<EngineRecord | undefined> {
  const path = join(stateFolder, "engine.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new EngineError("ENGINE_RECORD", `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  return parseEngineRecord(text, path);
}

export function parseEngineRecord(text: string, path = "engine.json"): EngineRecord {
  const hint = "scripts/engine up writes it anew";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EngineError("ENGINE_RECORD", `${path} is no JSON`, { cause, hint });
  }
  const parsed = EngineRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
  throw new EngineError("ENGINE_RECORD", `${path} does not say where the engine is: ${where}`, { hint });
}
