import type { SourceReader } from "../../core/audit/image/audit-question.ts";
import type { World } from "../world.ts";

/** Reads Python's sources, as the question about imports wants it. */
export async function sourceReader(world: World): Promise<SourceReader> {
  const grammar = await world.pythonGrammar();
  return {
    id: "python-5",
    read: (content, interpreter) => grammar.read(content, interpreter === undefined ? {} : { interpreter }),
  };
}
