import { describe, expect, it } from "vitest";
import { createPace } from "../../src/edge/registry/github/pace.ts";
import { codeOf, fakeTime } from "./kit.ts";

/** How long it waits for each of so many, in milliseconds since the first. */
async function waits(kinds: readonly ("read" | "write")[]): Promise<readonly number[]> {
  const time = fakeTime();
  const pace = createPace(time);
  const start = time.now;
  const at: number[] = [];
  for (const kind of kinds) {
    await pace.take(kind);
    at.push(time.now - start);
  }
  return at;
}

describe("GitHub's pace", () => {
  it("lets reads through at once, as many as a minute has points", async () => {
    expect((await waits(Array.from({ length: 810 }, () => "read" as const))).at(-1)).toBe(0);
  });

  it("keeps a second between writes, and so sixty deletions a minute", async () => {
    const at = await waits(Array.from({ length: 61 }, () => "write" as const));
    expect(at.slice(0, 3)).toEqual([0, 1000, 2000]);
    expect(at.at(-1)).toBe(60_000);
  });

  it("no minute has more points than are allowed, however reads and writes are mixed", async () => {
    const kinds = Array.from({ length: 400 }, (_, n) =>
      n % 4 === 0 ? ("write" as const) : ("read" as const),
    );
    // Twelve pages are listed anew before each deletion.
    const all = kinds.flatMap((kind) =>
      kind === "write" ? [...Array(12).fill("read" as const), kind] : [kind],
    );
    const at = await waits(all);
    const points = all.map((kind) => (kind === "write" ? 5 : 1));
    for (const [index, start] of at.entries()) {
      let sum = 0;
      for (let next = index; next < at.length && (at[next] ?? 0) < start + 60_000; next++)
        sum += points[next] ?? 0;
      expect(sum).toBeLessThanOrEqual(810);
    }
    // The canary: they would be more without it.
    expect(points.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(810);
  });

  it("does not keep a reader for long: it can ask the registry instead", async () => {
    const time = fakeTime();
    const pace = createPace(time);
    for (let n = 0; n < 810; n++) await pace.take("read");
    expect(await codeOf(pace.take("read"))).toBe("REGISTRY_RATE_LIMITED");
    // A refusal costs nothing: who comes later finds the same place.
    time.now += 31_000;
    await pace.take("read");
    expect(time.slept).toEqual([29_000]);
  });
});
