import { type FlatImage } from "../../audit/image/flatten.ts";
import type { LayerFacts } from "../../audit/image/layer-facts.ts";
import { type Observations, type Verdict, type VerdictInput, verdictOf } from "../verdict.ts";
import type { ImageFacts } from "./image-facts.ts";

export interface ReadContent {
  readonly layers: readonly LayerFacts[];
  readonly flat: FlatImage;
}

/** A verdict about an image: its manifest fixes all that it was read from. */
export function imageVerdict(
  rule: string,
  { expected, descriptor }: ImageFacts,
  observations: Observations,
  inputs: readonly VerdictInput[] = [],
): Verdict {
  const { name } = expected;
  const { digest } = descriptor;
  return verdictOf(
    {
      rule,
      subject: { kind: "image", name, digest },
      inputs: [{ name: `manifest of ${name}`, digest }, ...inputs],
    },
    observations,
  );
}

/** The same of a rule that looks at files: unknown where they could not be read. */
export function contentVerdict(
  rule: string,
  facts: ImageFacts,
  judge: (content: ReadContent) => Observations,
  inputs: readonly VerdictInput[] = [],
): Verdict {
  const { content } = facts;
  const observations: Observations =
    content.state === "read"
      ? judge(content)
      : { unknown: [{ message: `its files could not be read: ${content.why}` }], holds: { message: "" } };
  return imageVerdict(rule, facts, observations, inputs);
}
