import type { ByteRange } from "../../../core/audit/elf/held-bytes.ts";
import type { ContentQuestion, LayerAnswer } from "../../../core/audit/image/layer-facts.ts";

/** For each question, by path, the ranges of files that are to be read once more. */
export type Again = readonly ReadonlyMap<string, readonly ByteRange[]>[];

/** The same questions, of the files alone that were not read to their end. */
export function onlyFor(questions: readonly ContentQuestion[], again: Again): readonly ContentQuestion[] {
  return questions.map((question, index) => ({
    ...question,
    reads(path, size) {
      const ranges = again[index]?.get(path);
      return ranges === undefined ? undefined : question.reads(path, size, ranges);
    },
  }));
}

export function mergeAnswers(
  first: readonly LayerAnswer[],
  second: readonly LayerAnswer[],
): readonly LayerAnswer[] {
  return first.map((answer, index) => {
    const more = second[index];
    if (more === undefined) return answer;
    return {
      kept: answer.kept,
      notes: [...answer.notes, ...more.notes],
      unread: [...answer.unread, ...more.unread],
    };
  });
}

/** What still is not read counts as unread. */
export function unreadable(answers: readonly LayerAnswer[], again: Again): readonly LayerAnswer[] {
  return answers.map((answer, index) => {
    const paths = [...(again[index]?.keys() ?? [])];
    const unread = paths.map((path) => ({ path, why: "its tables lie where no reading finds them" }));
    return { ...answer, unread: [...answer.unread, ...unread] };
  });
}
