import { describe, expect, it } from "vitest";
import type { SuiteAnswer, SuiteRelease } from "../../src/core/advisory/suite/suite-index.ts";
import type { Sbom, SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { ScanSubject } from "../../src/edge/scanner/port.ts";
import { plantSuiteCanary } from "../../src/edge/scanner/suite/plant-suite-canary.ts";
import { createSuiteSource, type ReadSuite } from "../../src/edge/scanner/suite/suite-source.ts";
import { pypiComponent } from "../kit/pypi-component.ts";
import { BOOKWORM, debComponent, SUITE_DATE, suiteIndex } from "../kit/suite-index.ts";

const DAY = 24 * 3600 * 1000;
const INDEX = suiteIndex({ libssl3: ["3.0.17-1~deb12u2", "openssl"] });

function subject(components: readonly SbomComponent[], system: Sbom["system"] = BOOKWORM): ScanSubject {
  return {
    name: "base",
    at: undefined,
    platform: "linux/amd64",
    sbom: {
      subject: { name: "base", digest: undefined, architecture: "amd64" },
      created: undefined,
      tool: "test",
      system,
      components,
    },
  };
}

interface Asking {
  readonly answer?: SuiteAnswer | ((release: SuiteRelease) => SuiteAnswer);
  readonly now?: number;
}

async function scan(
  subjects: readonly ScanSubject[],
  { answer = { state: "known", index: INDEX }, now = SUITE_DATE + DAY }: Asking = {},
) {
  const asked: string[] = [];
  const read: ReadSuite = (release) => {
    asked.push(`${release.suite} ${release.architecture}`);
    return Promise.resolve(typeof answer === "function" ? answer(release) : answer);
  };
  const { signal } = new AbortController();
  const answers = await createSuiteSource({ read, clock: () => now }).scan(subjects, { signal });
  return { asked, answers };
}

const OLD = debComponent("libssl3", "3.0.9-1", { source: "openssl" });
const NEW = debComponent("libssl3", "3.0.17-1~deb12u2", { source: "openssl" });

describe("the security suite as a source", () => {
  it("answers for each image, reading each suite once", async () => {
    const { asked, answers } = await scan([subject([OLD]), subject([NEW])]);
    expect(asked).toEqual(["bookworm-security amd64"]);
    expect(answers).toMatchObject([
      {
        state: "scanned",
        looked: { deb: 1, pypi: 0 },
        vulnerabilities: [{ id: "suite:bookworm-security/openssl", fixed: ["3.0.17-1~deb12u2"] }],
      },
      { state: "scanned", looked: { deb: 1, pypi: 0 }, vulnerabilities: [] },
    ]);
    expect(answers[0]?.facts).toEqual({
      source: "suite",
      tool: "apt",
      database: {
        digest: INDEX.digest,
        updatedAt: SUITE_DATE,
        records: 1,
        from: "debian's bookworm-security for amd64",
      },
    });
  });

  it("reads one more index for packages of another architecture", async () => {
    const foreign = debComponent("libssl3", "3.0.9-1", { source: "openssl", architecture: "i386" });
    const older: SuiteAnswer = {
      state: "known",
      index: { ...INDEX, digest: digestOf("i386"), date: SUITE_DATE - DAY },
    };
    const { asked, answers } = await scan([subject([NEW, debComponent("a", "1"), foreign])], {
      answer: ({ architecture }) => (architecture === "i386" ? older : { state: "known", index: INDEX }),
    });
    expect(asked).toEqual(["bookworm-security amd64", "bookworm-security i386"]);
    expect(answers).toMatchObject([
      {
        looked: { deb: 3 },
        vulnerabilities: [{ component: { id: foreign.id } }],
        facts: { database: { updatedAt: SUITE_DATE - DAY, records: 2 } },
      },
    ]);
  });

  it("says what it knew where the archive could not be asked again", async () => {
    const { answers } = await scan([subject([NEW])], {
      answer: { state: "known", index: INDEX, stale: "the mirror is away" },
    });
    expect(answers[0]?.facts?.database?.from).toBe(
      "debian's bookworm-security for amd64, as kept: the mirror is away",
    );
  });

  it.each<readonly [string, ScanSubject, Asking, string]>([
    [
      "the suite cannot be read",
      subject([NEW]),
      { answer: { state: "unknown", why: "the mirror is away", hint: "ask another" } },
      "the mirror is away",
    ],
    [
      "it has expired",
      subject([NEW]),
      { now: SUITE_DATE + 8 * DAY },
      "the Release of bookworm-security expired on 2026-12-02: its mirror stands still",
    ],
    [
      "it has expired, and the mirror is away",
      subject([NEW]),
      { now: SUITE_DATE + 8 * DAY, answer: { state: "known", index: INDEX, stale: "503" } },
      "the Release of bookworm-security expired on 2026-12-02: its mirror stands still; 503",
    ],
    [
      "the image is of a distribution without one",
      subject([], { id: "alpine", version: "3.20" }),
      {},
      "alpine has no security suite that is known here",
    ],
    [
      "its packages are of no known distribution",
      { ...subject([NEW]), sbom: { ...subject([NEW]).sbom, system: undefined } },
      {},
      "the image does not say which distribution it is of",
    ],
    [
      "a Debian has no package database",
      subject([]),
      {},
      "the image is of debian and has no package database that says what is installed",
    ],
  ])("is unknown where %s", async (_, each, asking, why) => {
    const { answers } = await scan([each], asking);
    expect(answers).toMatchObject([{ state: "unknown", why }]);
  });

  it("has nothing to look at in an image of no distribution", async () => {
    const bare = { ...subject([]), sbom: { ...subject([]).sbom, system: undefined } };
    const { asked, answers } = await scan([bare]);
    expect(asked).toEqual([]);
    expect(answers).toMatchObject([{ state: "scanned", looked: { deb: 0 }, facts: { database: undefined } }]);
  });

  it("says that it knows nothing of Python", async () => {
    const bare = { ...subject([]), sbom: { ...subject([]).sbom, system: undefined } };
    const distribution = pypiComponent("jinja2", "2.10");
    const { answers } = await scan([
      subject([NEW, distribution]),
      { ...bare, sbom: { ...bare.sbom, components: [distribution] } },
    ]);
    const blind = [{ ecosystem: "pypi", why: "a security suite lists packages of the system alone" }];
    expect(answers).toMatchObject([
      { looked: { deb: 1, pypi: 0 }, blind },
      { looked: { deb: 0, pypi: 0 }, blind },
    ]);
  });

  it("throws an abort and nothing else", async () => {
    const aborted = AbortSignal.abort(new Error("stopped"));
    const read: ReadSuite = () => Promise.resolve({ state: "known", index: INDEX });
    const source = createSuiteSource({ read, clock: () => SUITE_DATE });
    await expect(source.scan([subject([NEW])], { signal: aborted })).rejects.toThrow("stopped");
  });
});

describe("the canary of a suite", () => {
  const { signal } = new AbortController();
  const known: ReadSuite = () => Promise.resolve({ state: "known", index: INDEX });

  it("turns red in the scan that looks at the image it was planted for", async () => {
    const canary = await plantSuiteCanary(subject([NEW]), known, { signal });
    if ("why" in canary) throw new Error(canary.why);
    const { asked, answers } = await scan([subject([NEW]), canary]);
    expect(asked).toHaveLength(1);
    expect(answers).toMatchObject([
      { vulnerabilities: [] },
      { vulnerabilities: [{ component: { version: "0" } }] },
    ]);
  });

  it.each<readonly [string, ScanSubject, SuiteAnswer, string]>([
    [
      "an empty suite",
      subject([NEW]),
      { state: "known", index: suiteIndex({}) },
      "bookworm-security is empty: nothing planted in it could be found",
    ],
    ["a suite that cannot be read", subject([NEW]), { state: "unknown", why: "it is away" }, "it is away"],
    [
      "an image without a suite",
      subject([], { id: "alpine" }),
      { state: "known", index: INDEX },
      "alpine has no security suite that is known here",
    ],
    ["an image without packages", subject([]), { state: "known", index: INDEX }, "the image has no packages"],
  ])("cannot be planted in %s", async (_, each, answer, why) => {
    expect(await plantSuiteCanary(each, () => Promise.resolve(answer), { signal })).toEqual({ why });
  });
});
