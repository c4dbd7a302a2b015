import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { messageOf } from "../../src/core/base/error.ts";
import { createContentsIndex } from "../../src/edge/packages/contents-index.ts";
import { fetchedContents } from "../../src/edge/packages/fetched-contents.ts";
import { type AptArchive, type ArchiveContent, aptWith, openAptArchive } from "../kit/apt-archive.ts";

const GL = "usr/lib/x86_64-linux-gnu/libGL.so.1                 libs/libgl1\n";
const SND = "usr/lib/x86_64-linux-gnu/libsndfile.so.1           universe/libs/libsndfile1\n";
const BOOKWORM = { distribution: "debian", suite: "bookworm", architecture: "amd64" };
const JAMMY = { distribution: "ubuntu", suite: "jammy", architecture: "amd64" };

const debian = (contents: ArchiveContent["contents"]): ArchiveContent => ({
  ...BOOKWORM,
  components: "main contrib",
  contents,
});
const ubuntu = (contents: ArchiveContent["contents"]): ArchiveContent => ({
  ...JAMMY,
  components: "main universe",
  contents,
});

let folder: string;
let archive: AptArchive | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "contents-index-"));
});

afterEach(() => {
  archive?.close();
  archive = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function ask(content: ArchiveContent, spoil: (archive: AptArchive) => void = () => {}) {
  const { distribution, suite } = content;
  archive?.close();
  archive = await openAptArchive(content);
  spoil(archive);
  const index = createContentsIndex({
    runner: aptWith(archive, suite),
    folder,
    clock: () => 0,
    host: { distribution, codename: suite },
    keyrings: archive.keyrings,
  });
  const release = { distribution, suite, architecture: "amd64" };
  const answer = await index.suppliersOf(["libGL.so.1", "libnobody.so.1"], release);
  if (answer.state === "unknown") return answer.why;
  return Object.fromEntries(
    [...answer.suppliers].map(([name, found]) => [name, found.flatMap(({ packages }) => packages)]),
  );
}

describe("who supplies a file, by a real apt from a signed archive", () => {
  it("is told from a whole index; nobody only then", async () => {
    const whole = { "libGL.so.1": ["libgl1"], "libnobody.so.1": [] };
    expect(await ask(debian({ "main/Contents-amd64": GL }))).toEqual(whole);
    rmSync(folder, { recursive: true });
    expect(await ask(debian({ "main/Contents-amd64": SND, "main/Contents-all": GL }))).toEqual(whole);
  });

  it("is told from one index of all components, where a release has that", async () => {
    expect(await ask(ubuntu({ "Contents-amd64": GL + SND }))).toMatchObject({ "libGL.so.1": ["libgl1"] });
  });

  it.each([404, 503, "cut", "other", "gone"] as const)(
    "is unknown where one of two indexes fails (%s)",
    async (fault) => {
      const content = ubuntu({
        "main/Contents-amd64": "usr/bin/x  utils/x\n",
        "universe/Contents-amd64": GL,
      });
      const answer = await ask(content, ({ faults }) => faults.set("universe/Contents-amd64.gz", fault));
      expect(answer).toMatch(/could not read the index of files/);
    },
  );

  it.each([404, 503, "cut", "other", "gone"] as const)(
    "is unknown where the index for all architectures fails (%s)",
    async (fault) => {
      const content = debian({ "main/Contents-amd64": "usr/bin/x  utils/x\n", "main/Contents-all": GL });
      const answer = await ask(content, ({ faults }) => faults.set("main/Contents-all.gz", fault));
      expect(answer).toMatch(/could not read the index of files/);
    },
  );

  it.each([404, 503, "cut", "other", "gone"] as const)(
    "is unknown where the only index fails (%s)",
    async (fault) => {
      for (const path of ["InRelease", "main/Contents-amd64.gz"]) {
        const answer = await ask(debian({ "main/Contents-amd64": GL }), ({ faults }) =>
          faults.set(path, fault),
        );
        expect(answer).toMatch(/could not read the index of files/);
      }
    },
  );

  it("is unknown where a component has no index", async () => {
    expect(await ask(ubuntu({ "main/Contents-amd64": "usr/bin/x  utils/x\n" }))).toMatch(/universe/);
  });
});

describe("indexes that apt left", () => {
  const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const bytes = Buffer.from("index");
  const listed = `SHA256:\n ${sum(bytes)} 5 main/Contents-amd64.gz\n`;
  const expected = { architecture: "amd64", components: ["main"] };

  it.each([
    ["whole", listed, bytes, undefined],
    [
      "signed in its text",
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${listed}-----BEGIN PGP SIGNATURE-----\n`,
      bytes,
      undefined,
    ],
    ["cut", listed, bytes.subarray(1), "main_Contents-amd64.gz did not arrive whole"],
    ["changed", listed, Buffer.from("indeX"), "main_Contents-amd64.gz did not arrive whole"],
    ["missing", listed, undefined, "main_Contents-amd64.gz did not arrive whole"],
    ["not listed", "SHA256:\n", bytes, "the release lists no index of files for main"],
    ["without a list", "Suite: x\n", bytes, "x_dists_x_InRelease:1: it lists no files by SHA256"],
    ["without a release", undefined, bytes, "the release's own list of files did not arrive"],
  ])("are taken only where they are whole: %s", async (_, release, index, why) => {
    if (release !== undefined) writeFileSync(join(folder, "x_dists_x_InRelease"), release);
    const path = join(folder, "x_dists_x_main_Contents-amd64.gz");
    if (index !== undefined) writeFileSync(path, index);
    const found = await fetchedContents(folder, expected).catch((error: unknown) => messageOf(error));
    expect(found).toEqual(why ?? [path]);
  });
});
