import type { DocumentFinding } from "../phase-state.ts";
import { parseDecision } from "./decision.ts";
import { saidIn } from "./human-text.ts";
import type { ListItem } from "./markdown.ts";
import { finding, partOf, placeOf, show, type Verification } from "./verification.ts";

/** Each deliverable was ticked by somebody, or is accepted as a gap. Only post-reviews have boxes. */
export function checkTicks(verification: Verification): readonly DocumentFinding[] {
  const place = placeOf(verification.found, "decision");
  const { accepted } = parseDecision(place === undefined ? [] : saidIn(place, { code: "keep" }));
  const named = new Set(accepted.map(({ key }) => key));
  return untickedOf(verification)
    .filter(({ key }) => !named.has(key))
    .map(({ line, text }) =>
      finding(
        "placeholder",
        line,
        `nobody ticked that this is there: ${show(text)}`,
        "tick it, or accept it as a gap in the decision",
      ),
    );
}

/** With what the draft calls them: D1, D2, … */
export function untickedOf({ found, form }: Verification): readonly (ListItem & { readonly key: string })[] {
  const heading = form.sections.find(({ id }) => id === "deliverables")?.heading ?? "";
  return (partOf(found, heading)?.machine ?? [])
    .flatMap((block) => (block.kind === "list" ? block.items : []))
    .filter(({ checked }) => checked === false)
    .map((item) => ({ ...item, key: /^D\d+(?=:)/.exec(item.text)?.[0] ?? "" }));
}
