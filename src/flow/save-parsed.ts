import { LapstrakeError } from "../core/base/error.ts";
import type { Parser } from "./parser.ts";
import type { World } from "./world.ts";

/** What was parsed is kept only for speed: a state folder that cannot be written stops no command that reads. */
export async function saveParsed(parser: Parser, world: World): Promise<void> {
  try {
    await parser.save();
  } catch (error) {
    if (!(error instanceof LapstrakeError)) throw error;
    world.onEvent({ type: "note", level: "warning", message: `${error.message}; going on without it` });
  }
}
