import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type ContentsAnswer, ContentsScan } from "../../core/audit/dpkg/contents-scan.ts";
import type { Clock } from "../../core/base/clock.ts";
import { finishDigest } from "../../core/base/digest.ts";
import { messageOf } from "../../core/base/error.ts";
import { keepAnswers, knownAnswers } from "./contents-answers.ts";
import type { ArchiveRelease, ContentsIndex, SuppliersAnswer } from "./contents-port.ts";
import { type KeptContents, keepContents, keptContents } from "./contents-store.ts";
import { fetchedContents } from "./fetched-contents.ts";
import { componentsOf, fromHostMirror, type HostMirror } from "./host-mirror.ts";
import type { Failure } from "./private-apt.ts";

export interface ContentsOptions extends HostMirror {
  readonly clock: Clock;
  /** Older ones are fetched anew where that is possible; a week unless told. */
  readonly maxAgeMs?: number;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;
/** The largest have 0.6 GB. */
const MAX_UNPACKED = 8 * 1024 ** 3;
/** They come from an image, and go into apt's sources and into paths. */
const WORD = /^[a-z][a-z0-9-]{0,40}$/;

/** The archive's index of files, by way of this host's apt: its mirror, its proxy, its keys. No address is known here. */
export function createContentsIndex(options: ContentsOptions): ContentsIndex {
  return {
    async suppliersOf(names, release, { signal } = {}) {
      for (const word of [release.distribution, release.suite, release.architecture])
        if (!WORD.test(word))
          return {
            state: "unknown",
            why: `the image does not say which release it is: "${word.slice(0, 40)}"`,
          };
      try {
        return await answer(options, names, { release, signal });
      } catch (error) {
        signal?.throwIfAborted();
        return { state: "unknown", why: `the index of files could not be read: ${messageOf(error)}` };
      }
    },
  };
}

interface Question {
  readonly release: ArchiveRelease;
  readonly signal: AbortSignal | undefined;
}

async function answer(
  options: ContentsOptions,
  names: readonly string[],
  { release, signal }: Question,
): Promise<SuppliersAnswer> {
  const { folder, clock, maxAgeMs = WEEK_MS } = options;
  const kept = await keptContents(folder, release);
  if (kept !== undefined && Math.abs(clock() - kept.fetchedAt) <= maxAgeMs) {
    const suppliers = await scan(kept, names, signal);
    if (suppliers !== undefined) return suppliers;
  }
  const fetched = await fetchAnew(options, { release, signal });
  if ("folder" in fetched)
    return (
      (await scan(fetched, names, signal)) ?? {
        state: "unknown",
        why: "the index of files changed while it was read",
      }
    );
  const old = kept === undefined ? undefined : await scan(kept, names, signal);
  return old?.state === "known"
    ? { ...old, stale: fetched.why }
    : { state: "unknown", why: fetched.why, hint: "an apt that reaches its mirror is needed for this" };
}

async function fetchAnew(
  options: ContentsOptions,
  { release, signal }: Question,
): Promise<KeptContents | Failure> {
  const { architecture, distribution } = release;
  const components = componentsOf(distribution);
  const beside = [options.host.codename];
  return fromHostMirror(options, { release, kind: "contents", components, beside, signal }, async (lists) => {
    const paths = await fetchedContents(lists, { architecture, components });
    return keepContents(options.folder, release, { paths, fetchedAt: options.clock() });
  });
}

/** Undefined where an index is not the one that was kept: it is then as good as none. */
async function scan(
  kept: KeptContents,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SuppliersAnswer | undefined> {
  const { folder, indexes, fetchedAt } = kept;
  const key = indexes.map(({ name, digest }) => `${name} ${digest}`).join("\n");
  const known = await knownAnswers(folder, key);
  const open = names.filter((name) => !known.has(name));
  const scanned = open.length === 0 ? NOTHING : await scanIndexes(kept, open, signal);
  if (scanned === undefined) return undefined;
  const { suppliers: found, cut } = scanned;
  // What was cut is no whole answer, and is looked for again.
  const whole = [...found].filter(([name]) => !cut.includes(name));
  if (whole.length > 0) await keepAnswers(folder, key, new Map([...known, ...whole]));
  const suppliers = new Map(names.map((name) => [name, found.get(name) ?? known.get(name) ?? []]));
  return { state: "known", suppliers, cut, indexes, fetchedAt };
}

const NOTHING: Pick<ContentsAnswer, "suppliers" | "cut"> = { suppliers: new Map(), cut: [] };

async function scanIndexes(
  { folder, indexes }: KeptContents,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ContentsAnswer | undefined> {
  const scan = new ContentsScan(names);
  for (const { name, digest } of indexes) {
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      await pipeline(
        createReadStream(join(folder, name), { highWaterMark: 256 * 1024 }),
        tapped((chunk) => hash.update(chunk)),
        createGunzip({ chunkSize: 256 * 1024 }),
        async (source: AsyncIterable<Buffer>) => {
          for await (const chunk of source) {
            bytes += chunk.length;
            if (bytes > MAX_UNPACKED) throw new Error(`it unpacks to more than ${MAX_UNPACKED} bytes`);
            scan.write(chunk);
          }
        },
        signal === undefined ? {} : { signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (hasCode(error) && (error.code === "ENOENT" || error.code.startsWith("Z_"))) return undefined;
      throw error;
    }
    if (finishDigest(hash) !== digest) return undefined;
  }
  return scan.end();
}

function hasCode(error: unknown): error is { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function tapped(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}
