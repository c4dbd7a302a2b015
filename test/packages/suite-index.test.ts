import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SuiteAnswer } from "../../src/core/advisory/suite/suite-index.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { createSuiteIndexes } from "../../src/edge/packages/suite-index.ts";
import type { ProcessRunner } from "../../src/edge/process/port.ts";
import { type AptArchive, type ArchiveContent, aptWith, openAptArchive } from "../kit/apt-archive.ts";

const SUITE = { distribution: "debian", suite: "bookworm-security", architecture: "amd64" };
const MAIN = "main/binary-amd64/Packages";
const ALL = "main/binary-all/Packages";
const DAY = 24 * 3600 * 1000;
const DATE = Date.UTC(2026, 10, 25, 2, 22, 30);
const utc = (time: number) => new Date(time).toUTCString().replace("GMT", "UTC");

const stanza = (name: string, version: string, more = "") =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n${more}Description: text\n more of it\n\n`;
const OPENSSL = stanza("libssl3", "3.0.17-1~deb12u2", "Source: openssl\n");

/** As Debian's: for `all` there is no index of its own. */
const archiveOf = (contents: ArchiveContent["contents"], fields = {}): ArchiveContent => ({
  ...SUITE,
  components: "updates/main",
  contents,
  fields: { Architectures: "amd64", Date: utc(DATE), "Valid-Until": utc(DATE + 7 * DAY), ...fields },
});

let folder: string;
let archive: AptArchive | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "suite-index-"));
});

afterEach(() => {
  archive?.close();
  archive = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Asking {
  readonly now?: number;
  readonly spoil?: (archive: AptArchive) => void;
  readonly runner?: ProcessRunner;
}

async function ask(
  content: ArchiveContent,
  { now = DATE, spoil, runner }: Asking = {},
): Promise<SuiteAnswer> {
  archive?.close();
  archive = await openAptArchive(content);
  spoil?.(archive);
  const read = createSuiteIndexes({
    runner: runner ?? aptWith(archive, SUITE.suite),
    folder,
    clock: () => now,
    host: { distribution: "debian", codename: "bookworm" },
    keyrings: archive.keyrings,
  });
  return read(SUITE, { signal: new AbortController().signal });
}

const whyOf = (answer: SuiteAnswer) => (answer.state === "unknown" ? answer.why : "it is known");
const versionsOf = (answer: SuiteAnswer) =>
  answer.state === "known"
    ? Object.fromEntries([...answer.index.packages].map(([name, { version }]) => [name, version]))
    : answer.why;

describe("a security suite, by a real apt from a signed archive", () => {
  it("is read whole, with its dates and a digest that moves with the packages alone", async () => {
    const answer = await ask(archiveOf({ [MAIN]: OPENSSL }));
    expect(answer).toEqual({
      state: "known",
      index: {
        release: SUITE,
        packages: new Map([
          [
            "libssl3",
            { version: "3.0.17-1~deb12u2", source: { name: "openssl", version: "3.0.17-1~deb12u2" } },
          ],
        ]),
        sources: new Map([["openssl", "3.0.17-1~deb12u2"]]),
        records: 1,
        digest: digestOf(`${digestOf(OPENSSL)} bookworm-security_main_binary-amd64_Packages\n`),
        date: DATE,
        validUntil: DATE + 7 * DAY,
        fetchedAt: DATE,
      },
    });
  });

  it("has packages for all architectures from an index of their own, where they stand apart", async () => {
    const tzdata = "Package: tzdata\nVersion: 2026b-0+deb12u1\nArchitecture: all\n";
    const both = { [MAIN]: OPENSSL, [ALL]: tzdata };
    const apart = { Architectures: "all amd64" };
    expect(versionsOf(await ask(archiveOf(both, apart)))).toEqual({
      libssl3: "3.0.17-1~deb12u2",
      tzdata: "2026b-0+deb12u1",
    });
    rmSync(folder, { recursive: true });
    const answer = await ask(archiveOf(both, apart), {
      spoil: ({ faults }) => faults.set(`${ALL}.gz`, 404),
    });
    expect(whyOf(answer)).toMatch(/could not read the index of packages/);
  });

  it.each([404, 503, "cut", "other", "gone"] as const)(
    "is unknown where its index fails (%s)",
    async (fault) => {
      for (const path of ["InRelease", `${MAIN}.gz`]) {
        const answer = await ask(archiveOf({ [MAIN]: OPENSSL }), {
          spoil: ({ faults }) => faults.set(path, fault),
        });
        expect(whyOf(answer)).toMatch(/could not read the index of packages/);
      }
    },
  );

  it("is unknown where it has no index for the architecture", async () => {
    expect(whyOf(await ask(archiveOf({ "main/binary-arm64/Packages": OPENSSL })))).toMatch(
      /could not read the index of packages: .*main\/binary-amd64\/Packages/,
    );
  });

  it("is unknown where the mirror hands out another suite's Release, signed as it is", async () => {
    const other = { Suite: "oldstable", Codename: "bookworm" };
    expect(whyOf(await ask(archiveOf({ [MAIN]: OPENSSL }, other)))).toMatch(/the Release is of bookworm/);
  });

  it("is unknown where nobody signed it with a key that is trusted, whatever the host allows", async () => {
    const content = archiveOf({ [MAIN]: OPENSSL });
    const stranger = await openAptArchive(content);
    try {
      const answer = await ask(content, {
        runner: allowing(stranger, 'Acquire::AllowInsecureRepositories "true";\n'),
      });
      expect(whyOf(answer)).toMatch(/could not read the index of packages/);
    } finally {
      stranger.close();
    }
  });

  it("is unknown where a stanza is none that dpkg reads", async () => {
    const answer = await ask(archiveOf({ [MAIN]: `${OPENSSL}Package: x\nVersion: 1 2\n` }));
    expect(whyOf(answer)).toMatch(/bookworm-security_main_binary-amd64_Packages:8: "1 2" is no version/);
  });

  it("is unknown on a host of another distribution", async () => {
    const read = createSuiteIndexes({
      runner: { run: () => Promise.reject(new Error("nothing is asked")) },
      folder,
      clock: () => DATE,
      host: { distribution: "ubuntu", codename: "noble" },
    });
    const answer = await read(SUITE, { signal: new AbortController().signal });
    expect(whyOf(answer)).toBe("the apt of this host (ubuntu) knows no mirror of debian");
  });

  it("never goes into apt's sources where it is no word", async () => {
    const read = createSuiteIndexes({
      runner: { run: () => Promise.reject(new Error("nothing is asked")) },
      folder,
      clock: () => DATE,
      host: { distribution: "debian", codename: "bookworm" },
    });
    const suite = "bookworm-security main\ndeb [trusted=yes] file:/x x";
    const answer = await read({ ...SUITE, suite }, { signal: new AbortController().signal });
    expect(whyOf(answer)).toMatch(/names no suite/);
  });
});

/** An apt whose host trusts what is not signed. */
function allowing(from: AptArchive, setting: string): ProcessRunner {
  const apt = aptWith(from, SUITE.suite);
  return {
    async run(command) {
      const record = await apt.run(command);
      return command.argv[0] === "apt-config" ? { ...record, stdout: record.stdout + setting } : record;
    },
  };
}

describe("what was kept of a security suite", () => {
  const first = archiveOf({ [MAIN]: OPENSSL });
  const newer = archiveOf({ [MAIN]: stanza("libssl3", "3.0.18-1", "Source: openssl\n") });

  it("answers for an hour without the mirror, then the mirror is asked again", async () => {
    await ask(first);
    expect(versionsOf(await ask(newer, { now: DATE + DAY / 48 }))).toEqual({ libssl3: "3.0.17-1~deb12u2" });
    expect(archive?.asked).toEqual([]);
    expect(versionsOf(await ask(newer, { now: DATE + DAY }))).toEqual({ libssl3: "3.0.18-1" });
  });

  it("answers where the mirror does not, and says that it is old", async () => {
    await ask(first);
    const answer = await ask(newer, { now: DATE + DAY, spoil: ({ faults }) => faults.set("InRelease", 503) });
    expect(answer).toMatchObject({ state: "known", index: { fetchedAt: DATE } });
    expect(answer.state === "known" && answer.stale).toMatch(/could not read the index of packages/);
  });

  it("is not given up for an older one", async () => {
    await ask(first);
    const back = archiveOf({ [MAIN]: stanza("libssl3", "1") }, { Date: utc(DATE - DAY) });
    const answer = await ask(back, { now: DATE + DAY });
    expect(versionsOf(answer)).toEqual({ libssl3: "3.0.17-1~deb12u2" });
    expect(answer.state === "known" && answer.stale).toMatch(/older than the one that was kept/);
  });

  it.each([
    ["its index changed", (name: string) => name.endsWith("_Packages")],
    ["its Release is no more one", (name: string) => name.endsWith("InRelease")],
    ["nobody knows when it was fetched", (name: string) => name === "about.json"],
  ])("does not count where %s", async (_, damaged) => {
    await ask(first);
    const place = join(folder, "debian-bookworm-security-amd64");
    for (const name of readdirSync(place).filter(damaged)) {
      const path = join(place, name);
      writeFileSync(path, readFileSync(path, "utf8").replace(/[a-z]/, "0"));
    }
    expect(versionsOf(await ask(newer))).toEqual({ libssl3: "3.0.18-1" });
  });
});
