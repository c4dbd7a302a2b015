import { join } from "node:path";
import { readPackagesIndex } from "../../core/advisory/suite/read-packages-index.ts";
import type { SuiteAnswer, SuiteIndex, SuiteRelease } from "../../core/advisory/suite/suite-index.ts";
import type { Clock } from "../../core/base/clock.ts";
import { digestOf } from "../../core/base/digest.ts";
import { messageOf } from "../../core/base/error.ts";
import { fetchedPackages } from "./fetched-packages.ts";
import { componentsOf, fromHostMirror, type HostMirror } from "./host-mirror.ts";
import { type KeptSuite, keepSuite, keptSuite } from "./suite-store.ts";

export interface SuiteIndexOptions extends HostMirror {
  readonly clock: Clock;
  /** Kept ones count as fresh this long; an hour unless told, since what mends is published through the day. */
  readonly maxAgeMs?: number;
}

const HOUR_MS = 3600 * 1000;
/** They come from an image, and go into apt's sources and into paths. */
const WORD = /^[a-z][a-z0-9-]{0,40}$/;

/**
 * Reads security suites by way of this host's apt: its mirror, its proxy, its keys. No address is known here. Without a way
 * to the mirror the index that was kept answers, and says so; whether it still counts is judged by its dates. Nothing is
 * thrown but the abort of `signal`.
 */
export function createSuiteIndexes(options: SuiteIndexOptions) {
  return async (
    release: SuiteRelease,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<SuiteAnswer> => {
    for (const word of [release.distribution, release.suite, release.architecture])
      if (!WORD.test(word)) return { state: "unknown", why: `"${word.slice(0, 40)}" names no suite` };
    try {
      return await answer(options, release, signal);
    } catch (error) {
      signal.throwIfAborted();
      return { state: "unknown", why: `${release.suite} could not be read: ${messageOf(error)}` };
    }
  };
}

async function answer(
  options: SuiteIndexOptions,
  release: SuiteRelease,
  signal: AbortSignal,
): Promise<SuiteAnswer> {
  const { folder, clock, maxAgeMs = HOUR_MS } = options;
  const place = join(folder, `${release.distribution}-${release.suite}-${release.architecture}`);
  const components = componentsOf(release.distribution);
  const kept = await keptSuite(place, (lists) => fetchedPackages(lists, release, components));
  const isFresh = kept !== undefined && Math.abs(clock() - kept.fetchedAt) <= maxAgeMs;
  if (isFresh) return { state: "known", index: indexOf(kept, release) };
  const fetched = await fromHostMirror(
    options,
    {
      release,
      kind: "packages",
      components,
      beside: [release.suite, `${options.host.codename}-security`],
      signal,
    },
    async (lists) => {
      const arrived = await fetchedPackages(lists, release, components);
      // A private state knows no earlier Release, by which apt would see that it is led back.
      if ((arrived.release.date ?? 0) < (kept?.release.date ?? 0))
        throw new Error("the mirror's Release is older than the one that was kept");
      return indexOf(await keepSuite(place, arrived, clock()), release);
    },
  );
  if ("packages" in fetched) return { state: "known", index: fetched };
  if (kept !== undefined) return { state: "known", index: indexOf(kept, release), stale: fetched.why };
  const hint = `an apt whose sources have ${release.suite} or that of this host, and that reaches its mirror, is needed`;
  return { state: "unknown", why: fetched.why, hint };
}

/** Throws AuditError DPKG_INVALID where an index is none. */
function indexOf({ release: signed, files, fetchedAt }: KeptSuite, release: SuiteRelease): SuiteIndex {
  const lines = files.map(({ file, bytes }) => `${digestOf(bytes)} ${file}\n`).sort();
  const { date, validUntil } = signed;
  return {
    release,
    ...readPackagesIndex(files, release.architecture),
    digest: digestOf(lines.join("")),
    date,
    validUntil,
    fetchedAt,
  };
}
