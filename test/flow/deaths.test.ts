import { array, asyncProperty, boolean, assert as check, integer, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { isKind } from "../../src/core/record/entry.ts";
import { readRecord } from "../../src/flow/publish-record.ts";
import { release } from "../../src/flow/release.ts";
import type { World } from "../../src/flow/world.ts";
import { HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { FLAGS, run, tagsOf } from "./run.ts";

/** The program is gone: nothing that it would still have done happens. */
class Death extends Error {}

interface Moment {
  /** Which effect, counted from 1, is the last. */
  readonly at: number;
  /** Whether that effect still happened, though nobody learnt of it. */
  readonly after: boolean;
}

/** A world in which the program dies at one of its effects, as by kill -9. `count` says how many there were. */
function mortal(
  machine: TestMachine,
  { at, after }: Moment,
): { readonly world: World; readonly count: () => number } {
  let count = 0;
  const effect = async <T>(act: () => Promise<T>): Promise<T> => {
    count++;
    if (count > at || (count === at && !after)) throw new Death();
    const result = await act();
    if (count >= at) throw new Death();
    return result;
  };
  const { registry, state, builder } = machine;
  const world: World = {
    ...machine.world(),
    registry: () => ({
      ...registry,
      resolve: (...args) => effect(() => registry.resolve(...args)),
      readManifest: (...args) => effect(() => registry.readManifest(...args)),
      putManifest: (...args) => effect(() => registry.putManifest(...args)),
      putBlob: (...args) => effect(() => registry.putBlob(...args)),
      listTags: (...args) => effect(() => registry.listTags(...args)),
    }),
    builder: async () => ({ build: (...args) => effect(() => builder.build(...args)) }),
    fleetState: async () => ({
      ...state,
      ledger: { ...state.ledger, append: (...args) => effect(() => state.ledger.append(...args)) },
      evidence: { ...state.evidence, put: (...args) => effect(() => state.evidence.put(...args)) },
    }),
  };
  return { world, count: () => count };
}

async function standing(machine: TestMachine): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    SAMPLE_IMAGES.map(async (name) => {
      const tags = await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/${name}` });
      return tags.some((tag) => tag.startsWith("in-")) ? [name] : [];
    }),
  );
  return new Set<string>(names.flat());
}

/** What every record in the registry promises, and the registry does not hold. */
async function brokenPromises(machine: TestMachine): Promise<readonly string[]> {
  const at = { host: HOST, repository: `${NAMESPACE}/releases` };
  const broken: string[] = [];
  for (const tag of await machine.registry.listTags(at)) {
    const stored = await readRecord(machine.registry, at, tag);
    for (const { repository, digest } of stored?.record.images ?? []) {
      const found = await machine.registry.resolve({ host: HOST, repository, tag: stored?.record.tag ?? "" });
      if (found?.digest !== digest) broken.push(`${repository}:${tag}`);
    }
  }
  return broken;
}

async function dieAt(machine: TestMachine, moment: Moment): Promise<readonly string[]> {
  const before = await standing(machine);
  machine.takeBuilt();
  await release(mortal(machine, moment).world, FLAGS).catch((error: unknown) => {
    if (!(error instanceof Death)) throw error;
  });
  return machine.takeBuilt().filter((name) => before.has(name));
}

describe("a release that dies at any of its effects", () => {
  it("has as many as the test must try (canary)", async () => {
    const machine = await createTestMachine();
    const { world, count } = mortal(machine, { at: 10_000, after: false });
    await release(world, FLAGS);
    expect(count()).toBeGreaterThan(40);
    expect(count()).toBeLessThan(120);
  });

  it("again and again, is finished by a run that lives: nothing repeated, nothing promised that does not stand", async () => {
    await check(
      asyncProperty(
        array(record({ at: integer({ min: 1, max: 110 }), after: boolean() }), {
          minLength: 1,
          maxLength: 4,
        }),
        async (moments) => {
          const machine = await createTestMachine();
          for (const moment of moments) {
            expect(await dieAt(machine, moment)).toEqual([]);
            expect(await brokenPromises(machine)).toEqual([]);
          }
          const before = await standing(machine);
          const report = await run(machine);
          expect(report).toMatchObject({ exit: 0 });
          expect(["released", "unchanged"]).toContain(report.state);
          expect(machine.takeBuilt().filter((name) => before.has(name))).toEqual([]);
          expect(Object.values(await tagsOf(machine)).map(({ length }) => length)).toEqual([1, 1, 1, 1]);
          expect(await brokenPromises(machine)).toEqual([]);
          expect(
            await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/releases` }),
          ).toHaveLength(1);
          expect((await machine.state.ledger.verify()).ok).toBe(true);
          const built = (await machine.state.ledger.read()).flatMap((entry) =>
            isKind(entry, "build") ? [entry.body.image] : [],
          );
          expect(new Set(built).size).toBe(built.length);
          expect(await run(machine)).toMatchObject({ state: "unchanged" });
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
