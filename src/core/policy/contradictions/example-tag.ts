import { positionOf } from "../../blueprint/positions.ts";
import { tagJudge } from "../../blueprint/tag-kind.ts";
import { baseOf } from "../guide/shown-dockerfile.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { allCommands, allDockerfiles, ownRef, type PlanFacts, type Rule } from "./facts.ts";

/** A tag of the fleet's own images, in an example or a FROM, that the tag scheme does not know. */
export const exampleTag: Rule = (facts) => {
  const { blueprint } = facts;
  const judge = tagJudge({ scheme: blueprint.tag, channels: blueprint.channels });
  const outside = writtenTags(facts).filter(({ tag }) => judge(tag) === "outside");
  return [...groupBy(outside, ({ tag }) => tag)].map(([tag, [first, ...others]]) =>
    contradiction({
      rule: "example-tag",
      subject: tag,
      message: `the tag ${tag} is outside the scheme ${blueprint.tag}`,
      places: [
        first,
        { at: positionOf(blueprint, ["tag"]), says: `the tags of this fleet are ${blueprint.tag}` },
        ...others,
      ],
      resolution: `write a tag of the scheme, such as ${likeScheme(blueprint.tag, tag)}`,
    }),
  );
};

interface WrittenTag extends Place {
  readonly tag: string;
  readonly at: NonNullable<Place["at"]>;
}

function writtenTags(facts: PlanFacts): readonly WrittenTag[] {
  const own = ownRef(facts);
  const found = (ref: string, at: WrittenTag["at"], says: string): WrittenTag[] => {
    const tag = own(ref)?.tag;
    // What a variable or a command stands for is not written here.
    return tag === undefined || /[$`{]/.test(tag) ? [] : [{ tag, at, says }];
  };
  return [
    ...allDockerfiles(facts).flatMap((shown) =>
      shown.dockerfile.stages.flatMap((stage) => {
        const { ref, at } = baseOf(shown, stage);
        return at === stage.at ? found(ref, at, `FROM ${ref}`) : [];
      }),
    ),
    ...allCommands(facts).flatMap(({ tags, args }) => [
      ...tags.flatMap(({ text, at }) => found(text, at, `-t ${text}`)),
      ...args.flatMap(({ name, value, at }) =>
        value === undefined ? [] : found(value.text, at, `--build-arg ${name}=${value.text}`),
      ),
    ]),
  ];
}

/** The scheme filled in, with the date of the wrong tag where it has one. */
function likeScheme(scheme: string, tag: string): string {
  const [date = "20260304"] = /\d{8}/.exec(tag) ?? [];
  return scheme.replaceAll("{date}", date).replaceAll("{sha}", "0123abc");
}
