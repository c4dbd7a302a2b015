import type { Fields } from "../../record/fields.ts";
import { type Judgement, weigh } from "./judgement.ts";

export interface PlanSoundFacts {
  readonly phases: number;
  readonly images: number;
  readonly findings: readonly {
    readonly rule: string;
    readonly level: "error" | "warning";
    readonly message: string;
    /** `file:line:column`. */
    readonly at: string;
  }[];
}

export function judgePlanSound(facts: Fields): Judgement {
  const findings = facts.list("findings").map((finding) => ({
    level: finding.oneOf("level", ["error", "warning"]),
    text: `${finding.text("at")}: ${finding.text("message")} [${finding.text("rule")}]`,
  }));
  const fails = findings.filter(({ level }) => level === "error").map(({ text }) => text);
  const warnings = findings.length - fails.length;
  return weigh({
    fails,
    holds: `the plan's ${facts.count("phases")} phases keep to its protocol, and blueprint, Dockerfiles and hierarchy of ${facts.count("images")} images have no error (${warnings} warnings)`,
  });
}
