import { describe, expect, it } from "vitest";
import { interleave } from "../../bench/interleave.ts";

describe("interleaving", () => {
  const tracked = (order: string[]) =>
    ["ours", "peer"].map((name) => ({
      name,
      run: (round: number) => Promise.resolve(order.push(name) * 10 + round),
    }));

  it("runs each side once a round, and lets each be first in turn", async () => {
    const order: string[] = [];
    await interleave(tracked(order), { rounds: 3 });
    expect(order).toEqual(["ours", "peer", "peer", "ours", "ours", "peer"]);
  });

  it("gives each side its own samples, in the order of the rounds", async () => {
    const samples = await interleave(tracked([]), { rounds: 3 });
    expect(samples.get("ours")).toEqual([10, 41, 52]);
    expect(samples.get("peer")).toEqual([20, 31, 62]);
  });

  it("rests before every run and tells of every one", async () => {
    const seen: string[] = [];
    await interleave(tracked([]), {
      rounds: 2,
      rest: () => Promise.resolve(void seen.push("rest")),
      onRun: (round, name) => seen.push(`${round} ${name}`),
    });
    expect(seen).toEqual(["rest", "0 ours", "rest", "0 peer", "rest", "1 peer", "rest", "1 ours"]);
  });

  it("stops at a side that fails: no samples come of a broken run", async () => {
    const broken = { name: "ours", run: () => Promise.reject(new Error("exit 1")) };
    await expect(interleave([broken], { rounds: 2 })).rejects.toThrow("exit 1");
  });
});
