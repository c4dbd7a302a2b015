import { previousTag } from "../../../core/blueprint/tag-form.ts";
import type { PreviousTagsFacts } from "../../../core/phases/rules/previous-tags.ts";
import { knownReleases } from "../../tags/known-releases.ts";
import { predecessorsOf } from "../../tags/previous-tags.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

/** What the release's record says stood before; in a record that does not say it, what the known releases say. */
export const collectPreviousTags: Collector<"previous-tags"> = async ({ world, open, today }) => {
  const { release } = today;
  const tag = previousTag(release?.tag ?? "");
  const known = await knownReleases(open);
  const made = known.findLast((each) => each.tag === release?.tag);
  const before = known.filter(({ time }) => made === undefined || time < made.time);
  const recorded = release?.previous ?? [];
  const wanted = release === undefined || recorded.length > 0 ? recorded : predecessorsOf(release, before);
  const images = await Promise.all(
    (release?.images ?? []).map(async ({ name, repository }) => {
      const found = await open.registry.resolve({ host: open.host, repository, tag }, { signal: world.kill });
      const own = wanted.find((each) => each.repository === repository);
      return {
        name,
        digest: own?.digest ?? null,
        from: own?.release ?? null,
        found: found?.digest ?? null,
      };
    }),
  );
  const facts: PreviousTagsFacts = { release: release?.tag ?? null, tag, images };
  return { facts: asFacts(facts) };
};
