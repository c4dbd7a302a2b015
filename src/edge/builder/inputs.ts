import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { BuildFailureReason, BuildRequest } from "./port.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LackingInput {
  readonly reason: BuildFailureReason;
  readonly message: string;
}

/**
 * Looks for what a request names on this machine, so that what is lacking is told by its kind instead of by buildx's
 * words. A secret from a variable that is not set would be silently empty (docker/buildx#3285): here it is lacking.
 */
export async function checkInputs(
  request: BuildRequest,
  env: Environment,
): Promise<LackingInput | undefined> {
  if ((await kindOf(request.dockerfile)) !== "file") {
    return { reason: "dockerfile", message: `no Dockerfile at ${request.dockerfile}` };
  }
  const folders = Object.entries(request.contexts)
    .filter(([, value]) => !/^[a-z-]+:/.test(value))
    .map(([name, path]) => ({ what: `the named context ${name}`, path }));
  for (const { what, path } of [{ what: "the build context", path: request.context }, ...folders]) {
    if (!isAbsolute(path) || (await kindOf(path)) !== "folder") {
      return { reason: "context-missing", message: `${what} is no folder: ${path}` };
    }
  }
  for (const { id, source } of request.secrets) {
    const there = "env" in source ? env[source.env] !== undefined : (await kindOf(source.file)) === "file";
    if (there) continue;
    const where = "env" in source ? `the variable ${source.env}` : source.file;
    return {
      reason: "secret-missing",
      message: `the secret ${id} is to come from ${where}, which is not there`,
    };
  }
  return undefined;
}

async function kindOf(path: string): Promise<"file" | "folder" | "none"> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : "file";
  } catch {
    return "none";
  }
}
