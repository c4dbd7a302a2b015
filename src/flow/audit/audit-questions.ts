import { importsQuestion, LINKS_QUESTION, type SourceReader } from "../../core/audit/image/audit-question.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";

/** What an audit asks of each layer. */
export function auditQuestions(sources: SourceReader): readonly ContentQuestion[] {
  return [LINKS_QUESTION, importsQuestion(sources)];
}
