import type { ByteRange } from "../../../core/audit/elf/held-bytes.ts";
import type { ContentQuestion, LayerAnswer } from "../../../core/audit/image/layer-facts.ts";
import type { ReadLayer } from "./port.ts";

/** For each question, by path, the ranges of files that are to be read once more. */
type Again = readonly ReadonlyMap<string, readonly ByteRange[]>[];

/** What one pass over a layer gave. */
export interface Passed extends ReadLayer {
  readonly again: Again;
}

/** Where the tables of a library are is known after the first pass, all of them after the second. */
const MAX_PASSES = 3;

/** Asks for passes over the same layer until every file is read that any pass can read; the rest counts as unread. */
export async function readInPasses(
  questions: readonly ContentQuestion[],
  pass: (questions: readonly ContentQuestion[]) => Promise<Passed>,
): Promise<ReadLayer> {
  let { listing, answers, again } = await pass(questions);
  for (let passes = 1; again.some(({ size }) => size > 0); passes++) {
    if (passes === MAX_PASSES) return { listing, answers: unreadable(answers, again) };
    const next = await pass(onlyFor(questions, again));
    answers = merged(answers, next.answers);
    again = next.again;
  }
  return { listing, answers };
}

/** The same questions, of the files alone that were not read to their end. */
function onlyFor(questions: readonly ContentQuestion[], again: Again): readonly ContentQuestion[] {
  return questions.map((question, index) => ({
    ...question,
    reads(path, size) {
      const ranges = again[index]?.get(path);
      return ranges === undefined ? undefined : question.reads(path, size, ranges);
    },
  }));
}

function merged(first: readonly LayerAnswer[], second: readonly LayerAnswer[]): readonly LayerAnswer[] {
  return first.map((answer, index) => {
    const more = second[index];
    if (more === undefined) return answer;
    return { kept: answer.kept, notes: [...answer.notes, ...more.notes] };
  });
}

function unreadable(answers: readonly LayerAnswer[], again: Again): readonly LayerAnswer[] {
  return answers.map((answer, index) => {
    const paths = [...(again[index]?.keys() ?? [])];
    const why = "its tables lie where no reading finds them";
    const unread = paths.map((path) => ({ kind: "unread", path, why }) as const);
    return { ...answer, notes: [...answer.notes, ...unread] };
  });
}
