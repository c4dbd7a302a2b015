import type { Digest } from "../../base/digest.ts";
import type { BasePolicy } from "../../blueprint/gate-policy.ts";
import type { GateFinding } from "./gate.ts";

/**
 * Where the tag of a root stands in its registry, against the lock. `unasked`: by the policy, or since there is nothing to
 * ask; `unknown`: it was asked, and nobody could say.
 */
export type RootTag =
  | { readonly state: "same"; readonly ref: string }
  | { readonly state: "moved"; readonly ref: string; readonly digest: Digest }
  | { readonly state: "unknown"; readonly why: string }
  | { readonly state: "unasked"; readonly why: string };

/** `locked`: what the lock has, and its file. */
export function rootTagFindings(
  tag: RootTag,
  locked: { readonly digest: Digest; readonly of: string },
  { roots }: BasePolicy,
): readonly GateFinding[] {
  if (tag.state === "moved")
    return [
      {
        id: "root-moved",
        level: roots === "deny" ? "deny" : "note",
        message: `${tag.ref} stands on ${tag.digest} by now, ${locked.of} has ${locked.digest}`,
        hint: "lapstrake lock, look at what it changes, and build",
      },
    ];
  if (tag.state !== "unknown") return [];
  return [
    {
      id: "root-unknown",
      level: roots === "deny" ? "unknown" : "note",
      message: `where its tag stands by now is not known: ${tag.why}`,
    },
  ];
}

/** Behind "it stands on python of lapstrake.lock"; what is not known is never left out. */
export function rootTagText(tag: RootTag): string {
  switch (tag.state) {
    case "same":
      return `, where ${tag.ref} still stands`;
    case "moved":
      return `; ${tag.ref} has moved since`;
    case "unknown":
      return `; where its tag stands by now is not known: ${tag.why}`;
    case "unasked":
      return `; where its tag stands by now was not asked: ${tag.why}`;
  }
}
