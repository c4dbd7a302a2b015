import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";

const file = new URL("../../fleet/lapstrake.yaml", import.meta.url);

describe.skipIf(!existsSync(file))("the reference fleet's blueprint", () => {
  test("is read, and every path in it exists", () => {
    const blueprint = parseBlueprint(readFileSync(file, "utf8"), "fleet/lapstrake.yaml");
    const declared = buildable(blueprint);
    expect(declared.length).toBeGreaterThan(9);
    for (const { name, dockerfile, context } of declared) {
      expect(existsSync(new URL(dockerfile, file)), `${name}: ${dockerfile}`).toBe(true);
      expect(existsSync(new URL(context, file)), `${name}: ${context}`).toBe(true);
    }
  });
});
