import type { Digest } from "../../../core/base/digest.ts";
import type { IdentitiesFacts } from "../../../core/phases/rules/identities-changed-only.ts";
import type { ReleaseFact } from "../../../core/phases/today.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectIdentities: Collector<"identities-changed-only"> = async ({ today, check }) => {
  const { release, images } = today;
  const baseline = today.baselines.get(check.since);
  const names = new Set([
    ...images.map(({ name }) => name),
    ...[baseline, release].flatMap((each) => each?.images.map(({ name }) => name) ?? []),
  ]);
  const facts: IdentitiesFacts = {
    release: release?.tag ?? null,
    baseline: baseline?.tag ?? null,
    images: [...names].map((name) => ({
      name,
      parents: images.find((image) => image.name === name)?.parents ?? [],
      before: identityIn(baseline, name),
      now: identityIn(release, name),
    })),
  };
  return { facts: asFacts(facts) };
};

function identityIn(release: ReleaseFact | undefined, name: string): Digest | null {
  return release?.images.find((image) => image.name === name)?.identity ?? null;
}
