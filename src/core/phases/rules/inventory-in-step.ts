import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface InventoryInStepFacts {
  readonly release: string | null;
  readonly registry: string;
  /** Why this engine was asked, where it is not that of the machine. */
  readonly instead: string | null;
  readonly engines: readonly { readonly name: string; readonly why: string | null }[];
  /** Repositories that the registry said nothing of. */
  readonly silent: readonly string[];
  /** By class, how many images and tags. */
  readonly classes: Readonly<Record<string, number>>;
  /** What disagrees with the release. */
  readonly drift: readonly { readonly image: string; readonly drift: string; readonly why: string }[];
}

export function judgeInventoryInStep(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const engines = facts.list("engines").map((engine) => ({
    name: engine.text("name"),
    why: engine.textOrNull("why"),
  }));
  const classes = facts.object("classes");
  const counts = classes.names.map((name) => `${classes.count(name)} ${name}`);
  const instead = facts.textOrNull("instead");
  const asked =
    engines.length === 0 ? "no engine was asked" : `engine ${sentence(engines.map(nameOf), ", ")}`;
  return weigh({
    fails: facts
      .list("drift")
      .map((row) => `${row.text("image")} is ${row.text("drift")}: ${row.text("why")}`),
    unknown: [
      ...engines.flatMap(({ name, why }) => (why === null ? [] : [`${name} did not answer: ${why}`])),
      ...facts.texts("silent").map((repository) => `the registry did not answer for ${repository}`),
    ],
    holds: `blueprint, ${facts.text("registry")} and ${asked}${instead === null ? "" : ` (${instead})`} are in step for ${release}: ${sentence(counts, ", ")}`,
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
