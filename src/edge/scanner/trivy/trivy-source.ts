import { messageOf } from "../../../core/base/error.ts";
import type { ScanSubject, SourceAnswer, VulnerabilitySource } from "../port.ts";
import { databaseStamp } from "./database.ts";
import { failureOf } from "./failure.ts";
import { judgeReport } from "./judge-report.ts";
import { mapVulnerabilities } from "./map-report.ts";
import { prepare, type Ready } from "./prepare.ts";
import { MAX_REPORT, parseTrivyReport } from "./report.ts";
import type { TrivyRoom, TrivyRun } from "./run-trivy.ts";
import { type ScanArguments, scanArguments } from "./scan-arguments.ts";
import { closeRoom, showLayout } from "./trivy-room.ts";
import type { TrivySourceOptions } from "./trivy-settings.ts";

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
