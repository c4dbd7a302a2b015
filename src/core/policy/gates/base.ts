import type { Digest } from "../../base/digest.ts";
import type { BasePolicy } from "../../blueprint/gate-policy.ts";
import type { GateFinding } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";
import { type RootTag, rootTagFindings, rootTagText } from "./root-tag.ts";

/** What an image stands on, and what stands there now. */
export interface BaseFacts {
  readonly kind: "image" | "root";
  readonly name: string;
  /** As the image itself says it; undefined where it does not. */
  readonly stands: Digest | undefined;
  /** In the release that is judged, or the newest one; of a root in the lock. */
  readonly newest: { readonly digest: Digest; readonly of: string } | undefined;
  /** Of a locked root: where its tag stands. */
  readonly tag?: RootTag;
}

/**
 * An image stands on the newest release of its base, and on the root that is locked; where the root's own tag has moved, the
 * policy says what that is. `undefined`: it stands on nothing.
 */
export function baseGate(base: BaseFacts | undefined, policy: BasePolicy): GateFacts {
  if (base === undefined)
    return { gate: "base", findings: [], holds: "it stands on no other image", inputs: [] };
  const { name, newest, stands, tag } = base;
  return {
    gate: "base",
    findings: [
      ...findingsOf(base),
      ...(tag === undefined || newest === undefined ? [] : rootTagFindings(tag, newest, policy)),
    ],
    holds: `it stands on ${name} of ${newest?.of ?? "nowhere"}${tag === undefined ? "" : rootTagText(tag)}`,
    inputs: [newest?.digest, stands].flatMap((digest) =>
      digest === undefined ? [] : [{ name: `base ${name}`, digest }],
    ),
  };
}

function findingsOf({ kind, name, stands, newest }: BaseFacts): readonly GateFinding[] {
  if (newest === undefined)
    return [
      {
        id: "base-unknown",
        level: "unknown",
        message: `no release and no lock says which ${name} is the newest`,
      },
    ];
  if (stands === undefined)
    return [
      { id: "base-unknown", level: "unknown", message: `it does not say which ${name} it was made of` },
    ];
  if (stands === newest.digest) return [];
  return [
    {
      id: "base-behind",
      level: "deny",
      message: `it stands on ${name} ${stands}, but ${newest.of} has ${newest.digest}`,
      hint:
        kind === "root"
          ? "the lock moved: lapstrake build"
          : `build it on the newest ${name}: lapstrake build`,
    },
  ];
}
