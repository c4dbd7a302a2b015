import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PackageDatabase } from "../../../src/core/audit/dpkg/package-database.ts";
import { readPackages } from "../../../src/core/audit/dpkg/read-packages.ts";
import { seeded } from "../../kit/debian-versions.ts";
import { type BuiltPackage, createDpkgRoot, type DpkgRoot } from "../../kit/dpkg-root.ts";

const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 6);
const FOLDERS = ["/lib", "/usr/lib", "/bin", "/usr/bin", "/usr/lib/x86_64-linux-gnu", "/opt/a b", "/etc"];
const FILES = 60;
const PACKAGES = 10;

let root: DpkgRoot | undefined;
afterEach(() => {
  root?.close();
  root = undefined;
});

/** Each path is in one package; where /usr is merged, another may bring it by its other spelling, as it happens in archives. */
function generated(random: (below: number) => number): readonly BuiltPackage[] {
  const files = Array.from({ length: PACKAGES }, (): Record<string, string> => ({}));
  for (let at = 0; at < FILES; at++) {
    const owner = random(PACKAGES);
    const name = random(8) === 0 ? `é ${at % 20}` : `f${at % 20}`;
    const path = `${FOLDERS[random(FOLDERS.length)] ?? ""}/${name}`;
    // dpkg itself does not unpack an archive that has a file twice.
    if (otherSpelling(path) in (files[owner] ?? {})) continue;
    if (files.every((each) => !(path in each))) Object.assign(files[owner] ?? {}, { [path]: `p${owner}` });
  }
  const shared = { "/usr/share/doc/both/copyright": "both" };
  const both = (architecture: string): BuiltPackage => ({
    name: "both",
    architecture,
    multiArch: "same",
    files: { ...shared, [`/usr/lib/${architecture}/both`]: "both" },
  });
  return [
    ...files.map((each, at) => ({ name: `p${at}`, architecture: "amd64", files: each })),
    both("amd64"),
    both("i386"),
  ];
}

const otherSpelling = (path: string) => (path.startsWith("/usr/") ? path.slice(4) : `/usr${path}`);

/**
 * Of any package or of the administrator, before and after others bring the path. Some are of its other spelling, of which
 * dpkg does not know that it is the same.
 */
function divert(made: DpkgRoot, paths: readonly string[], random: (below: number) => number): void {
  for (let left = 5; left > 0; left--) {
    const path = paths[random(paths.length)] ?? "";
    // Of two files in one place, only the later is left to be moved.
    if (paths.includes(otherSpelling(path))) continue;
    const by = random(3) === 0 ? ["--local"] : ["--package", `p${random(PACKAGES)}`];
    const [how, from] = random(4) === 0 ? ["--no-rename", otherSpelling(path)] : ["--rename", path];
    // A second diversion of one path is refused, and that is all that is.
    made.run("dpkg-divert", [...by, how, "--divert", `${from}.away`, "--add", from], true);
  }
}

function databaseOf(made: DpkgRoot): PackageDatabase {
  const database = readPackages(made.tree());
  if (database === undefined) throw new Error("no database");
  expect(database.unread).toEqual([]);
  return database;
}

/** By path, the owners by `dpkg -S`, which looks at lists alone. */
function searched(made: DpkgRoot, paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const line of made.run("dpkg-query", ["--search", ...paths], true).split("\n")) {
    const [, owners = "", path = ""] = /^((?:[a-z0-9:]+(?:, )?)+): (\/.*)$/.exec(line) ?? [];
    if (owners !== "")
      found.set(
        path,
        owners.split(", ").map((name) => (name.includes(":") ? name : `${name}:amd64`)),
      );
  }
  return found;
}

/** `dpkg -L`, with the places of diverted files in the place of their paths. */
function listed(made: DpkgRoot, name: string): readonly string[] {
  const places: string[] = [];
  for (const line of made.run("dpkg-query", ["--listfiles", name]).trimEnd().split("\n")) {
    const away = /^(?:locally diverted|diverted by .+) to: (\/.*)$/.exec(line)?.[1];
    if (away !== undefined) places.splice(-1, 1, away);
    else if (line.startsWith("/") && line !== "/.") places.push(line);
  }
  return places;
}

const MERGED = /^\/(bin|lib|sbin)(?=\/|$)/;

