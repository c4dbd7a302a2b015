import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { serializeEntry } from "../../src/core/record/entry.ts";
import { createMemoryLedger } from "../../src/edge/ledger/memory-ledger.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import type { Ledger } from "../../src/edge/ledger/port.ts";
import { bytesReadBy } from "../kit/bytes-read.ts";
import { compileProgram } from "../kit/compile-program.ts";
import { buildBody, releaseBody, sampleChain, sampleLines } from "../record/sample.ts";

const clock = (): number => 1_780_000_000_000;
/** Nobody else writes to the files of these tests, but where one says so. */
const alone = { clock, exclusive: <Result>(work: () => Promise<Result>) => work() };

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "lap-ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function fileWith(text: string): string {
  const file = join(scratch(), "ledger.jsonl");
  writeFileSync(file, text);
  return file;
}

const whole = (length: number): string =>
  sampleLines(length)
    .map((line) => `${line}\n`)
    .join("");

describe.each<[string, () => Ledger]>([
  ["a file", () => openLedger(join(scratch(), "made/on/demand/ledger.jsonl"), alone)],
  ["memory", () => createMemoryLedger(clock)],
])("a ledger in %s", (_, open) => {
  test("is empty at first", async () => {
    const ledger = open();
    expect(await ledger.read()).toEqual([]);
    expect(await ledger.head()).toBeUndefined();
    expect(await ledger.last("release")).toBeUndefined();
    expect(await ledger.verify()).toEqual({ ok: true, entries: 0, head: undefined });
  });

  test("keeps what is appended, chained, in order", async () => {
    const ledger = open();
    const first = await ledger.append("build", buildBody("a"));
    const second = await ledger.append("release", releaseBody("t"));
    const third = await ledger.append("build", buildBody("b"));
    expect(await ledger.read()).toEqual([first, second, third]);
    expect(second.previous).toBe(first.hash);
    expect(await ledger.head()).toEqual({ seq: 3, hash: third.hash });
    expect(await ledger.last("release")).toEqual(second);
    expect(await ledger.last("build")).toEqual(third);
    expect(ledger.torn()).toBeUndefined();
  });

  test("appends that come at once come one after another", async () => {
    const ledger = open();
    await Promise.all(Array.from({ length: 20 }, (_, n) => ledger.append("build", buildBody(`i${n}`))));
    expect(await ledger.verify()).toMatchObject({ ok: true, head: { seq: 20 } });
  });

  test("a body of the wrong shape is not written", async () => {
    const ledger = open();
    await expect(ledger.append("build", { ...buildBody(), epoch: -1 })).rejects.toMatchObject({
      code: "RECORD_SHAPE",
    });
    expect(await ledger.read()).toEqual([]);
  });
});

