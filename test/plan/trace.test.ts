import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { type Guess, type Observed, type RootState, traceFleet } from "../../src/core/plan/trace.ts";
import { madeOf, ROOT, subjectsOf } from "./subjects.ts";

const roots = new Map<string, RootState>([["debian", ROOT]]);

/** Asks as `observe` does, until nothing is unasked. Gives the rounds. */
function ask(
  answer: (contentName: string) => Digest | null,
  guess: Guess = () => undefined,
): { readonly rounds: readonly (readonly string[])[]; readonly observed: Observed } {
  const contents = new Map<string, Digest | null>();
  const rounds: string[][] = [];
  for (;;) {
    const traces = traceFleet(subjectsOf(), { contents, roots }, guess);
    const asked = [...traces].filter(([, trace]) => trace.state === "unasked");
    if (asked.length === 0) return { rounds, observed: { contents, roots } };
    rounds.push(asked.map(([name]) => name));
    for (const [, trace] of asked)
      if (trace.state === "unasked") contents.set(trace.contentName, answer(trace.contentName));
    if (rounds.length > 20) throw new Error("it asks for ever");
  }
}

const statesOf = (observed: Observed) =>
  Object.fromEntries([...traceFleet(subjectsOf(), observed)].map(([name, { state }]) => [name, state]));

describe("traceFleet", () => {
  it("needs a round for each level without a guess, one with right guesses", () => {
    expect(ask(madeOf).rounds).toEqual([["base"], ["web", "cpu"], ["api"]]);
    const guessed = ask(madeOf, madeOf);
    expect(guessed.rounds).toEqual([["base", "web", "cpu", "api"]]);
    expect(statesOf(guessed.observed)).toEqual({
      base: "present",
      web: "present",
      cpu: "present",
      api: "present",
    });
  });

  it("with wrong guesses asks more, and ends with the same answers", () => {
    const wrong = ask(madeOf, (name) => digestOf(`wrong ${name}`));
    expect(wrong.rounds).toEqual([["base", "web", "cpu", "api"], ["web", "cpu", "api"], ["api"]]);
    const [right, guessed] = [ask(madeOf).observed, wrong.observed].map((each) =>
      traceFleet(subjectsOf(), each),
    );
    expect(guessed).toEqual(right);
  });

  it("a guess alone is never an answer", () => {
    const traces = traceFleet(subjectsOf(), { contents: new Map(), roots }, madeOf);
    expect([...traces.values()].map(({ state }) => state)).toEqual(Array(4).fill("unasked"));
    const none = ask(() => null, madeOf);
    expect(statesOf(none.observed)).toEqual({
      base: "absent",
      web: "waiting",
      cpu: "waiting",
      api: "waiting",
    });
  });

  it("what is absent keeps its descendants waiting on the nearest, the rest stands", () => {
    let cpu = "";
    const first = traceFleet(subjectsOf(), ask(madeOf).observed).get("cpu");
    if (first?.state === "present") cpu = first.contentName;
    const { observed } = ask((name) => (name === cpu ? null : madeOf(name)));
    expect(statesOf(observed)).toEqual({ base: "present", web: "present", cpu: "absent", api: "waiting" });
    expect(traceFleet(subjectsOf(), observed).get("api")).toEqual({ state: "waiting", on: ["cpu"] });
  });

  it("a root that cannot be had makes all that stand on it unavailable, with the reason", () => {
    const lacking = { contents: new Map(), roots: new Map([["debian", { unavailable: "no network" }]]) };
    expect(traceFleet(subjectsOf(), lacking).get("api")).toEqual({
      state: "unavailable",
      root: "debian",
      why: "no network",
    });
    const unlocked = traceFleet(subjectsOf(), { contents: new Map(), roots: new Map() });
    expect(unlocked.get("base")).toMatchObject({ state: "unavailable" });
  });

  it("another root is another identity of everything on it", () => {
    const ids = (root: RootState) =>
      [...traceFleet(subjectsOf(), { contents: new Map(), roots: new Map([["debian", root]]) }, madeOf)].map(
        ([, trace]) => ("id" in trace ? trace.id : ""),
      );
    const [one, two] = [ids(ROOT), ids({ digest: digestOf("another") })];
    expect(one?.every((id) => id !== "")).toBe(true);
    expect(one?.filter((id) => two?.includes(id))).toEqual([]);
  });
});
