import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alternatives, blueprintJsonSchema, type JsonSchema } from "../../src/core/blueprint/json-schema.ts";
import { renderBlueprintReference } from "../../src/core/blueprint/reference.ts";
import { PAGES } from "../../src/views/docs/pages.ts";
import { publish } from "../../src/views/docs/publish.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Every key of a schema with its path, through maps, lists and alternatives. */
function keysOf(schema: JsonSchema, path = ""): readonly (readonly [string, JsonSchema])[] {
  return alternatives(schema).flatMap((option) => {
    const named = Object.entries(option.properties ?? {}).flatMap(([key, child]) => [
      [`${path}/${key}`, child] as const,
      ...keysOf(child, `${path}/${key}`),
    ]);
    const values = option.additionalProperties;
    const inner = typeof values === "object" ? values : option.items;
    return inner === undefined ? named : [...named, ...keysOf(inner, `${path}/*`)];
  });
}

describe("the reference page and the JSON Schema", () => {
  test("are those of the repository (npm run docs writes them)", async () => {
    expect(await publish(root, PAGES, { isCheck: true })).toEqual([]);
  });

  test("every key has a description, and the page shows it", () => {
    const page = renderBlueprintReference();
    const keys = keysOf(blueprintJsonSchema());
    expect(keys.length).toBeGreaterThan(50);
    const untold = keys.filter(
      ([, { description }]) => description === undefined || !page.includes(description),
    );
    expect(untold.map(([path]) => path)).toEqual([]);
  });

  test("the schema refuses unknown keys wherever keys are known", () => {
    const schema = blueprintJsonSchema();
    const open = [["", schema] as const, ...keysOf(schema)].filter(([, child]) =>
      alternatives(child).some(
        (option) => option.properties !== undefined && option.additionalProperties !== false,
      ),
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test("defaults and examples are as one writes them, also above a conversion", () => {
    const properties = blueprintJsonSchema().properties ?? {};
    expect(properties["tag"]?.default).toBe("{date}-{sha}");
    expect(properties["registry"]?.examples).toEqual(["local/example"]);
  });
});

describe("publish", () => {
  test("checks without writing, writes what differs, and finds a page that was edited", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lapstrake-docs-"));
    try {
      const pages = [{ path: "docs/a.md", render: () => "a\n" }];
      expect(await publish(folder, pages, { isCheck: true })).toEqual(["docs/a.md"]);
      expect(await publish(folder, pages, { isCheck: false })).toEqual(["docs/a.md"]);
      expect(await readFile(join(folder, "docs/a.md"), "utf8")).toBe("a\n");
      expect(await publish(folder, pages, { isCheck: true })).toEqual([]);
      await writeFile(join(folder, "docs/a.md"), "b\n");
      expect(await publish(folder, pages, { isCheck: true })).toEqual(["docs/a.md"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
