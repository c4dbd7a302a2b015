import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { DatedHead } from "../../core/record/chain.ts";
import { parseEntry } from "../../core/record/entry.ts";
import { RecordError } from "../../core/record/error.ts";
import { type ChainSurvey, joinSurveys, surveyChain } from "../../core/record/survey-chain.ts";
import type { LedgerFile, OpenFile } from "./ledger-file.ts";
import { decoded, endOfLastLine, lineOf, linesFrom, linesFromEnd } from "./lines.ts";
import { type PackedSurvey, unpackSurvey } from "./packed-survey.ts";
import type { SurveyJob } from "./survey-worker.ts";

/** A second thread takes fifty milliseconds to start; so many bytes are read in twice that. */
const WORTH_SHARING = 16 * 1024 * 1024;

/** Beside this file in the program; where it runs as source there is none, and one thread does it all. */
const WORKER = new URL("./survey-worker.js", import.meta.url);

/** Verifies every line of a ledger, a long one in two threads: the second begins with the entry that the first ends with. */
export async function surveyLedger(file: LedgerFile): Promise<ChainSurvey> {
  const shared = file.reading((open) => {
    const middle = middleOf(open);
    // First the other thread: it works while this one does.
    const second = middle && surveyElsewhere({ path: file.path, end: open.end, ...middle });
    return { first: surveyPart(open, 0, middle?.start ?? open.end), second, open: { ...open }, middle };
  });
  if (shared === undefined) return surveyChain([]);
  const { first, second, middle } = shared;
  if (second === undefined || middle === undefined) return first;
  const other = await second;
  if (other !== undefined) return joinSurveys(first, other);
  // It could not be done there.
  const end = shared.open.end;
  const here = file.reading((open) => surveyPart(open, middle.start, end, middle.after));
  return joinSurveys(first, here ?? surveyChain([]));
}

function surveyPart({ file }: OpenFile, start: number, end: number, after?: DatedHead): ChainSurvey {
  return surveyChain(decoded(linesFrom(file, start, end)), after);
}

/** Where the second half of the lines begins, and the entry before; undefined where it is not worth it, or no entry. */
function middleOf({ file, end }: OpenFile): Pick<SurveyJob, "start" | "after"> | undefined {
  if (end < WORTH_SHARING || !existsSync(WORKER)) return undefined;
  const start = endOfLastLine(file, Math.floor(end / 2));
  const [line] = linesFromEnd(file, start);
  if (line === undefined) return undefined;
  try {
    const { seq, hash, time } = parseEntry(lineOf(line));
    return { start, after: { seq, hash, time } };
  } catch (thrown) {
    if (thrown instanceof RecordError) return undefined;
    throw thrown;
  }
}

/** Undefined where no thread can be had. */
function surveyElsewhere(job: SurveyJob): Promise<ChainSurvey | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, { workerData: job });
    worker.on("message", (packed: PackedSurvey) => resolve(unpackSurvey(packed)));
    worker.on("error", () => resolve(undefined));
    worker.on("exit", () => resolve(undefined));
  });
}
