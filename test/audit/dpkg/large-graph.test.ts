import { array, assert, constantFrom, integer, property, record, tuple, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { closureOf } from "../../../src/core/audit/dpkg/closure.ts";
import {
  type DependencyGraph,
  dependencyGraph,
  isBase,
  isHard,
} from "../../../src/core/audit/dpkg/dependency-graph.ts";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { removals } from "../../../src/core/audit/dpkg/removal.ts";
import { compareDebianVersions, parseDebianVersion } from "../../../src/core/audit/dpkg/version.ts";
import { AuditError } from "../../../src/core/audit/error.ts";
import { type DebianImage, debianTree, type StanzaFields } from "../../kit/debian-image.ts";

function graphOf(image: DebianImage): DependencyGraph {
  const database = readPackages(debianTree(image));
  if (database === undefined) throw new Error("no database");
  return dependencyGraph(database);
}

function many(count: number, fields: (at: number) => StanzaFields): DebianImage["packages"] {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, fields(at)]));
}

const nameOf = (at: number) => `p${at}`;

function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof AuditError) return error.code;
    throw error;
  }
}

describe("a graph of 30,000 packages", () => {
  const COUNT = 30_000;

  it("that all provide and need one name has one list of them, which each question reads once", () => {
    const packages = many(COUNT, () => ({
      Provides: "v",
      Depends: "v",
      Recommends: "v | x",
      Suggests: "v | y",
    }));
    const automatic = Object.keys(packages).slice(1);
    const graph = graphOf({ packages, automatic });
    const lists = new Set(
      Object.keys(packages).flatMap((name) =>
        graph.dependenciesOf(`${name}:amd64`).map(({ candidates }) => candidates),
      ),
    );
    expect([lists.size, [...lists].map(({ length }) => length)]).toEqual([3, [COUNT, COUNT, COUNT]]);
    // All are of one source and version; the first needs the name, so all stay.
    const all = removals(graph);
    expect([all.unneeded, all.of("p1:amd64"), all.of("p0:amd64").unneeded?.length]).toEqual([
      [],
      { broken: [], unneeded: [], base: false },
      COUNT - 1,
    ]);
    const closure = closureOf(graph, graph.database.packages.keys());
    expect([closure.kept.size, closure.unmet]).toEqual([COUNT, []]);
  });

  it("that asks for one name in as many ways is refused before it is judged", () => {
    const packages = many(COUNT, (at) => ({ Provides: "v (= 5)", Depends: `v (>= 1.${at})` }));
    expect(codeOf(() => graphOf({ packages }))).toBe("DPKG_INVALID");
  });

  const chain = many(COUNT, (at): StanzaFields => (at === 0 ? {} : { Depends: nameOf(at - 1) }));
  const chained = { packages: chain, automatic: Object.keys(chain).slice(0, -1) };

  it("that is one chain is walked once a question, and not as often as there are questions", () => {
    const all = removals(graphOf(chained), { maxSteps: 2_000_000 });
    expect(all.of("p0:amd64").broken.length).toBe(COUNT - 1);
    expect(all.of(`p${COUNT - 1}:amd64`)).toMatchObject({ broken: [], unneeded: { length: COUNT - 1 } });
    expect(codeOf(() => Object.keys(chain).map((name) => all.of(`${name}:amd64`)))).toBe("DPKG_INVALID");
  });

  it("whose questions are long and have short answers is not walked as often either", () => {
    const packages = {
      holder: { Recommends: Object.keys(chain).join(", ") },
      ...many(COUNT, (at): StanzaFields => (at === 0 ? {} : { Recommends: nameOf(at - 1) })),
    };
    const all = removals(graphOf({ packages, automatic: Object.keys(chain) }), { maxSteps: 2_000_000 });
    const answers = Object.keys(chain).map((name) => `${name}:amd64`);
    expect(all.of(answers.at(-1) ?? "")).toEqual({ broken: [], unneeded: [], base: false });
    expect(codeOf(() => answers.toReversed().map((id) => all.of(id)))).toBe("DPKG_INVALID");
  });
});

describe("what nobody needs any more", () => {
  const relation = array(
    tuple(
      constantFrom("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "v", "w"),
      constantFrom("", " (>= 2)"),
    ),
    { minLength: 1, maxLength: 3 },
  );
  const field = array(relation, { maxLength: 2 }).map((groups) =>
    groups.map((group) => group.map((parts) => parts.join("")).join(" | ")).join(", "),
  );
  const stanza = record(
    {
      Depends: field,
      Recommends: field,
      Suggests: field,
      Version: constantFrom("1", "2", "3"),
      Provides: constantFrom("v", "w (= 2)", "v, w"),
      Source: constantFrom("s", "s (2)", "t"),
      Essential: constantFrom("no", "no", "no", "yes"),
    },
    { requiredKeys: [] },
  );
  const image = record({
    stanzas: array(stanza, { minLength: 8, maxLength: 8 }),
    automatic: uniqueArray(integer({ min: 0, max: 7 })),
  });

  /** As apt does it, from the beginning for each question. */
  function marked(graph: DependencyGraph, gone: ReadonlySet<string>): ReadonlySet<string> {
    const packages = [...graph.database.packages.values()];
    const found = new Set(
      packages
        .filter((each) => !gone.has(each.id) && (each.automatic === false || isBase(each)))
        .map(({ id }) => id),
    );
    for (const id of found) {
      for (const { choices } of graph.dependenciesOf(id)) {
        for (const choice of choices) {
          const there = choice.filter((each) => !gone.has(each.id));
          for (const { id: target, source } of there)
            if (
              there.every(
                (other) =>
                  other.source.name !== source.name || !isNewer(other.source.version, source.version),
              )
            )
              found.add(target);
        }
      }
    }
    return found;
  }

  function isNewer(a: string, b: string): boolean {
    const [one, other] = [parseDebianVersion(a), parseDebianVersion(b)];
    return one !== undefined && other !== undefined && compareDebianVersions(one, other) > 0;
  }

  function broken(graph: DependencyGraph, id: string): ReadonlySet<string> {
    const gone = new Set([id]);
    for (let before = 0; before < gone.size; ) {
      before = gone.size;
      for (const each of graph.database.packages.keys())
        for (const dependency of graph.dependenciesOf(each))
          if (isHard(dependency) && dependency.candidates.length > 0)
            if (dependency.candidates.every((candidate) => gone.has(candidate.id))) gone.add(each);
    }
    return gone;
  }

  it("is what a walk from the beginning does not reach, for any small graph", () => {
    let lost = 0;
    assert(
      property(image, ({ stanzas, automatic }) => {
        const graph = graphOf({
          packages: many(8, (at) =>
            Object.fromEntries(Object.entries(stanzas[at] ?? {}).filter(([, value]) => value !== "")),
          ),
          automatic: automatic.map(nameOf),
        });
        const all = removals(graph);
        const ids = [...graph.database.packages.keys()];
        const now = marked(graph, new Set());
        expect(all.unneeded).toEqual(ids.filter((id) => !now.has(id)));
        for (const id of ids) {
          const gone = broken(graph, id);
          const then = marked(graph, gone);
          const unneeded = ids.filter((each) => now.has(each) && !then.has(each) && !gone.has(each));
          lost += unneeded.length;
          expect(all.of(id)).toMatchObject({
            broken: [...gone].filter((each) => each !== id).toSorted(),
            unneeded,
          });
        }
      }),
      { numRuns: 1000, seed: 6 },
    );
    expect(lost).toBeGreaterThan(1000);
  });
});