describe("the end of the file", () => {
  test("is read without the rest: damage far before does not matter to last and head, and does to read", async () => {
    const file = fileWith(`damaged\n${whole(1200)}`);
    expect(statSync(file).size).toBeGreaterThan(8 * 64 * 1024);
    const ledger = openLedger(file, alone);
    expect(await ledger.head()).toMatchObject({ seq: 1200 });
    expect(await ledger.last("release")).toMatchObject({ seq: 1200 });
    await expect(ledger.read()).rejects.toMatchObject({
      code: "LEDGER_BROKEN",
      exit: 3,
      details: { line: 1 },
    });
  });

  test("a line that is damaged there is said, and nothing is appended after it", async () => {
    const text = whole(3)
      .replace(/image-1"/g, 'image-X"')
      .replace("20260801-2", "20260801-X");
    const file = fileWith(text);
    const ledger = openLedger(file, alone);
    await expect(ledger.last("release")).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
    await expect(ledger.append("build", buildBody())).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("lines are found whatever their lengths are to the chunks read", async () => {
    // Bodies of up to three chunks; the line ends fall on, before and after the borders.
    for (const length of [1, 65_000, 65_536, 65_537, 131_072, 200_000]) {
      const ledger = openLedger(join(scratch(), "ledger.jsonl"), alone);
      await ledger.append("build", buildBody("first"));
      for (let extra = 0; extra < 3; extra++)
        await ledger.append("release", releaseBody("t".repeat(length + extra)));
      await ledger.append("release", releaseBody("last"));
      expect(await ledger.last("build")).toMatchObject({ seq: 1, body: { image: "first" } });
      expect(await ledger.verify()).toMatchObject({ ok: true, head: { seq: 5 } });
    }
  });

  test("a ledger of 100,000 entries does not slow the newest", async () => {
    const file = join(scratch(), "ledger.jsonl");
    writeFileSync(file, `${"x".repeat(400)}\n`.repeat(100_000) + whole(30));
    const ledger = openLedger(file, alone);
    const read = await bytesReadBy(async () => {
      await ledger.last("release");
      await ledger.head();
    });
    expect(read).toBeLessThan(1 << 20);
    // The canary: reading all of it is seen.
    expect(await bytesReadBy(() => readFile(file))).toBeGreaterThan(process.platform === "linux" ? 40e6 : -1);
  });
});

describe("a torn line", () => {
  test("of any length is set aside with its bytes, reported, and the chain goes on", async () => {
    const [kept, torn] = [whole(2), Buffer.from(sampleLines(3)[2]!)];
    for (const length of [1, 2, 50, torn.length - 1, torn.length]) {
      const half = torn.subarray(0, length);
      const file = fileWith(kept);
      appendFileSync(file, half);
      const ledger = openLedger(file, alone);
      expect(await ledger.read()).toHaveLength(2);
      expect(ledger.torn()).toEqual({ bytes: length, movedTo: undefined });
      expect(readFileSync(file)).toEqual(Buffer.concat([Buffer.from(kept), half]));

      const entry = await ledger.append("build", buildBody());
      expect(entry.seq).toBe(3);
      expect(await ledger.verify()).toMatchObject({ ok: true, head: { seq: 3 } });
      expect(ledger.torn()).toEqual({ bytes: length, movedTo: `${file}.torn-1` });
      expect(readFileSync(`${file}.torn-1`)).toEqual(Buffer.from(half));
    }
  });

  test("at the very beginning leaves an empty ledger", async () => {
    const file = fileWith("half an ent");
    const ledger = openLedger(file, alone);
    expect(await ledger.head()).toBeUndefined();
    expect(await ledger.append("build", buildBody())).toMatchObject({ seq: 1, previous: null });
  });

  test("never overwrites one that was set aside before", async () => {
    const file = fileWith("one");
    const ledger = openLedger(file, alone);
    await ledger.append("build", buildBody());
    appendFileSync(file, "two");
    await ledger.append("build", buildBody());
    expect([1, 2].map((n) => readFileSync(`${file}.torn-${n}`, "utf8"))).toEqual(["one", "two"]);
  });

  test("of zeros and of bytes that are no text is set aside too", async () => {
    const file = fileWith(whole(1));
    appendFileSync(file, Buffer.from([0, 0, 0xff, 0xfe]));
    await openLedger(file, alone).append("build", buildBody());
    expect(readFileSync(`${file}.torn-1`)).toEqual(Buffer.from([0, 0, 0xff, 0xfe]));
  });

  test("is the only damage that is mended: a half line with an end is not", async () => {
    const file = fileWith(`${whole(2)}${sampleLines(3)[2]!.slice(0, 40)}\n`);
    await expect(openLedger(file, alone).append("build", buildBody())).rejects.toMatchObject({
      code: "LEDGER_BROKEN",
    });
  });
});

describe("forgery", () => {
  test("bytes that are no UTF-8 are noticed where decoding would hide them", async () => {
    const file = join(scratch(), "ledger.jsonl");
    await openLedger(file, alone).append("build", buildBody("a\ufffdb"));
    const bytes = readFileSync(file);
    const at = bytes.indexOf(Buffer.from("\ufffd"));
    // 0xFF alone decodes to the same letter as the three bytes of U+FFFD.
    writeFileSync(file, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]));
    expect(readFileSync(file, "utf8")).toBe(bytes.toString("utf8"));
    expect(await openLedger(file, alone).verify()).toMatchObject({
      ok: false,
      line: 1,
      code: "RECORD_JSON",
    });
  });

  test("any change of bytes is noticed, or the file is a shorter sound one (canary: no change is not)", async () => {
    const bytes = Buffer.from(whole(3));
    const file = join(scratch(), "ledger.jsonl");
    const judge = async (forged: Uint8Array) => {
      writeFileSync(file, forged);
      return openLedger(file, alone).verify();
    };
    expect((await judge(bytes)).entries).toBe(3);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const forged = Buffer.from(bytes);
        forged[at]! ^= change;
        const verdict = await judge(forged);
        // Only the last newline may go unseen as forgery: it is a torn line then, and its entry does not count.
        expect(verdict.ok ? verdict.entries : 0).toBeLessThan(3);
        expect(verdict.ok).toBe(at === bytes.length - 1);
      }),
    );
  });
});

