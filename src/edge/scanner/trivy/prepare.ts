import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../../../core/base/error.ts";
import type { SourceAnswer, SourceFacts } from "../port.ts";
import { askVersion, type TrivyAbout } from "./ask-version.ts";
import { findBinary } from "./binary-program.ts";
import { findContainer } from "./container-program.ts";
import { defaultCache, readDatabase, type TrivyDatabase } from "./database.ts";
import type { TrivyProgram, TrivyRoom, TrivyRun } from "./run-trivy.ts";
import { closeRoom, openRoom } from "./trivy-room.ts";
import type { TrivySourceOptions } from "./trivy-settings.ts";

/** A program and a database that were looked at, and a room to run in: whoever has it closes the room. */
export interface Ready {
  readonly program: TrivyProgram;
  readonly about: TrivyAbout;
  readonly database: TrivyDatabase;
  readonly room: TrivyRoom;
  /** Folders that the program reads. */
  readonly reach: TrivyRun["reach"];
  readonly facts: SourceFacts;
}

type Refused = Exclude<SourceAnswer, { readonly state: "scanned" }>;

/** Finds the program and the database, and proves both; where one is not as it must be, why. */
export async function prepare(options: TrivySourceOptions, signal: AbortSignal): Promise<Ready | Refused> {
  const { settings, runner, env, folder } = options;
  const surroundings = { runner, env, signal };
  const program =
    settings.program.kind === "binary"
      ? await findBinary(settings.program, surroundings)
      : findContainer(settings.program, surroundings);
  if ("why" in program) return { ...program, facts: undefined };
  const cache = defaultCache(env);
  const place = settings.database ?? (cache === undefined ? undefined : join(cache, "db"));
  if (place === undefined) return unknown("nothing says where the database of Trivy lies");
  const db = resolve(place);
  const database = await readDatabase(db, signal);
  if ("why" in database) return unknown(database.why);
  const pinned = settings.databaseDigest ?? database.digest;
  if (pinned !== database.digest)
    return unknown(
      `the database of Trivy in ${db} is not the one that is pinned: expected ${pinned}, found ${database.digest}`,
    );
  const beside = join(dirname(db), "java-db");
  const javaDb = (await exists(beside)) ? beside : undefined;
  let room: TrivyRoom | undefined;
  try {
    room = await openRoom(folder, { digest: program.digest, databases: { db, javaDb } });
    const about = await askVersion(program, { room, database, version: settings.version, signal });
    if ("why" in about) {
      await closeRoom(room);
      return { ...about, facts: undefined };
    }
    const reach = [db, ...(javaDb === undefined ? [] : [javaDb])].map((each) => ({
      folder: each,
      writable: true,
    }));
    return { program, about, database, room, reach, facts: factsOf(program, about, database) };
  } catch (error) {
    if (room !== undefined) await closeRoom(room);
    signal.throwIfAborted();
    return { state: "error", facts: undefined, why: `Trivy could not be prepared: ${messageOf(error)}` };
  }
}

function unknown(why: string): Refused {
  return {
    state: "unknown",
    facts: undefined,
    why,
    hint: "fetch one with `trivy image --download-db-only`, or name the folder of one",
  };
}

function factsOf(program: TrivyProgram, about: TrivyAbout, database: TrivyDatabase): SourceFacts {
  const { digest, updatedAt, schema } = database;
  return {
    source: "trivy",
    tool: `Trivy ${about.version}, ${program.digest}`,
    database: { digest, updatedAt, from: `Trivy's database of schema ${schema}` },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
