import { type IndexedVersion, type Pin, pinKey } from "../../core/policy/locks/index-facts.ts";
import { parseRequirementsFile } from "../../core/policy/locks/requirements-file.ts";
import type { ProcessRecord, ProcessRunner } from "../process/port.ts";
import type { AskOptions, PackageIndex } from "./port.ts";

const ALL_MS = 120_000;
const ONE_MS = 30_000;
/** Single questions after a refused whole; what is left then stays unknown. */
const SINGLES_MS = 120_000;

/** uv resolved, and there is no solution; other failures (2) say nothing about the index. */
const NO_SOLUTION = 1;

/** `uv pip compile` of pinned names without dependencies writes every hash that the index lists for them. */
export function createUvIndex(runner: ProcessRunner): PackageIndex {
  return {
    async ask(pins, options = {}) {
      const versions = new Map<string, IndexedVersion>();
      let last: ProcessRecord | undefined;
      for (const batch of batches(pins)) {
        last = await compile(runner, batch, { ...options, timeout: ALL_MS });
        if (last.outcome === "not-found") return { state: "not-asked", why: "there is no uv on this host" };
        const answers =
          last.exitCode === NO_SOLUTION ? await askSingly(runner, batch, options) : wholeAnswer(last, batch);
        for (const [key, answer] of answers) versions.set(key, answer);
      }
      // Where nothing at all was listed, it may as well be that no index was reached: nothing is said of any version.
      if (pins.length === 0 || [...versions.values()].some(({ state }) => state === "listed"))
        return { state: "asked", client: "uv", versions };
      return {
        state: "not-asked",
        why: `uv got no answer from its index: ${last === undefined ? "" : lastLine(last)}`,
      };
    },
  };
}

/** Two versions of one name have no common solution: each batch has a name once. */
function batches(pins: readonly Pin[]): readonly (readonly Pin[])[] {
  const found: Map<string, Pin>[] = [];
  for (const pin of pins) {
    const free = found.find((batch) => !batch.has(pin.name));
    if (free === undefined) found.push(new Map([[pin.name, pin]]));
    else free.set(pin.name, pin);
  }
  return found.map((batch) => [...batch.values()]);
}

function wholeAnswer(record: ProcessRecord, batch: readonly Pin[]): ReadonlyMap<string, IndexedVersion> {
  const listing = record.outcome === "ok" ? readListing(record.stdout) : undefined;
  return new Map(
    batch.map((pin) => [
      pinKey(pin),
      listing === undefined ? { state: "unknown", why: `uv: ${lastLine(record)}` } : listedOf(listing, pin),
    ]),
  );
}

/** One version that does not exist makes uv refuse all: then each is asked by itself. */
async function askSingly(
  runner: ProcessRunner,
  pins: readonly Pin[],
  options: AskOptions,
): Promise<ReadonlyMap<string, IndexedVersion>> {
  const versions = new Map<string, IndexedVersion>();
  let left = SINGLES_MS;
  for (const pin of pins) {
    options.signal?.throwIfAborted();
    if (left <= 0) {
      versions.set(pinKey(pin), {
        state: "unknown",
        why: `uv had no time for it within ${SINGLES_MS / 1000} s`,
      });
      continue;
    }
    const record = await compile(runner, [pin], { ...options, timeout: Math.min(ONE_MS, left) });
    left -= record.durationMs;
    versions.set(pinKey(pin), singleAnswer(record, pin));
  }
  return versions;
}

function singleAnswer(record: ProcessRecord, pin: Pin): IndexedVersion {
  if (record.outcome === "ok") return listedOf(readListing(record.stdout), pin);
  if (record.exitCode === NO_SOLUTION) return { state: "absent" };
  return { state: "unknown", why: `uv: ${lastLine(record)}` };
}

function listedOf(listing: ReadonlyMap<string, readonly string[]>, { name }: Pin): IndexedVersion {
  const hashes = listing.get(name);
  if (hashes === undefined) return { state: "unknown", why: "uv did not list it" };
  return { state: "listed", hashes };
}

function readListing(text: string): ReadonlyMap<string, readonly string[]> {
  const { requirements } = parseRequirementsFile(text, "uv");
  return new Map(
    requirements.map(({ name, hashes }) => [name, hashes.map(({ algorithm, hex }) => `${algorithm}:${hex}`)]),
  );
}

async function compile(
  runner: ProcessRunner,
  pins: readonly Pin[],
  { python, signal, timeout }: AskOptions & { readonly timeout: number },
): Promise<ProcessRecord> {
  const record = await runner.run({
    // --refresh: what the index lists now, not what an earlier run kept.
    argv: [
      "uv",
      ..."pip compile --quiet --color never --refresh --no-deps --generate-hashes --no-annotate --no-header --no-progress".split(
        " ",
      ),
      ...(python === undefined ? [] : ["--python-version", python]),
      "-",
    ],
    stdin: pins.map((pin) => `${pinKey(pin)}\n`).join(""),
    timeout,
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  return record;
}

function lastLine({ stderr, outcome }: ProcessRecord): string {
  return stderr.trim().split("\n").at(-1)?.trim().slice(0, 200) || outcome;
}
