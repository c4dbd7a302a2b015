import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type PackageRemoval, patchDockerfile } from "../../../src/core/policy/audit/patch-dockerfile.ts";

const ONE = `FROM base
USER root
# curl is not named here
RUN apt-get update \\
    && apt-get "$@" install -y --no-install-recommends curl dumb-init gosu=1.14-1 tzdata \\
    && rm -rf /var/lib/apt/lists/*
USER 1000
`;
const MANY = `FROM base
RUN apt-get update && apt-get install -y \\
      curl \\
      # the init of before
      dumb-init \\
      tzdata \\
    && echo dumb-init
`;

const of = (...names: readonly string[]): readonly PackageRemoval[] =>
  names.map((name) => ({ name, line: 2, endLine: 7 }));

/** What git makes of the text with the patch. */
function applied(text: string, names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "lapstrake-patch-"));
  try {
    writeFileSync(join(folder, "Dockerfile"), text);
    const { diff } = patchDockerfile("Dockerfile", text, of(...names));
    const { status, stderr } = spawnSync("git", ["apply", "-"], {
      cwd: folder,
      input: diff,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return readFileSync(join(folder, "Dockerfile"), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a patch of a Dockerfile", () => {
  test("takes words out of an install, pinned ones too, and is what git applies", () => {
    expect(applied(ONE, ["dumb-init", "gosu"])).toBe(ONE.replace(" dumb-init gosu=1.14-1", ""));
  });

  test("takes the line out where it was alone on one, and nothing that is only called so", () => {
    expect(applied(MANY, ["dumb-init"])).toBe(MANY.replace("      dumb-init \\\n", ""));
  });

  test("leaves what no install names, and the last of an install, and says so", () => {
    expect(patchDockerfile("Dockerfile", ONE, of("libcurl4"))).toMatchObject({
      diff: "",
      removed: [],
      kept: [{ name: "libcurl4" }],
    });
    const alone = "FROM base\nRUN apt-get install -y curl\n";
    expect(patchDockerfile("Dockerfile", alone, of("curl"))).toMatchObject({
      diff: "",
      kept: [{ name: "curl" }],
    });
  });

  test("has the right numbers of lines where one hunk follows another", () => {
    const filler = Array.from({ length: 12 }, (_, index) => `# ${index}`).join("\n");
    const text = `${MANY}${filler}\n${MANY.replace("FROM base\n", "")}`;
    const line = text.split("\n").lastIndexOf("RUN apt-get update && apt-get install -y \\") + 1;
    const { diff } = patchDockerfile("Dockerfile", text, [
      { name: "dumb-init", line: 2, endLine: 7 },
      { name: "tzdata", line, endLine: line + 5 },
    ]);
    const starts = [...diff.matchAll(/^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/gm)].map((found) =>
      found.slice(1).map(Number),
    );
    expect(starts).toHaveLength(2);
    const [first, second] = starts;
    expect(second?.[2]).toBe((second?.[0] ?? 0) - 1);
    expect(first?.[3]).toBe((first?.[1] ?? 0) - 1);
  });
});
