import { LapstrakeError, messageOf } from "../../../core/base/error.ts";
import type { World } from "../../world.ts";

export type Asked<Answer> =
  | { readonly answer: Answer; readonly why?: undefined }
  | { readonly answer?: undefined; readonly why: string };

/** The answer, or why there is none. Silence is a fact, too; only a cancelled run, or a bug of ours, is thrown. */
export async function ask<Answer>(
  { kill }: Pick<World, "kill">,
  question: () => Promise<Answer>,
): Promise<Asked<Answer>> {
  try {
    return { answer: await question() };
  } catch (error) {
    kill.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { why: messageOf(error) };
  }
}
