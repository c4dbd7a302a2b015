import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { IMPORT_TABLE, ROOMS, type Room, SIZE_LIMITS } from "./kit/import-table.ts";

const SRC = resolve(import.meta.dirname, "../src");

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  /** Those of `imports` that are imported by `import type` only. */
  readonly typeImports: readonly string[];
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
    const planted = new Map([
      plant("flow/entry.ts", ["core/graph/planted.ts"]),
      plant("core/graph/planted.ts", ["core/base/bad.ts"]),
      plant("core/base/bad.ts", ["edge/process/port.ts"]),
    ]);
    expect(violations(planted)).toEqual([
      "flow/entry.ts -> core/graph/planted.ts -> core/base/bad.ts -> edge/process/port.ts: core/base may not import edge/process",
    ]);
  });

  it("turns red where a flow takes more than the types of an edge (canary)", () => {
    expect(violations(new Map([plant("flow/entry.ts", ["edge/tree/find-up.ts"])]))).toHaveLength(1);
    expect(
      violations(new Map([plant("flow/entry.ts", ["edge/tree/port.ts"], ["edge/tree/port.ts"])])),
    ).toEqual([]);
  });

  it("turns red for a clock in core (canary)", () => {
    const planted = {
      path: "core/plan/planted.ts",
      text: "const now = Date.now();",
      imports: [],
      typeImports: [],
    };
    expect(forbiddenInCore(planted)).toEqual(["core/plan/planted.ts: Date.now"]);
  });
});

function plant(path: string, imports: string[], typeImports: string[] = []): readonly [string, SourceFile] {
  return [path, { path, text: "", imports, typeImports }];
}

function violations(files: ReadonlyMap<string, SourceFile>): string[] {
  return [...files.values()].flatMap((file) =>
    file.imports.flatMap((target) => {
      const from = roomOf(file.path);
      const to = roomOf(target);
      if (from === undefined || to === undefined || from === to || mayImport(file, to, target)) return [];
      return [`${[...chainTo(files, file.path), target].join(" -> ")}: ${from} may not import ${to}`];
    }),
  );
}

/** The shortest chain of imports from a file that nobody imports (an entry) down to this one. */
function chainTo(files: ReadonlyMap<string, SourceFile>, path: string): string[] {
  const seen = new Set([path]);
  let frontier = [[path]];
  for (;;) {
    const next = frontier.flatMap((chain) =>
      [...files.values()]
        .filter((file) => file.imports.includes(chain[0] ?? "") && !seen.has(file.path))
        .map((file) => {
          seen.add(file.path);
          return [file.path, ...chain];
        }),
    );
    if (next.length === 0) return frontier[0] ?? [path];
    frontier = next;
  }
}

function mayImport(file: SourceFile, to: Room, target: string): boolean {
  const from = roomOf(file.path);
  if (from === undefined) return true;
  const rule = IMPORT_TABLE[from];
  if (rule.exceptions?.includes(file.path) === true) return true;
  if (rule.rooms.some((allowed) => to === allowed || to.startsWith(`${allowed}/`))) return true;
  // A port is used by its types: which adapter stands behind it is chosen elsewhere.
  return rule.ports?.includes(to) === true && file.typeImports.includes(target);
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
      const folder = join(root, dirname(path));
      const values = importsOf(text.replaceAll(/import type [^;]*;/g, ""), folder, root);
      const imports = importsOf(text, folder, root);
      return [path, { path, text, imports, typeImports: imports.filter((each) => !values.includes(each)) }];
    }),
  );
}

function importsOf(text: string, folder: string, root: string): string[] {
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...specifiers].map((match) => relative(root, resolve(folder, match[1] ?? "")));
}
