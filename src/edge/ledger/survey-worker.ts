import { closeSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { DatedHead } from "../../core/record/chain.ts";
import { surveyChain } from "../../core/record/survey-chain.ts";
import { decoded, linesFrom } from "./lines.ts";
import { packSurvey } from "./packed-survey.ts";

/** What the thread is asked: the lines of a file between two places, the first of which follows an entry. */
export interface SurveyJob {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly after: DatedHead;
}

// Only `survey-ledger.ts` starts it, and with nothing else.
const { path, start, end, after } = workerData as SurveyJob;
const file = openSync(path, "r");
try {
  const packed = packSurvey(surveyChain(decoded(linesFrom(file, start, end)), after));
  parentPort?.postMessage(packed, [packed.kindOf.buffer]);
} finally {
  closeSync(file);
}
