import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { readAptIndex } from "../../src/edge/builder/bootstrap/apt-index.ts";
import { BootstrapError } from "../../src/edge/builder/bootstrap/error.ts";
import type { ProcessRunner } from "../../src/edge/process/port.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { type AptArchive, type Fault, openAptArchive } from "../kit/apt-archive.ts";

const PACKAGES = "Package: a\nVersion: 1\nArchitecture: amd64\n";
const SUITES = ["bookworm", "bookworm-security"] as const;

let folder: string;
let archives: readonly AptArchive[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "apt-index-"));
  const contents = { "main/binary-amd64/Packages": PACKAGES };
  const common = { distribution: "debian", components: "main", contents };
  archives = await Promise.all(SUITES.map((suite) => openAptArchive({ ...common, suite })));
});

afterEach(() => {
  for (const archive of archives) archive.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Without its waiting between trials; `old` does not know how to fail for what it only warns of. */
function apt(old: boolean): ProcessRunner {
  const real = createProcessRunner();
  return {
    run(command) {
      const [program, ...args] = command.argv.filter((word) => !(old && word.includes("Error-Mode")));
      // A lone `-o` before the next one would be taken for its value.
      const kept = args.filter((word, at) => word !== "-o" || (args[at + 1] ?? "-o") !== "-o");
      return real.run({ ...command, argv: [program ?? "", ...kept, "-o", "Acquire::Retries::Delay=false"] });
    },
  };
}

function read(old = false): Promise<Readonly<Record<string, string>>> {
  const stanzas = archives.map(({ site, keyrings }, at) =>
    [
      "Types: deb",
      `URIs: ${site}`,
      `Suites: ${SUITES[at]}`,
      "Components: main",
      `Signed-By: ${join(keyrings, "debian-archive-keyring.gpg")}`,
      "",
    ].join("\n"),
  );
  return readAptIndex({
    runner: apt(old),
    sources: stanzas.join("\n"),
    architecture: "amd64",
    scratch: join(folder, "scratch"),
  });
}

describe("the package index behind a lock, by a real apt", () => {
  it("has each suite of the sources", async () => {
    const line = digestOf(digestOf(PACKAGES).slice("sha256:".length));
    expect(await read()).toEqual({ bookworm: line, "bookworm-security": line });
  });

  it.each<readonly [Fault, boolean]>([
    [404, false],
    [503, false],
    ["cut", false],
    ["other", false],
    ["gone", false],
    ["gone", true],
  ])("is none where one of two suites does not arrive (%s; an old apt: %s)", async (fault, old) => {
    archives[1]?.faults.set("InRelease", fault);
    const error = await read(old).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BootstrapError);
    expect(error).toMatchObject({
      code: "BOOTSTRAP_FAILED",
      ...(old ? { message: "the InRelease of bookworm-security did not arrive" } : {}),
    });
  });
});
