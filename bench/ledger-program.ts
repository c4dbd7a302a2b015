import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Digest, digestOf } from "../src/core/base/digest.ts";
import { makeEntry, serializeEntry } from "../src/core/record/entry.ts";
import type { BuildBody } from "../src/core/record/kinds.ts";
import { openEvidence } from "../src/edge/ledger/evidence.ts";
import { openLedger } from "../src/edge/ledger/open-ledger.ts";
import { lockTree } from "../src/edge/tree/lock-tree.ts";
import { writeFileAtomic } from "../src/edge/tree/write-file-atomic.ts";

/**
 * Our side of the benchmarks of the ledger, and the maker of what they read: lapstrake's ledger and nothing else.
 *
 *   ledger-program.js fill FILE COUNT            a sound ledger with its evidence, all at once, nothing synced
 *   ledger-program.js append FILE COUNT WRITERS  so many appends, WRITERS at a time, each waiting for its own
 *   ledger-program.js read FILE                  the promotions of a ledger, by the index
 */
const [action, file = "", count = "0", writers = "1"] = process.argv.slice(2);
switch (action) {
  case "fill":
    await fill(Number(count));
    break;
  case "append":
    await append(Number(count), Number(writers));
    break;
  case "read":
    console.log((await ledger().entriesOf("promotion")).length);
    break;
  default:
    throw new TypeError(`expected fill, append or read, got ${action ?? "nothing"}`);
}

/** As `views/cli/wire.ts` opens it. */
function ledger() {
  return openLedger(file, {
    clock: Date.now,
    async exclusive(work) {
      const lock = await lockTree(`${file}.lock`, { command: "bench", wait: 30_000, poll: 5 });
      try {
        return await work();
      } finally {
        await lock.release();
      }
    },
  });
}

/** What a fleet of 74 images would have written: builds, and every hundredth time a promotion. */
function buildBody(number: number, identity: Digest): BuildBody {
  return {
    image: `image-${number % 74}`,
    identity,
    digest: digestOf(`digest ${number}`),
    parentDigests: { "base-python": digestOf(`parent ${number % 20}`) },
    durationMs: number,
    bytes: 1_000_000 + number,
    epoch: 1_700_000_000,
    revision: "0123456789abcdef0123456789abcdef01234567",
    engine: "private",
  };
}

async function fill(entries: number): Promise<void> {
  const evidence = openEvidence(join(dirname(file), "evidence"), writeFileAtomic);
  const identities: Digest[] = [];
  for (let image = 0; image < 74; image++)
    identities.push(await evidence.put(Buffer.from(`the identity of image ${image}`)));
  mkdirSync(dirname(file), { recursive: true });
  const out = createWriteStream(file);
  let head: Parameters<typeof makeEntry>[0];
  for (let number = 0; number < entries; number++) {
    const identity = identities[number % 74] ?? digestOf("");
    const time = 1_700_000_000_000 + number;
    const entry =
      number % 100 === 99
        ? makeEntry(head, { time, kind: "promotion", body: promotion(number, identity) })
        : makeEntry(head, { time, kind: "build", body: buildBody(number, identity) });
    head = entry;
    if (!out.write(`${serializeEntry(entry)}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

function promotion(number: number, digest: Digest) {
  const image = { name: "image-1", repository: "registry.example/image-1", digest, before: null };
  return { channel: "stable", release: `release-${number}`, state: "done", images: [image] } as const;
}

async function append(entries: number, writers: number): Promise<void> {
  const open = ledger();
  const identity = digestOf("identity");
  let next = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < entries) await open.append("build", buildBody(next++, identity));
    }),
  );
}
