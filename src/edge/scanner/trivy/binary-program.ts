import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { messageOf } from "../../../core/base/error.ts";
import type { ProcessRunner } from "../../process/port.ts";
import { boundedRun } from "./bounded-run.ts";
import type { FoundProgram } from "./run-trivy.ts";
import { type Environment, scrubbedEnvironment } from "./scrubbed-environment.ts";

export interface BinarySettings {
  readonly kind: "binary";
  /** Else LAPSTRAKE_TRIVY names it, else it is `trivy` on PATH. */
  readonly path?: string;
  /** What the file must be. It is asked nothing before it is known to be that. */
  readonly sha256?: Digest;
}

export interface ProgramSurroundings {
  readonly runner: ProcessRunner;
  /** Ours, of which a scan gets little. */
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Finds the program and proves that it is the one that is meant. */
export async function findBinary(
  { path, sha256 }: Pick<BinarySettings, "path" | "sha256">,
  { runner, env, signal }: ProgramSurroundings,
): Promise<FoundProgram> {
  const named = path ?? (env["LAPSTRAKE_TRIVY"] || undefined);
  const place = await locate(named ?? "trivy", env);
  if (place === undefined)
    return {
      state: "unknown",
      why: named === undefined ? "there is no trivy on PATH" : `there is no program at ${named}`,
      hint: "install Trivy, name it by LAPSTRAKE_TRIVY, or leave it out of the sources",
    };
  let digest: Digest;
  try {
    digest = await digestOfFile(place, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { state: "error", why: `${place} cannot be read: ${messageOf(error)}` };
  }
  if (sha256 !== undefined && digest !== sha256)
    return {
      state: "error",
      why: `${place} is not the Trivy that is pinned: expected ${sha256}, found ${digest}`,
      hint: "find out who changed it before you pin the new one",
    };
  return {
    place,
    digest,
    run: ({ args, room, maxBytes, timeout, signal: stop }) =>
      boundedRun(
        runner,
        {
          argv: [place, ...args],
          cwd: room.here,
          env: scrubbedEnvironment(env, room.home),
          timeout,
          signal: stop,
        },
        maxBytes,
      ),
  };
}

/** As a shell finds it; a path stands for itself. */
async function locate(name: string, env: Environment): Promise<string | undefined> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const candidates = name.includes("/") ? [name] : folders.map((folder) => join(folder, name));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      const real = await realpath(candidate);
      if ((await stat(real)).isFile()) return real;
    } catch {
      // It is not there, or not for us: the next may be.
    }
  }
  return undefined;
}

async function digestOfFile(path: string, signal: AbortSignal): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer); // Without an encoding it gives Buffers.
  return finishDigest(hash);
}