describe("crashes and full disks", () => {
  let module: string;
  const compiled = mkdtempSync(join(tmpdir(), "lap-ledger-"));
  beforeAll(() => {
    module = compileProgram("src/edge/ledger/open-ledger.ts", compiled);
  }, 60_000);
  afterAll(() => rmSync(compiled, { recursive: true }));

  const program = (file: string, appends: number, atOnce = false): string => `
    const { openLedger } = await import(${JSON.stringify(module)});
    const ledger = openLedger(${JSON.stringify(file)}, { clock: () => 1_780_000_000_000, exclusive: (work) => work() });
    const body = ${JSON.stringify(releaseBody("t".repeat(20_000)))};
    try {
      const append = async () => console.log((await ledger.append("release", body)).seq);
      const all = Array.from({ length: ${atOnce ? appends : 0} }, append);
      for (const { reason } of await Promise.allSettled(all)) if (reason) console.log(reason.code);
      for (let n = 0; n < ${atOnce ? 1 : appends}; n++) await append();
    } catch (thrown) { console.log(thrown.code); process.exit(thrown.exit); }`;

  test("a writer killed at any moment leaves a ledger with all that it announced", async () => {
    const file = join(scratch(), "ledger.jsonl");
    for (let turn = 1; turn <= 6; turn++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program(file, 100_000)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let announced = 0;
      child.stdout.on("data", (data) => (announced = Number(String(data).trim().split("\n").at(-1))));
      await once(child.stdout, "data");
      await sleep(10 * turn + Math.random() * 20);
      child.kill("SIGKILL");
      await once(child, "close");
      const verdict = await openLedger(file, alone).verify();
      expect(verdict.ok && verdict.head!.seq).toBeGreaterThanOrEqual(announced);
    }
  }, 60_000);

  test("a write that the system cuts short is taken back", async () => {
    const file = join(scratch(), "ledger.jsonl");
    // A limit of 50 KiB on the size of files (in blocks of 512 bytes for sh): the third entry fits only in part.
    const script = `ulimit -f 100; exec "$0" --input-type=module -e "$1"`;
    const run = spawnSync("sh", ["-c", script, process.execPath, program(file, 5)], { encoding: "utf8" });
    expect(run.stdout).toBe("1\n2\nLEDGER_UNWRITABLE\n");
    const ledger = openLedger(file, alone);
    expect(await ledger.verify()).toMatchObject({ ok: true, head: { seq: 2 } });
    expect(ledger.torn()).toBeUndefined();
    expect(await ledger.append("build", buildBody())).toMatchObject({ seq: 3 });
  });

  /**
   * Runs a writer on a small filesystem of its own, in a mount namespace of its own: gone with the process, seen by
   * nobody else. The ledger begins as `begin`; what became of it is returned.
   */
  function onSmallDisk(
    context: TestContext,
    disk: { options: string; begin: string; appends: number; atOnce?: boolean },
  ) {
    const folder = scratch();
    const mount = join(folder, "small");
    mkdirSync(mount);
    writeFileSync(join(folder, "begin"), disk.begin);
    const script = `cd "$2" && mount -t tmpfs -o "$3" none small && cp begin small/ledger.jsonl || exit 99
      "$0" --input-type=module -e "$1"; code=$?; cp -r small after; exit $code`;
    const source = program(join(mount, "ledger.jsonl"), disk.appends, disk.atOnce);
    const argv = [
      "-c",
      'exec unshare "$@"',
      "unshare",
      "--mount",
      "sh",
      "-c",
      script,
      process.execPath,
      source,
      folder,
      disk.options,
    ];
    const run = spawnSync("sh", argv, { encoding: "utf8" });
    if (run.error !== undefined || !existsSync(join(folder, "after"))) {
      console.error(`SKIPPED: no tmpfs can be mounted here, a full disk was not tried: ${run.stderr}`);
      context.skip();
    }
    const after = join(folder, "after");
    const ledger = readFileSync(join(after, "ledger.jsonl"), "utf8");
    return { said: run.stdout, exit: run.status, files: readdirSync(after), ledger };
  }

  test("a full disk is an error of its own, and counts nothing half-written", (context) => {
    const run = onSmallDisk(context, { options: "size=64k", begin: "", appends: 5 });
    expect(run).toMatchObject({ said: "1\n2\n3\nLEDGER_NO_SPACE\n", exit: 3, files: ["ledger.jsonl"] });
    expect(run.ledger.split("\n").map((line) => line === "")).toEqual([false, false, false, true]);
  });

  test("a full disk takes none of a group that does not fit, and all of one that does", (context) => {
    const begin = whole(2);
    // Five entries of 20 KB at once, then one.
    const run = onSmallDisk(context, { options: "size=64k", begin, appends: 5, atOnce: true });
    expect(run.said).toBe(`${"LEDGER_NO_SPACE\n".repeat(5)}3\n`);
    expect(run).toMatchObject({ exit: 0, files: ["ledger.jsonl"] });
    expect(run.ledger.startsWith(begin)).toBe(true);
    expect(run.ledger.split("\n")).toHaveLength(4);
  });

  test("no space to set a torn line aside: it stays, nothing is dropped", (context) => {
    const begin = `${whole(1)}torn`;
    // The folder and the ledger are all the inodes there are.
    const run = onSmallDisk(context, { options: "size=1m,nr_inodes=2", begin, appends: 1 });
    expect(run).toEqual({ said: "LEDGER_NO_SPACE\n", exit: 3, files: ["ledger.jsonl"], ledger: begin });
  });
});

test("a cut at a line's end is a shorter sound ledger, as the README says", async () => {
  const file = fileWith(whole(4));
  truncateSync(file, Buffer.byteLength(whole(2)));
  const chain = sampleChain(2);
  const entries = await openLedger(file, alone).read();
  expect(entries.map(serializeEntry)).toEqual(chain.map(serializeEntry));
});
