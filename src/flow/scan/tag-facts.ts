import { tagPattern } from "../../core/blueprint/tag.ts";
import type { TagFacts } from "../../core/policy/gates/tags.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { ScanTarget } from "./scan-target.ts";

/** What the tag of each image stands on now. Throws RegistryError: a registry that cannot be asked is no free tag. */
export function tagFacts(
  world: Pick<World, "kill">,
  { fleet, host, registry }: OpenFleet,
  targets: readonly ScanTarget[],
): Promise<readonly (TagFacts | undefined)[]> {
  const scheme = tagPattern(fleet.blueprint.tag);
  return Promise.all(
    targets.map(async ({ repository, tag }): Promise<TagFacts | undefined> => {
      if (tag === undefined) return undefined;
      const { name, released } = tag;
      const found = await registry.resolve({ host, repository, tag: name }, { signal: world.kill });
      // A dirty tree's tag has the content behind it.
      const inScheme = scheme.test(name.replace(/-dirty-[0-9a-f]{8}$/, ""));
      return { repository, tag: name, inScheme, stands: found?.digest, released };
    }),
  );
}
