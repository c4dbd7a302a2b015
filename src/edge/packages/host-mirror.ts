import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf } from "../../core/base/error.ts";
import type { ProcessRunner } from "../process/port.ts";
import type { ArchiveRelease } from "./contents-port.ts";
import { type Failure, fetchIndexes, type IndexKind, indexFailure, sitesOf } from "./private-apt.ts";

/** This host's apt: its mirrors, its proxy, its keys. */
export interface HostMirror {
  readonly runner: ProcessRunner;
  /** Where indexes are kept; in the state folder. */
  readonly folder: string;
  /** `ID` and `VERSION_CODENAME` of this host's os-release: its apt knows mirrors of that distribution only. */
  readonly host: { readonly distribution: string; readonly codename: string };
  /** Folder of the distributions' keys. */
  readonly keyrings?: string;
}

/** Components whose packages an image of the distribution may have without further sources. */
export function componentsOf(distribution: string): readonly string[] {
  return distribution === "ubuntu" ? ["main", "universe"] : ["main"];
}

export interface WantedSuite {
  readonly release: ArchiveRelease;
  readonly kind: IndexKind;
  readonly components: readonly string[];
  /** Suites of the host's sources whose mirrors have this one too. */
  readonly beside: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Lets apt fetch the indexes of a suite from the host's mirrors, one after the other until `take` takes what lies in apt's
 * lists. `take` throws for what it does not take; its folder is gone afterwards.
 */
export async function fromHostMirror<Taken>(
  { runner, folder, host, keyrings = "/usr/share/keyrings" }: HostMirror,
  { release, kind, components, beside, signal }: WantedSuite,
  take: (lists: string) => Promise<Taken>,
): Promise<Taken | Failure> {
  const { distribution } = release;
  if (host.distribution !== distribution)
    return {
      why: `the apt of this host (${host.distribution || "none"}) knows no mirror of ${distribution}`,
    };
  const keyring = join(keyrings, `${distribution}-archive-keyring.gpg`);
  if (!(await exists(keyring))) return { why: `there are no archive keys at ${keyring}` };
  const sites = await sitesOf({ runner, signal }, beside);
  if ("why" in sites) return sites;
  let last: Failure = { why: `apt's sources name no mirror of ${beside.join(" or ")}` };
  for (const site of sites) {
    await mkdir(folder, { recursive: true });
    const work = await mkdtemp(resolve(folder, "apt-"));
    try {
      const fetched = await fetchIndexes({ runner, signal }, work, {
        site,
        release,
        keyring,
        components,
        kind,
      });
      if (!("why" in fetched)) return await take(fetched.lists);
      last = fetched;
    } catch (error) {
      signal?.throwIfAborted();
      last = indexFailure(kind, messageOf(error));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return last;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
