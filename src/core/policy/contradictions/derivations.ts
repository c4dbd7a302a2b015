import type { SourcePosition } from "../../base/error.ts";
import { looseRef } from "../guide/image-name.ts";
import { baseOf, lastStage } from "../guide/shown-dockerfile.ts";
import { ownRef, type PlanFacts, subjectOf } from "./facts.ts";

/** What an image stands on, as one place has it. */
export interface Derivation {
  readonly image: string;
  /** A name of the fleet, or an outside image as it is written. */
  readonly parent: string;
  readonly origin: "fleet" | "guide";
  readonly at: SourcePosition;
  readonly says: string;
}

/** Every place that says what an image derives from: the fleet's Dockerfiles, the examples, and the arguments of builds. */
export function derivationsOf(facts: PlanFacts): readonly Derivation[] {
  return [...ofFleet(facts), ...ofExamples(facts), ...ofCommands(facts)];
}

function ofFleet({ graph }: PlanFacts): readonly Derivation[] {
  return [...graph.nodes.values()].flatMap(({ name, base, declared }) =>
    base === undefined
      ? []
      : [
          {
            image: name,
            parent: base.name,
            origin: "fleet",
            at: base.at,
            says: `${declared.dockerfile} derives ${name} from ${base.name}`,
          },
        ],
  );
}

function ofExamples(facts: PlanFacts): readonly Derivation[] {
  const own = ownRef(facts);
  return facts.guides
    .flatMap(({ dockerfiles }) => dockerfiles)
    .flatMap((shown) => {
      const { ref, at } = baseOf(shown, lastStage(shown));
      if (ref.includes("$")) return [];
      const image = subjectOf(facts, shown.name);
      return [
        { image, parent: own(ref)?.name ?? ref, origin: "guide", at, says: `${shown.name}: FROM ${ref}` },
      ];
    });
}

function ofCommands(facts: PlanFacts): readonly Derivation[] {
  const own = ownRef(facts);
  return facts.guides
    .flatMap(({ commands }) => commands)
    .flatMap(({ tags, args }) => {
      const [tag] = tags;
      if (tag === undefined) return [];
      return args.flatMap(({ name, value, at }) => {
        const parent = value === undefined ? undefined : own(value.text)?.name;
        if (parent === undefined) return [];
        const image = looseRef(tag.text).name;
        return [{ image, parent, origin: "guide" as const, at, says: `--build-arg ${name}=…/${parent}` }];
      });
    });
}
