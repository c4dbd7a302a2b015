import type { Fields } from "../../record/fields.ts";
import { type Judgement, weigh } from "./judgement.ts";

export interface DocumentPresentFacts {
  readonly path: string;
  /** Null where there is no such file. */
  readonly digest: string | null;
  readonly bytes: number;
}

export function judgeDocumentPresent(facts: Fields): Judgement {
  const path = facts.text("path");
  const digest = facts.digestOrNull("digest");
  const bytes = facts.count("bytes");
  const fails: string[] = [];
  if (digest === null) fails.push(`there is no file ${path}`);
  else if (bytes === 0) fails.push(`${path} is empty`);
  return weigh({ fails, holds: `${path} has ${bytes} bytes, ${digest}` });
}
