import type { ExpectedImage } from "../../core/policy/image/image-facts.ts";
import { type Fleet, PROFILE_CONTEXT } from "../load-fleet.ts";
import { profileText } from "../prepare.ts";
import type { Target } from "./choose-targets.ts";

/** What the blueprint and the record say that a target must be. */
export function expectedOf(
  fleet: Fleet,
  { node, identity, baseDigest }: Pick<Target, "node" | "identity" | "baseDigest">,
): Omit<ExpectedImage, "rootLayers"> {
  const { declared, base } = node;
  const machine = fleet.blueprint.machines.find(({ name }) => name === declared.machine);
  const copies = node.dockerfile.sources.some(({ from }) => from === PROFILE_CONTEXT);
  const carries = machine !== undefined && (copies || Object.keys(machine.profile).length > 0);
  const text = carries ? profileText(fleet, declared) : undefined;
  return {
    name: node.name,
    kind: declared.kind,
    at: declared.at,
    user: fleet.blueprint.user,
    profile: machine === undefined || text === undefined ? undefined : { machine: machine.name, text },
    identity,
    base: base === undefined ? undefined : { name: base.name, digest: baseDigest },
  };
}
