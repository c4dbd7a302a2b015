import type { TagsInSchemeFacts } from "../../../core/phases/rules/tags-in-scheme.ts";
import { tagFindings } from "../../tags/check-tags.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectTagsInScheme: Collector<"tags-in-scheme"> = async ({ world, open, today }) => {
  const { fleet, registry, host } = open;
  const { release } = today;
  const [findings, tags] = await Promise.all([
    tagFindings(world, fleet),
    Promise.all(
      (release?.images ?? []).map(async ({ name, repository, digest }) => {
        const ref = { host, repository, tag: release?.tag ?? "" };
        const found = await registry.resolve(ref, { signal: world.kill });
        return { image: name, digest, found: found?.digest ?? null };
      }),
    ),
  ]);
  const facts: TagsInSchemeFacts = {
    release: release?.tag ?? null,
    scheme: fleet.blueprint.tag,
    tags,
    findings: findings.map(({ rule, level, message }) => ({ rule, level, message })),
  };
  return { facts: asFacts(facts) };
};
