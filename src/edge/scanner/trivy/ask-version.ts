import { z } from "zod";
import type { TrivyDatabase } from "./database.ts";
import { failureOf } from "./failure.ts";
import type { TrivyProgram, TrivyRoom } from "./run-trivy.ts";
import { flagsOf, lackingFlags } from "./scan-arguments.ts";

/** What a program says of itself. */
export interface TrivyAbout {
  readonly version: string;
  readonly flags: ReadonlySet<string>;
}

type Refusal = { readonly state: "unknown" | "error"; readonly why: string; readonly hint?: string };

const Version = z.object({
  Version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,60}$/),
  VulnerabilityDB: z
    .object({ Version: z.number().int(), UpdatedAt: z.iso.datetime({ offset: true }) })
    .nullish(),
});

const ASK_MS = 60_000;
const MAX_ANSWER = 1024 * 1024;

export interface Expected {
  readonly room: TrivyRoom;
  readonly database: TrivyDatabase;
  /** The pinned version, where one is. */
  readonly version: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks a program for its version, for the database that it reads, and for its flags. It must read the very database whose
 * digest goes into the evidence, and know what makes a scan one that can be believed.
 */
export async function askVersion(program: TrivyProgram, expected: Expected): Promise<TrivyAbout | Refusal> {
  const said = await ask(
    program,
    ["version", "--format=json", `--cache-dir=${expected.room.cache}`],
    expected,
  );
  if (typeof said !== "string") return said;
  const about = versionOf(said);
  if (about === undefined)
    return { state: "error", why: `${program.place} does not say its version: is it Trivy?` };
  const { Version: version, VulnerabilityDB: seen } = about;
  if (expected.version !== undefined && version !== expected.version.replace(/^v/, ""))
    return {
      state: "error",
      why: `${program.place} is version ${version}, pinned is ${expected.version}`,
    };
  if (seen === null || seen === undefined)
    return { state: "unknown", why: `Trivy ${version} sees no database in ${expected.database.folder}` };
  if (Date.parse(seen.UpdatedAt) !== expected.database.updatedAt)
    return { state: "error", why: `Trivy ${version} reads another database than the one it was given` };
  const help = await ask(program, ["image", "--help"], expected);
  if (typeof help !== "string") return help;
  const flags = flagsOf(help);
  const lacking = lackingFlags(flags);
  if (lacking.length > 0)
    return {
      state: "error",
      why: `Trivy ${version} has no ${lacking.join(", ")}`,
      hint: "it may be too old, or too new: this reads what 0.37 and later print",
    };
  return { version, flags };
}

async function ask(
  program: TrivyProgram,
  args: readonly string[],
  { room, database, signal }: Expected,
): Promise<string | Refusal> {
  const reach = [{ folder: database.folder, writable: true }];
  const output = await program.run({ args, room, reach, maxBytes: MAX_ANSWER, timeout: ASK_MS, signal });
  signal.throwIfAborted();
  const failure = failureOf(output, ASK_MS);
  if (failure !== undefined) return { state: "error", why: `${program.place} ${failure}` };
  return Buffer.from(output.stdout ?? []).toString("utf8");
}

function versionOf(text: string): z.infer<typeof Version> | undefined {
  try {
    return Version.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
