import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import type { OsvPolicy } from "../../src/core/blueprint/gate-policy.ts";
import { osvChoice } from "../../src/flow/advisories/osv-choice.ts";
import { updateDatabase } from "../../src/flow/advisories/update-database.ts";
import { osvRecord } from "../kit/osv-records.ts";
import { createTestMachine } from "../kit/world.ts";
import { keptDatabases } from "../scanner/kept-databases.ts";

describe("the database that a policy means", () => {
  const folder = "/fleet";

  it.each<[OsvPolicy, ReturnType<typeof osvChoice>]>([
    [{}, { digest: undefined, export: undefined, sources: undefined }],
    [
      { export: "advisories/x.jsonl.gz" },
      { digest: undefined, export: "/fleet/advisories/x.jsonl.gz", sources: undefined },
    ],
    [
      { sources: ["https://mirror.example/all.zip", "own"] },
      { digest: undefined, export: undefined, sources: ["https://mirror.example/all.zip", "/fleet/own"] },
    ],
  ])("%j is looked for where its blueprint lies", (policy, choice) => {
    expect(osvChoice(policy, folder)).toEqual(choice);
  });

  it("is an export of the tree, or one by its digest, wherever that was fetched from", async () => {
    const { databases, path } = keptDatabases();
    const root = path("fleet");
    const file = path("fleet/advisories/x.jsonl");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(osvRecord()));
    const opened = await databases.open(osvChoice({ export: "advisories/x.jsonl" }, root));
    await opened.close();
    const { digest } = opened.about;
    const pinned = await databases.open(osvChoice({ digest, sources: ["elsewhere"] }, root));
    await pinned.close();
    expect(pinned.about.digest).toBe(digest);
  });

  it("is made of what is named on the command line, below where that was typed", async () => {
    const { databases } = keptDatabases();
    const machine = await createTestMachine();
    const world = { ...machine.world(), cwd: "/nowhere/at/all", advisories: async () => databases };
    await expect(updateDatabase(world, ["x.zip"])).rejects.toMatchObject({
      code: "EXPORT_UNREADABLE",
      message: expect.stringContaining("/nowhere/at/all/x.zip"),
    });
  });
});
