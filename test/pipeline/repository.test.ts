import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkWorkflows } from "../../src/flow/ci/check-workflows.ts";
import { connectWorld } from "../../src/views/cli/wire.ts";

const state = mkdtempSync(join(tmpdir(), "lapstrake-workflows-"));
afterAll(() => rmSync(state, { recursive: true, force: true }));

test("the workflows of this repository are those of its fleet, and sound", async () => {
  const never = new AbortController().signal;
  const world = connectWorld({
    cwd: join(import.meta.dirname, "../../fleet"),
    env: { PATH: process.env["PATH"], LAPSTRAKE_STATE: state },
    blueprintFile: undefined,
    version: "1.2.3",
    stamp: "test",
    drain: never,
    kill: never,
    onEvent: () => {},
  });
  const { files, findings, diffs } = await checkWorkflows(world);
  expect(files).toEqual([".github/workflows/docker-build.yml", ".github/workflows/security.yml"]);
  expect(diffs.map(({ diff }) => diff)).toEqual([]);
  expect(findings).toEqual([]);
});
