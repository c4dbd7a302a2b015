import type { Fields } from "../../record/fields.ts";
import { type Judgement, weigh } from "./judgement.ts";

export interface PipelineFacts {
  /** From the repository's top. */
  readonly path: string;
  /** Whether it is one of the workflows that were judged. */
  readonly judged: boolean;
  readonly findings: readonly {
    readonly rule: string;
    readonly level: "error" | "warning";
    readonly message: string;
    readonly line: number;
  }[];
}

/** The workflow is the one that the fleet's graph gives, and nothing in it is wrong. Warnings are told by `ci check`. */
export function judgePipeline(facts: Fields): Judgement {
  const path = facts.text("path");
  if (!facts.flag("judged")) return { outcome: "fails", reason: `there is no workflow ${path}` };
  const errors = facts.list("findings").flatMap((finding) => {
    const [rule, message, line] = [finding.text("rule"), finding.text("message"), finding.count("line")];
    return finding.oneOf("level", ["error", "warning"]) === "error"
      ? [`${path}:${line}: ${message} [${rule}]`]
      : [];
  });
  return weigh({ fails: errors, holds: `${path} is what the fleet's graph gives, and no rule denies it` });
}
