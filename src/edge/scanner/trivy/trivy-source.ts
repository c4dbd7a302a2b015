import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../../../core/base/error.ts";
import type { ProcessRunner } from "../../process/port.ts";
import type { ScanSubject, SourceAnswer, SourceFacts, VulnerabilitySource } from "../port.ts";
import { askVersion, type TrivyAbout } from "./ask-version.ts";
import { type BinarySettings, findBinary } from "./binary-program.ts";
import { type ContainerSettings, findContainer } from "./container-program.ts";
import { databaseStamp, defaultCache, readDatabase, type TrivyDatabase } from "./database.ts";
import { failureOf } from "./failure.ts";
import { judgeReport } from "./judge-report.ts";
import { mapVulnerabilities } from "./map-report.ts";
import { MAX_REPORT, parseTrivyReport } from "./report.ts";
import type { TrivyProgram, TrivyRoom, TrivyRun } from "./run-trivy.ts";
import { type ScanArguments, scanArguments } from "./scan-arguments.ts";
import type { Environment } from "./scrubbed-environment.ts";
import { closeRoom, openRoom, showLayout } from "./trivy-room.ts";

export interface TrivySettings {
  readonly program: BinarySettings | ContainerSettings;
  /** Exactly this version is asked. */
  readonly version?: string;
  /** Holds `trivy.db` and `metadata.json`; else `db` of Trivy's own cache. Nothing is ever downloaded. */
  readonly database?: string;
  /** For one image; ten minutes unless told. Large images need more than Trivy's own five. */
  readonly timeoutMs?: number;
}

export interface TrivySourceOptions {
  readonly settings: TrivySettings;
  readonly runner: ProcessRunner;
  /** Ours: where programs and databases are looked for. A scan gets little of it. */
  readonly env: Environment;
  /** For caches; in the state folder. */
  readonly folder: string;
  /** Whether a registry is spoken to without TLS, or without proof of who it is. */
  isInsecure(host: string): boolean;
}

const TIMEOUT_MS = 600_000;
/** Trivy ends by itself first, and says what it was doing: it has this much more, and at most half of its time. */
const GRACE_MS = 15_000;

/**
 * Trivy as a source, never believed by its exit code or its silence: the report must be of this image, list each package
 * that we know of, and come from the program and the database that were looked at. Images are scanned one after the other:
 * the database is locked while it is read.
 */
export function createTrivySource(options: TrivySourceOptions): VulnerabilitySource {
  return {
    name: "trivy",
    async scan(subjects, { signal }) {
      if (subjects.length === 0) return [];
      const ready = await prepare(options, signal);
      if ("why" in ready) return subjects.map(() => ready);
      try {
        const answers: SourceAnswer[] = [];
        for (const subject of subjects) answers.push(await scanOne(subject, ready, options, signal));
        return answers;
      } finally {
        await closeRoom(ready.room);
      }
    },
  };
}

interface Ready {
  readonly program: TrivyProgram;
  readonly about: TrivyAbout;
  readonly database: TrivyDatabase;
  readonly room: TrivyRoom;
  /** Folders that the program reads. */
  readonly reach: TrivyRun["reach"];
  readonly facts: SourceFacts;
}

type Refused = Exclude<SourceAnswer, { readonly state: "scanned" }>;

async function prepare(options: TrivySourceOptions, signal: AbortSignal): Promise<Ready | Refused> {
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
  const { digest, updatedAt, schema, folder } = database;
  return {
    source: "trivy",
    tool: `Trivy ${about.version}, ${program.digest}`,
    database: { digest, updatedAt, from: `Trivy's database of schema ${schema} in ${folder}` },
  };
}

async function scanOne(
  subject: ScanSubject,
  ready: Ready,
  options: TrivySourceOptions,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { program, room, facts } = ready;
  const timeout = options.settings.timeoutMs ?? TIMEOUT_MS;
  try {
    const target = await targetOf(subject, room, options);
    if (target === undefined)
      return { state: "unknown", facts, why: "the image lies in no registry and in no folder" };
    const output = await program.run({
      args: scanArguments(ready.about.flags, {
        ...room,
        target: target.asked,
        platform: subject.platform,
        seconds: Math.ceil(timeout / 1000),
      }),
      room,
      reach: [...ready.reach, ...target.reach],
      maxBytes: MAX_REPORT,
      timeout: timeout + Math.min(GRACE_MS, timeout / 2),
      signal,
    });
    signal.throwIfAborted();
    const failure = failureOf(output, timeout);
    if (failure !== undefined) return { state: "error", facts, why: `Trivy ${failure}` };
    return await answerOf(subject, output.stdout ?? new Uint8Array(0), ready);
  } catch (error) {
    signal.throwIfAborted();
    return { state: "error", facts, why: `Trivy could not be run: ${messageOf(error)}` };
  }
}

interface Target {
  readonly asked: ScanArguments["target"];
  readonly reach: TrivyRun["reach"];
}

async function targetOf(
  { at, layout }: ScanSubject,
  room: TrivyRoom,
  { isInsecure }: TrivySourceOptions,
): Promise<Target | undefined> {
  if (at !== undefined) {
    const image = `${at.host}/${at.repository}@${at.digest}`;
    return { asked: { image, insecure: isInsecure(at.host) }, reach: [] };
  }
  if (layout === undefined) return undefined;
  const shown = await showLayout(room, layout);
  return { reach: [{ folder: shown, writable: false }], asked: { layout: "../layout" } };
}

async function answerOf(
  { sbom }: ScanSubject,
  stdout: Uint8Array,
  { database, facts }: Ready,
): Promise<SourceAnswer> {
  if ((await databaseStamp(database.folder)) !== database.stamp)
    return { state: "error", facts, why: "the database of Trivy changed while it was used" };
  const report = parseTrivyReport(stdout);
  if ("why" in report) return { state: "error", facts, why: `Trivy ended well, but ${report.why}` };
  const judged = judgeReport(report, sbom);
  if (judged.state !== "scanned") return { ...judged, why: `Trivy: ${judged.why}`, facts };
  const vulnerabilities = mapVulnerabilities(report, sbom);
  return { state: "scanned", facts, vulnerabilities, looked: judged.looked };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