describe.each([{ merged: true }, { merged: false }])(
  "whose a path is, by a real dpkg ($merged)",
  ({ merged }) => {
    const spelt = (path: string) => (merged ? path.replace(MERGED, "/usr/$1") : path);

    it.each([0, 1, 2])(
      "is what dpkg says, and what the files themselves say (%i)",
      { timeout: 120_000 },
      (more) => {
        const random = seeded(SEED + more);
        const made = createDpkgRoot({ merged });
        root = made;
        const packages = generated(random);
        const paths = packages.flatMap(({ files }) => Object.keys(files));
        divert(made, paths, random);
        made.install(packages);
        divert(made, paths, random);
        const database = databaseOf(made);
        expect(database.diversions.length).toBeGreaterThan(3);

        const owners = (path: string) =>
          database
            .ownersOf(path.slice(1))
            .map(({ id }) => id)
            .toSorted();
        const diverted = new Set(
          database.diversions.flatMap(({ from, to }) => [spelt(`/${from}`), spelt(`/${to}`)]),
        );
        const plain = [...new Set(paths)].filter((path) => !diverted.has(spelt(path)));
        const found = searched(made, plain);
        const expected = (path: string) =>
          [...found].flatMap(([other, names]) => (spelt(other) === spelt(path) ? names : [])).toSorted();
        expect(plain.map((path) => [path, owners(path)])).toEqual(
          plain.map((path) => [path, [...new Set(expected(path))]]),
        );

        for (const { id, name } of database.packages.values()) {
          const each = database.packages.get(id);
          const places = each && database.placesOf(each).map((place) => `/${place}`);
          expect([id, places?.toSorted()]).toEqual([
            id,
            [
              ...new Set(
                listed(made, name === "both" ? id : name).map((path) =>
                  MERGED.exec(path)?.[0] === path ? path : spelt(path),
                ),
              ),
            ].toSorted(),
          ]);
        }

        // Each file holds the name of the package that brought it.
        let files = 0;
        for (const [path, { type }] of made.tree().walk()) {
          if (type !== "file" || path.startsWith("var/")) continue;
          const brought = readFileSync(join(made.path, path), "utf8");
          expect([path, owners(`/${path}`).map((id) => id.replace(/:.*/, ""))]).toEqual([
            path,
            expect.arrayContaining([brought]),
          ]);
          files++;
        }
        expect(files).toBeGreaterThan(30);
      },
    );
  },
);

describe("an alternative, by a real update-alternatives", () => {
  it("has the links, followers and choices that are shown", () => {
    const made = createDpkgRoot({ merged: true });
    root = made;
    const files = { "/usr/bin/one": "p", "/usr/bin/two": "p", "/usr/lib/one.so": "p", "/bin/three": "p" };
    made.install([{ name: "p", architecture: "amd64", files }]);
    // Its folders are not named: those that are named are the host's, whatever the root.
    const alternatives = (...args: string[]) => made.run("update-alternatives", ["--quiet", ...args]);
    const slave = (path: string) => ["--slave", "/lib/pick.so", "pick.so", path];
    alternatives("--install", "/usr/bin/pick", "pick", "/usr/bin/one", "5", ...slave("/usr/lib/one.so"));
    alternatives("--install", "/usr/bin/pick", "pick", "/usr/bin/two", "-7");
    alternatives("--install", "/usr/bin/pick", "pick", "/bin/three", "50");
    alternatives("--install", "/bin/other", "other", "/usr/bin/two", "1");
    alternatives("--set", "pick", "/usr/bin/one");
    const database = databaseOf(made);
    for (const name of ["pick", "other"]) {
      const shown = alternatives("--query", name);
      const one = (field: string) => new RegExp(`^${field}: /?(.*)$`, "m").exec(shown)?.[1];
      const choices = [...shown.matchAll(/^Alternative: \/(.*)\nPriority: (.*)$/gm)];
      const slaves = [...(/^Slaves:\n((?: .*\n)+)/m.exec(shown)?.[1] ?? "").matchAll(/^ (\S+) \/(.*)$/gm)];
      expect(database.alternatives.get(name)).toEqual({
        name,
        mode: one("Status"),
        link: one("Link"),
        followers: slaves.map(([, follower, link]) => ({ name: follower, link })),
        choices: choices.map(([, path, priority]) => ({ path, priority: Number(priority) })),
      });
    }
    const names = [
      "usr/bin/pick",
      "bin/pick",
      "usr/lib/pick.so",
      "etc/alternatives/pick.so",
      "usr/bin/other",
      "usr/bin/one",
    ];
    expect(names.map((path) => database.alternativeOf(path))).toEqual([
      "pick",
      "pick",
      "pick",
      "pick",
      "other",
      undefined,
    ]);
  });
});
