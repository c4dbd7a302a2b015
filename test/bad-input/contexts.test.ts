import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesReadBy } from "../kit/bytes-read.ts";
import { startMemoryRegistry } from "../kit/memory-registry.ts";
import { expectKnown, expectNoInnards } from "./expect-known.ts";
import { blueprintOf, diskFleet } from "./on-disk.ts";

const COPY_ALL = "FROM scratch\nCOPY . /all/\n";
const yaml = "lapstrake.yaml";

describe("a context file of 2 GB", () => {
  it("is hashed in bounded memory", async () => {
    const registry = await startMemoryRegistry();
    const fleet = diskFleet({
      [yaml]: blueprintOf(["base"], `${registry.host}/bad`),
      "base/Dockerfile": COPY_ALL,
      "base/big": "",
    });
    const big = join(fleet.folder, "base/big");
    // Sparse: it has the size, and no blocks.
    truncateSync(big, 2 ** 31 + 1);
    const before = process.memoryUsage().rss;
    const first = await fleet.call(["plan", "--json"]);
    expectNoInnards(first);
    expect(first.exit, first.err).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({
      totals: { build: 1, contextBytes: 2 ** 31 + 1 + COPY_ALL.length },
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
    await registry.close();
  }, 120_000);

  it("that the ignore file leaves out costs nothing", async () => {
    const fleet = diskFleet({
      [yaml]: blueprintOf(["base"]),
      "base/Dockerfile": COPY_ALL,
      "base/big": "",
      "base/.dockerignore": "big\n",
    });
    truncateSync(join(fleet.folder, "base/big"), 2 ** 31 + 1);
    const read = await bytesReadBy(async () => {
      const answer = await fleet.call(["check"]);
      expect([answer.exit, answer.out]).toEqual([0, "1 image, no errors, no warnings\n"]);
    });
    expect(read).toBeLessThan(64 << 20);
  });
});

describe("names that are no UTF-8", () => {
  it.each([
    ["a file", "base/caf\xe9.txt"],
    ["a folder", "base/caf\xe9/x.txt"],
  ])("%s: shown by its bytes", async (_, path) => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": COPY_ALL });
    const bytes = Buffer.from(join(fleet.folder, path), "latin1");
    if (path.endsWith("/x.txt")) {
      mkdirSync(bytes.subarray(0, -"/x.txt".length));
    }
    writeFileSync(bytes, "x");
    const { err } = await expectKnown(fleet, ["plan"], { exit: 2, code: "TREE_PATH_ENCODING" });
    expect(err).toContain("caf\\xe9");
    expect(err).toContain("hint:");
  });

  it("the target of a link", async () => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": COPY_ALL });
    symlinkSync(Buffer.from("caf\xe9", "latin1"), join(fleet.folder, "base/link"));
    const { err } = await expectKnown(fleet, ["plan"], { exit: 2, code: "TREE_PATH_ENCODING" });
    expect(err).toContain("link -> caf\\xe9");
  });

  it("in an instruction: two such Dockerfiles would have one identity", async () => {
    const text = (byte: number) => Buffer.concat([Buffer.from("FROM scratch\nENV A="), Buffer.of(byte, 10)]);
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": text(0xe9) });
    const { problems } = await expectKnown(fleet, ["plan"], {
      exit: 2,
      code: "dockerfile-encoding",
      at: { file: "base/Dockerfile", line: 2 },
    });
    expect(problems).toHaveLength(1);
  });

  it("in a comment, as old files have them, they do no harm", async () => {
    const comment = Buffer.from("FROM scratch\n# caf\xe9\nCOPY x /\n", "latin1");
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": comment, "base/x": "" });
    expect((await fleet.call(["check"])).exit).toBe(0);
  });
});

describe("what is no file", () => {
  it("a pipe is left out with a warning, and nobody waits for it", async () => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": COPY_ALL });
    execFileSync("mkfifo", [join(fleet.folder, "base/pipe")]);
    const answer = await fleet.call(["check"]);
    expect(answer.exit).toBe(0);
    expect(answer.out).toContain("[special-file]");
  });

  it("a pipe as a Dockerfile or as a blueprint", async () => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/x": "" });
    execFileSync("mkfifo", [join(fleet.folder, "base/Dockerfile")]);
    const { problems } = await expectKnown(fleet, ["plan"], { exit: 2, code: "dockerfile-unreadable" });
    expect(problems).toHaveLength(1);
  });

  it("a tree deeper than the system's limit on paths", async () => {
    const fleet = diskFleet({ [yaml]: blueprintOf(["base"]), "base/Dockerfile": COPY_ALL });
    const base = join(fleet.folder, "base");
    const dig = `const { mkdirSync } = require("node:fs"); const name = "d".repeat(200);
      for (let level = 0; level < 30; level++) { mkdirSync(name); process.chdir(name); }`;
    execFileSync(process.execPath, ["-e", dig], { cwd: base });
    const { problems } = await expectKnown(fleet, ["check"], { exit: 3, code: "TREE_UNREADABLE" });
    // Node's rmSync cannot.
    execFileSync("rm", ["-rf", base]);
    expect(problems).toHaveLength(1);
  });
});
