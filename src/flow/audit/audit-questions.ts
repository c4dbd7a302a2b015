import { importsQuestion, LINKS_QUESTION } from "../../core/audit/image/audit-question.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import type { World } from "../world.ts";
import { sourceReader } from "./source-reader.ts";

/** What an audit asks of each layer. Loads the grammar of Python. */
export async function auditQuestions(world: World): Promise<readonly ContentQuestion[]> {
  return [LINKS_QUESTION, importsQuestion(await sourceReader(world))];
}
