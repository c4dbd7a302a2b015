import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tinyProgram } from "./tiny-program.ts";

describe.runIf(process.platform === "linux" && process.arch === "x64")("a tiny program", () => {
  it("says, writes and exits as it was told", () => {
    const folder = mkdtempSync(join(tmpdir(), "lap-tiny-"));
    const program = join(folder, "tiny");
    const written = join(folder, "written");
    const steps = [
      { say: "out" },
      { say: "err", to: "stderr" },
      { write: "text", path: written },
      { exit: 3 },
    ] as const;
    writeFileSync(program, tinyProgram(steps));
    chmodSync(program, 0o755);
    const { stdout, stderr, status } = spawnSync(program, { encoding: "utf8" });
    expect([stdout, stderr, status, readFileSync(written, "utf8")]).toEqual(["out\n", "err\n", 3, "text"]);
  });
});
