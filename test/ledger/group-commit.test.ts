import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Exclusive } from "../../src/edge/ledger/append-queue.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import { buildBody, releaseBody } from "../record/sample.ts";

/** A ledger whose groups are counted, and may be held before they are told to stand. */
function counted(gate: () => Promise<void> = async () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "lap-group-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let groups = 0;
  const exclusive: Exclusive = async (work) => {
    groups++;
    const result = await work();
    await gate();
    return result;
  };
  const file = join(folder, "ledger.jsonl");
  return { file, ledger: openLedger(file, { clock: () => 0, exclusive }), groups: () => groups };
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test("appends made at once are one group; one after the other, each is its own", async () => {
  const at = counted();
  await Promise.all(Array.from({ length: 500 }, (_, n) => at.ledger.append("build", buildBody(`i${n}`))));
  expect(at.groups()).toBe(1);
  for (let n = 0; n < 3; n++) await at.ledger.append("build", buildBody());
  expect(at.groups()).toBe(4);
  expect(await at.ledger.verify()).toMatchObject({ ok: true, entries: 503 });
});

test("those that come while a group is written wait for the next, which takes all of them, in their order", async () => {
  const gate = createGate();
  const at = counted(() => gate.opened);
  const first = at.ledger.append("build", buildBody("first"));
  // The first group is on its way now.
  await expect.poll(() => at.groups()).toBe(1);
  const later = ["a", "b", "c"].map((image) => at.ledger.append("build", buildBody(image)));
  gate.open();
  expect((await first).seq).toBe(1);
  expect((await Promise.all(later)).map(({ seq, body }) => [seq, body.image])).toEqual([
    [2, "a"],
    [3, "b"],
    [4, "c"],
  ]);
  expect(at.groups()).toBe(2);
});

test("an append is told to stand only once its group is done", async () => {
  const gate = createGate();
  const at = counted(() => gate.opened);
  let isTold = false;
  const append = at.ledger.append("build", buildBody()).then(() => (isTold = true));
  await expect.poll(() => readFileSync(at.file, "utf8")).toContain('"seq":1');
  expect(isTold).toBe(false);
  gate.open();
  await append;
  expect(isTold).toBe(true);
});

test("a body that is refused does not keep the others of its group from standing", async () => {
  const at = counted();
  const results = await Promise.allSettled([
    at.ledger.append("build", buildBody("a")),
    at.ledger.append("build", { ...buildBody("b"), epoch: -1 }),
    at.ledger.append("release", releaseBody("t".repeat(9 * 1024 * 1024))),
    at.ledger.append("build", buildBody("c")),
  ]);
  expect(
    results.map((result) => (result.status === "fulfilled" ? result.value.seq : result.reason.code)),
  ).toEqual([1, "RECORD_SHAPE", "RECORD_SIZE", 2]);
  expect(await at.ledger.verify()).toMatchObject({ ok: true, entries: 2 });
});

test("a group that cannot be written fails as a whole, for the reason that stopped it, and the next goes on", async () => {
  let isShut = true;
  const folder = mkdtempSync(join(tmpdir(), "lap-group-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = openLedger(join(folder, "ledger.jsonl"), {
    clock: () => 0,
    exclusive: (work) => (isShut ? Promise.reject(new Error("no lock")) : work()),
  });
  const refused = await Promise.allSettled([1, 2, 3].map(() => ledger.append("build", buildBody())));
  expect(refused.map((result) => result.status === "rejected" && result.reason.message)).toEqual([
    "no lock",
    "no lock",
    "no lock",
  ]);
  isShut = false;
  expect(await ledger.append("build", buildBody())).toMatchObject({ seq: 1 });
});

test("a group of more than one write takes is several, and nothing is left behind", async () => {
  const at = counted();
  const big = "t".repeat(1024 * 1024);
  await Promise.all(Array.from({ length: 12 }, () => at.ledger.append("release", releaseBody(big))));
  expect(at.groups()).toBeGreaterThan(1);
  expect(at.groups()).toBeLessThan(6);
  expect(await at.ledger.verify()).toMatchObject({ ok: true, entries: 12 });
});
