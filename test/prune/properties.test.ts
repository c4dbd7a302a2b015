import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PruneInputs, type PrunePlan, planPrune } from "../../src/core/inventory/reach/prune-plan.ts";
import type { GraphManifest, GraphRepository } from "../../src/core/inventory/reach/registry-graph.ts";
import { DAY, hexOf, inputs, manifest, NOW, named, release, repository, tagOf } from "./graph.ts";

const NAMES = ["web", "api"] as const;

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What a manifest of a repository is, by its number; children, subject and base point at lower numbers: no cycles. */
const shape = fc.record({
  children: fc.array(fc.nat(30), { maxLength: 2 }),
  subject: seldom(fc.nat(30)),
  base: seldom(fc.nat(30)),
  tags: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }).map(tagOf) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 5 }).map((n) => `${tagOf(n)}-prev`) },
      { weight: 2, arbitrary: fc.constant("unproven") },
      { weight: 1, arbitrary: fc.constantFrom("stable", "20260101-9999999", "build-cache") },
    ),
    { maxLength: 2 },
  ),
  /** Has its own content tag, as everything has that was built here. */
  content: fc.boolean(),
  made: fc.option(fc.integer({ min: NOW - 99 * DAY, max: NOW }), { nil: undefined }),
  ours: fc.boolean(),
});

const world = fc
  .record({
    repositories: fc.tuple(...NAMES.map(() => fc.array(shape, { maxLength: 14 }))),
    releases: fc.array(
      fc.record({ n: fc.integer({ min: 1, max: 5 }), days: fc.nat(99), web: fc.nat(13), api: fc.nat(13) }),
      { minLength: 2, maxLength: 9 },
    ),
    keep: fc.integer({ min: 1, max: 4 }),
    days: fc.nat(30),
    running: fc.option(fc.nat(13), { nil: undefined }),
    lastStays: fc.boolean(),
  })
  .map(({ repositories, releases, keep, days, running, lastStays }): PruneInputs => {
    const graph = NAMES.map((name, index) => ({
      ...repository(
        name,
        (repositories[index] ?? []).map((each, n) => node(name, each, n)),
      ),
      lastStays,
    }));
    const has = (name: string, n: number): boolean =>
      n < (graph.find((each) => each.name === `demo/${name}`)?.manifests.length ?? 0);
    return inputs({
      keep,
      olderThanMs: days * DAY,
      declared: NAMES,
      repositories: graph,
      // Only images that are there: what is missing is another rule's.
      releases: releases.map(({ n, days, web, api }) =>
        release(tagOf(n), days, {
          ...(has("web", web) ? { web: `web ${web}` } : {}),
          ...(has("api", api) ? { api: `api ${api}` } : {}),
        }),
      ),
      engines:
        running === undefined
          ? []
          : [
              {
                name: "pc",
                images: [],
                containers: [{ name: "c", state: "running", image: "", imageId: named(`web ${running}`) }],
              },
            ],
    });
  });

function node(
  name: string,
  each: typeof shape extends fc.Arbitrary<infer T> ? T : never,
  n: number,
): GraphManifest {
  const lower = (to: number): string => `${name} ${n === 0 ? 0 : to % n}`;
  const link = n > 0;
  return manifest(`${name} ${n}`, {
    tags: each.content ? [...each.tags, `in-${hexOf(`identity of ${name} ${n}`)}`] : each.tags,
    ours: each.ours,
    children: link ? each.children.map((to) => named(lower(to))) : [],
    ...(link && each.subject !== undefined ? { subject: named(lower(each.subject)) } : {}),
    ...(link && each.base !== undefined ? { base: named(lower(each.base)) } : {}),
    ...(each.made === undefined ? {} : { made: each.made }),
  });
}

const nameOf = (at: Pick<GraphRepository, "name">, digest: string): string => `${at.name}@${digest}`;

/** What a person would say must not go, without the code under test: a fixed point, slow and plain. */
function mustStay({ repositories, engines, releases }: PruneInputs, plan: PrunePlan): Set<string> {
  const kept = new Set(plan.releases.filter((each) => each.kept).map(({ tag }) => tag));
  const stay = new Set<string>();
  for (const { tag, images } of releases) {
    if (kept.has(tag)) for (const { repository: name, digest } of images) stay.add(nameOf({ name }, digest));
  }
  for (const at of repositories) {
    for (const each of at.manifests) {
      const held = each.tags.some(
        (tag) =>
          tag === "stable" ||
          tag === "20260101-9999999" ||
          kept.has(tag) ||
          kept.has(tag.replace(/-prev$/, "")),
      );
      const runs = engines.some(({ containers }) =>
        containers.some(({ imageId }) => imageId === each.digest),
      );
      if (held || runs) stay.add(nameOf(at, each.digest));
    }
  }
  for (let before = -1; before !== stay.size; ) {
    before = stay.size;
    for (const at of repositories) {
      for (const each of at.manifests) {
        if (stay.has(nameOf(at, each.digest))) {
          for (const child of each.children) stay.add(nameOf(at, child));
          if (each.base !== undefined) stay.add(nameOf(at, each.base));
          if (each.subject !== undefined) stay.add(nameOf(at, each.subject));
        }
        if (each.subject !== undefined && stay.has(nameOf(at, each.subject)))
          stay.add(nameOf(at, each.digest));
      }
    }
  }
  return stay;
}

