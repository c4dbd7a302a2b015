import { LapstrakeError, messageOf } from "../../core/base/error.ts";
import { type Answer, type Check, type CheckResult, failure } from "./check.ts";

const LIMIT_MS = 10_000;
/** Words of a registry or a tool may be long; a finding is one line. */
const MAX_FINDING = 400;

/**
 * Runs all checks at the same time, each within its limit, and gives the results in the order of the checks. What a
 * check throws is its result; only the abort of `signal` is thrown on.
 */
export async function runChecks(
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const ended = new AbortController();
  // One listener for all of them: each of its own would be taken for a leak.
  const interrupted = new Promise<readonly Answer[]>((resolve) => {
    signal.addEventListener("abort", () => resolve([]), { once: true, signal: ended.signal });
  });
  const results = await Promise.all(checks.map((check) => runCheck(check, { signal, interrupted })));
  ended.abort();
  signal.throwIfAborted();
  return results.flat();
}

interface Run {
  readonly signal: AbortSignal;
  readonly interrupted: Promise<readonly Answer[]>;
}

async function runCheck(check: Check, run: Run): Promise<readonly CheckResult[]> {
  const limit = check.limitMs ?? LIMIT_MS;
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // Raced, not only signalled: a check that does not hear its signal must not hold the others up either.
  const late = new Promise<readonly Answer[]>((resolve) => {
    timer = setTimeout(() => resolve(tooLate(check, limit)), limit);
  });
  const answer = check
    .run(AbortSignal.any([run.signal, over.signal]))
    .catch((error: unknown) => thrown(check, error));
  try {
    const answers = await Promise.race([run.interrupted, late, answer]);
    return answers.map((each) => ({ area: check.area, ...each, finding: oneLine(each.finding) }));
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

function tooLate({ ids, late, fix }: Check, limit: number): readonly Answer[] {
  const finding = `no answer within ${limit / 1000} s`;
  return ids.map((id) => ({ ...failure(id, finding, fix), status: late }));
}

function thrown({ ids, fix }: Check, error: unknown): readonly Answer[] {
  if (!(error instanceof LapstrakeError)) {
    const finding = `the check itself failed, which is a bug in Lapstrake: ${messageOf(error)}`;
    return ids.map((id) => failure(id, finding, undefined));
  }
  const area = error.exit === 2 ? "configuration" : "environment";
  return ids.map((id) => ({ ...failure(id, error.message, fix ?? error.hint), area }));
}

/** Texts come from registries, tools and variables: no escape sequence of theirs may reach a terminal. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return plain.length > MAX_FINDING ? `${plain.slice(0, MAX_FINDING)}…` : plain;
}
