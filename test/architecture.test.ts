import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { IMPORT_TABLE, ROOMS, type Room, SIZE_LIMITS } from "./kit/import-table.ts";

const SRC = resolve(import.meta.dirname, "../src");

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

describe("architecture", () => {
  const files = readSources(SRC);

  it("finds the sources that it judges", () => {
    expect(files.size).toBeGreaterThan(10);
    expect([...files.keys()].filter((path) => roomOf(path) === undefined)).toEqual([]);
  });

  it("lets each room import only what the table allows, along every chain", () => {
    expect(violations(files)).toEqual([]);
  });

  it("keeps Node's built-ins, clocks and environment out of core", () => {
    const found = [...files.values()].flatMap((file) => forbiddenInCore(file));
    expect(found).toEqual([]);
  });

  it(`keeps every file within ${SIZE_LIMITS.hard} lines and nine in ten within ${SIZE_LIMITS.nineInTen}`, () => {
    const sizes = [...files.values()].map((file) => ({
      path: file.path,
      lines: file.text.split("\n").length,
    }));
    expect(sizes.filter(({ lines }) => lines > SIZE_LIMITS.hard)).toEqual([]);
    const large = sizes.filter(({ lines }) => lines > SIZE_LIMITS.nineInTen);
    expect(large.length / sizes.length).toBeLessThanOrEqual(0.1);
  });

  it("turns red for a forbidden import, and names the chain (canary)", () => {
    const planted = new Map(files);
    planted.set("core/graph/planted.ts", {
      path: "core/graph/planted.ts",
      text: "",
      imports: ["core/base/bad.ts"],
    });
    planted.set("core/base/bad.ts", {
      path: "core/base/bad.ts",
      text: "",
      imports: ["edge/process/port.ts"],
    });
    expect(violations(planted)).toContain(
      "core/graph/planted.ts -> core/base/bad.ts -> edge/process/port.ts: core/base may not import edge/process",
    );
  });

  it("turns red for a clock in core (canary)", () => {
    const planted = { path: "core/plan/planted.ts", text: "const now = Date.now();", imports: [] };
    expect(forbiddenInCore(planted)).toEqual(["core/plan/planted.ts: Date.now"]);
  });
});

function violations(files: ReadonlyMap<string, SourceFile>): string[] {
  return [...files.values()].flatMap((file) =>
    file.imports.flatMap((target) => {
      const from = roomOf(file.path);
      const to = roomOf(target);
      if (from === undefined || to === undefined || from === to || mayImport(file.path, from, to)) return [];
      const broken = `${from} may not import ${to}`;
      const chains = importersOf(files, file.path).map(
        (chain) => `${[...chain, target].join(" -> ")}: ${broken}`,
      );
      return chains;
    }),
  );
}

/** Every direct importer's chain down to the file, and the file alone: enough to see who is drawn in. */
function importersOf(files: ReadonlyMap<string, SourceFile>, path: string): string[][] {
  const direct = [...files.values()]
    .filter((file) => file.imports.includes(path))
    .map((file) => [file.path, path]);
  return direct.length === 0 ? [[path]] : direct;
}

function mayImport(path: string, from: Room, to: Room): boolean {
  const rule = IMPORT_TABLE[from];
  if (rule.exceptions?.includes(path) === true) return true;
  return (
    rule.rooms.some((allowed) => to === allowed || to.startsWith(`${allowed}/`)) ||
    rule.ports?.includes(to) === true
  );
}

function roomOf(path: string): Room | undefined {
  return ROOMS.find((room) => path.startsWith(`${room}/`));
}

const FORBIDDEN = ["Date.now", "new Date()", "Math.random", "process.env", "process.cwd", "performance.now"];

function forbiddenInCore(file: SourceFile): string[] {
  if (!file.path.startsWith("core/")) return [];
  const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const words = FORBIDDEN.filter((word) => code.includes(word));
  const builtIns = [...code.matchAll(/from "(node:[a-z/_]+)"/g)]
    .map((match) => match[1] ?? "")
    .filter((name) => !(file.path.startsWith("core/base/") && name === "node:crypto"));
  return [...words, ...builtIns].map((what) => `${file.path}: ${what}`);
}

function readSources(root: string): Map<string, SourceFile> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  return new Map(
    paths.map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return [path, { path, text, imports: importsOf(text, join(root, dirname(path)), root) }];
    }),
  );
}

function importsOf(text: string, folder: string, root: string): string[] {
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map((match) => relative(root, resolve(folder, match[1] ?? "")));
}
