import type { Digest } from "../../base/digest.ts";
import type { GateFacts } from "./gate-verdict.ts";

/** A tag that an image has, or is about to be given. */
export interface TagFacts {
  readonly repository: string;
  readonly tag: string;
  readonly inScheme: boolean;
  /** What the tag stands on; undefined where there is no such tag. */
  readonly stands: Digest | undefined;
  /** Whether it was put there before; otherwise it is about to be. */
  readonly released: boolean;
}

/** A tag is never moved, and follows the scheme. `undefined`: no tag is asked for. */
export function tagsGate(digest: Digest, facts: TagFacts | undefined): GateFacts {
  if (facts === undefined) return { gate: "tags", findings: [], holds: "no tag is asked for", inputs: [] };
  const { repository, tag, inScheme, stands, released } = facts;
  const name = `${repository}:${tag}`;
  const findings = [
    ...(inScheme
      ? []
      : [{ id: "tag-outside-scheme", level: "deny" as const, message: `${name} is outside the scheme` }]),
    ...(stands === undefined && released
      ? [{ id: "tag-gone", level: "deny" as const, message: `${name} is gone` }]
      : []),
    ...(stands !== undefined && stands !== digest
      ? [
          {
            id: "tag-moved",
            level: "deny" as const,
            message: `${name} stands on ${stands}, and is never moved`,
          },
        ]
      : []),
  ];
  return {
    gate: "tags",
    findings,
    holds: stands === undefined ? `${name} is free` : `${name} stands on it`,
    inputs: stands === undefined ? [] : [{ name, digest: stands }],
  };
}
