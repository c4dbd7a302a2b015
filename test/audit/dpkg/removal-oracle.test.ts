import { afterAll, describe, expect, it } from "vitest";
import {
  type DependencyGraph,
  dependencyGraph,
  isHard,
} from "../../../src/core/audit/dpkg/dependency-graph.ts";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { removals } from "../../../src/core/audit/dpkg/removal.ts";
import { createAptState } from "../../kit/apt-state.ts";
import { type DebianImage, debianTree, type StanzaFields } from "../../kit/debian-image.ts";
import { seeded } from "../../kit/debian-versions.ts";

/** Each graph costs some twenty runs of apt. */
const GRAPHS = Number(process.env["LAPSTRAKE_APT_GRAPHS"] ?? 4);
const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 6);
const COUNT = 10;

function graphOf(image: DebianImage): DependencyGraph {
  const database = readPackages(debianTree(image));
  if (database === undefined) throw new Error("no database");
  return dependencyGraph(database);
}

/** apt removes nothing where a dependency is not met, so those that are not are taken out. */
function generated(random: (below: number) => number): DebianImage {
  const name = () => (random(4) === 0 ? (random(2) === 0 ? "v" : "w") : `p${random(COUNT)}`);
  const relation = () => `${name()}${random(4) === 0 ? " (>= 2)" : ""}`;
  const group = () => Array.from({ length: 1 + random(3) }, relation).join(" | ");
  const field = (most: number) => Array.from({ length: random(most + 1) }, group);
  const chance = (one: number, value: string) => (random(one) === 0 ? value : "");
  const drafts = Array.from({ length: COUNT }, () => ({
    Depends: field(2),
    Recommends: field(1),
    Suggests: field(1),
    Version: String(1 + random(3)),
    Provides: chance(3, ["v", "w (= 2)", "v, w"][random(3)] ?? ""),
    Source: chance(2, ["s", "s (2)", "t"][random(3)] ?? ""),
    Essential: chance(12, "yes"),
  }));
  const image = (met: (id: string, text: string) => boolean): DebianImage["packages"] =>
    Object.fromEntries(
      drafts.map((draft, at): [string, StanzaFields] => {
        const lists = Object.entries(draft).map(([key, value]) => [
          key,
          typeof value === "string"
            ? value
            : value.filter((text) => key !== "Depends" || met(`p${at}:amd64`, text)).join(", "),
        ]);
        return [`p${at}`, Object.fromEntries(lists.filter(([, value]) => value !== ""))];
      }),
    );
  const graph = graphOf({ packages: image(() => true) });
  const isMet = (id: string, text: string) =>
    graph.dependenciesOf(id).some((each) => isHard(each) && each.text === text && each.candidates.length > 0);
  return {
    packages: image(isMet),
    automatic: Array.from({ length: COUNT }, (_, at) => `p${at}`).filter(() => random(3) > 0),
  };
}

const names = (ids: readonly string[] = []) => ids.map((id) => id.replace(/:.*/, ""));

describe.each([
  ["as apt is", [], {}],
  ["without suggested ones", ['APT::AutoRemove::SuggestsImportant "false"'], { suggests: false }],
  [
    "without recommended and suggested ones",
    ['APT::AutoRemove::SuggestsImportant "false"', 'APT::AutoRemove::RecommendsImportant "false"'],
    { suggests: false, recommends: false },
  ],
])("what goes with a package, by a real apt: %s", (_, settings, options) => {
  const apt = createAptState(settings);
  afterAll(() => apt.close());

  it("is what apt-get removes, and autoremove with it", { timeout: 24 * 3600_000 }, () => {
    const seen = { broken: 0, unneeded: 0, now: 0 };
    for (let run = 0; run < GRAPHS; run++) {
      const image = generated(seeded(SEED + run));
      apt.write(image);
      const all = removals(graphOf(image), options);
      const unneededNow = names(all.unneeded);
      const ours: unknown[] = [["now", unneededNow]];
      const theirs: unknown[] = [["now", apt.removed("autoremove")]];
      for (const name of Object.keys(image.packages)) {
        const { broken, unneeded, base } = all.of(`${name}:amd64`);
        const removed = apt.removed("remove", name);
        if (removed === undefined) {
          // It refuses only where something of the base would go.
          ours.push([name, base]);
          theirs.push([name, true]);
          continue;
        }
        const gone = [name, ...names(broken)];
        ours.push([
          name,
          gone.toSorted(),
          [...new Set([...gone, ...names(unneeded), ...unneededNow])].toSorted(),
        ]);
        theirs.push([name, removed, apt.removed("autoremove", name)]);
        seen.broken += broken.length;
        seen.unneeded += unneeded?.length ?? 0;
      }
      seen.now += unneededNow.length;
      expect({ run: SEED + run, image, answers: ours }).toEqual({ run: SEED + run, image, answers: theirs });
    }
    if (GRAPHS > 4) console.log(GRAPHS, SEED, seen);
    expect(Math.min(seen.broken, seen.unneeded, seen.now)).toBeGreaterThan(0);
  });
});