const removed = (plan: PrunePlan): string[] =>
  plan.remove.map(({ repository: name, digest }) => nameOf({ name }, digest));
const runs = { numRuns: 500 };

describe("for random registries", () => {
  it("nothing that is reachable from what stays is ever deleted", () => {
    let deleted = 0;
    fc.assert(
      fc.property(world, (given) => {
        const plan = planPrune(given);
        const stay = mustStay(given, plan);
        deleted += plan.remove.length;
        expect(removed(plan).filter((name) => stay.has(name))).toEqual([]);
      }),
      runs,
    );
    // The canary: it was not proven by deleting nothing.
    expect(deleted).toBeGreaterThan(200);
  });

  it("a planner that sees only tags would be caught (canary)", () => {
    const blind = ({ digest, mediaType, tags, blobs }: GraphManifest): GraphManifest => ({
      digest,
      mediaType,
      tags,
      blobs,
      children: [],
      ours: true,
    });
    const caught = fc.sample(world, 500).filter((given) => {
      const repositories = given.repositories.map((at) => ({ ...at, manifests: at.manifests.map(blind) }));
      const plan = planPrune({ ...given, repositories });
      const stay = mustStay(given, plan);
      return removed(plan).some((name) => stay.has(name));
    });
    expect(caught.length).toBeGreaterThan(50);
  });

  it("a host that keeps the last tagged version is never asked for it", () => {
    const emptied = ({ repositories }: PruneInputs, plan: PrunePlan): readonly GraphRepository[] => {
      const gone = new Set(removed(plan));
      return repositories.filter(({ name, manifests }) => {
        const tagged = manifests.filter(({ tags }) => tags.length > 0);
        const wanted = tagged.length > 0 ? tagged : manifests;
        return wanted.length > 0 && wanted.every(({ digest }) => gone.has(nameOf({ name }, digest)));
      });
    };
    const of = (given: PruneInputs, lastStays: boolean): PruneInputs => ({
      ...given,
      repositories: given.repositories.map((at) => ({ ...at, lastStays })),
    });
    let canary = 0;
    fc.assert(
      fc.property(world, (given) => {
        const strict = of(given, true);
        expect(emptied(strict, planPrune(strict))).toEqual([]);
        const loose = of(given, false);
        canary += emptied(loose, planPrune(loose)).length;
      }),
      runs,
    );
    // Elsewhere whole repositories do go.
    expect(canary).toBeGreaterThan(5);
  });

  it("with anything unknown, nothing is deleted", () => {
    fc.assert(
      fc.property(world, (given) => {
        const plan = planPrune({ ...given, unread: [{ what: "something", why: "it does not answer" }] });
        expect([plan.state, plan.remove, plan.engineRemove]).toEqual(["refused", [], []]);
      }),
      runs,
    );
  });

  it("everything is judged once, and each digest that holds another goes before it", () => {
    fc.assert(
      fc.property(world, (given) => {
        const plan = planPrune(given);
        const all = given.repositories.flatMap((at) => at.manifests.map(({ digest }) => nameOf(at, digest)));
        const judged = [
          ...removed(plan),
          ...plan.keep.map(({ repository: name, digest }) => nameOf({ name }, digest)),
        ];
        expect(judged.toSorted()).toEqual([...new Set(all)].toSorted());
        const order = new Map(removed(plan).map((name, index) => [name, index]));
        const wrong: string[] = [];
        for (const at of given.repositories) {
          for (const each of at.manifests) {
            // A referrer whose own child is its subject is a circle: no order can be right for both.
            const after = each.children.filter((child) => child !== each.subject);
            for (const child of after) {
              const [first, then] = [order.get(nameOf(at, each.digest)), order.get(nameOf(at, child))];
              const inOrder = first === undefined || then === undefined || first < then;
              if (!inOrder && !circular(at, each.digest, child)) wrong.push(nameOf(at, child));
            }
          }
        }
        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });

  it("what is left after a plan was carried out needs no other plan", () => {
    fc.assert(
      fc.property(world, (given) => {
        const gone = new Set(removed(planPrune(given)));
        const repositories = given.repositories.map((at) => ({
          ...at,
          manifests: at.manifests.filter(({ digest }) => !gone.has(nameOf(at, digest))),
        }));
        expect(planPrune({ ...given, repositories }).state).not.toBe("ready");
      }),
      runs,
    );
  });
});

/** Whether the child leads back to the digest by subjects and children. */
function circular(at: GraphRepository, digest: string, child: string): boolean {
  const seen = new Set([child]);
  for (const each of seen) {
    for (const other of at.manifests) {
      if (other.subject === each) seen.add(other.digest);
      if (other.digest === each) for (const next of other.children) seen.add(next);
    }
  }
  return seen.has(digest);
}
