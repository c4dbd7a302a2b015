import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { type FleetOptions, type GeneratedFleet, generateFleet } from "../kit/generate-fleet.ts";
import { guideShape, levelShape } from "../kit/generated-shape.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "lapstrake-generated-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function fleetIn(folder: string, options: Partial<FleetOptions> = {}): GeneratedFleet {
  return generateFleet({
    folder: join(root, folder),
    name: "sample",
    registry: "local/sample",
    images: 12,
    ...options,
  });
}

function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith(".git") && statSync(join(folder, path)).isFile())
    .toSorted();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

describe("a generated fleet", () => {
  it("is the same, commit included, for the same options", () => {
    const first = fleetIn("same-1");
    const second = fleetIn("same-2");
    expect(filesOf(second.folder)).toEqual(filesOf(first.folder));
    expect(Object.keys(filesOf(first.folder))).toHaveLength(1 + 12 * 4);
    expect(second.commit).toBe(first.commit);
  });

  it("shares no layer with the fleet of another seed (canary of the above)", () => {
    const first = fleetIn("seed-1", { seed: "one" });
    const second = fleetIn("seed-2", { seed: "two" });
    expect(second.commit).not.toBe(first.commit);
    const copied = (files: Record<string, string>) =>
      new Set(Object.entries(files).flatMap(([path, text]) => (path.includes("/app/") ? [text] : [])));
    const one = copied(filesOf(first.folder));
    expect(one.size).toBe(12 * 3);
    expect([...copied(filesOf(second.folder))].filter((text) => one.has(text))).toEqual([]);
  });

  it("has the guide's shape: nine images, the rest services on the families", () => {
    const images = guideShape(74);
    expect(images.filter(({ kind }) => kind === "image")).toHaveLength(9);
    const services = images.filter(({ kind }) => kind === "service");
    expect(services).toHaveLength(65);
    const onTorch = services.filter(({ parent }) => parent === "family-torch-cu121");
    expect(onTorch).toHaveLength(11);
  });

  it("puts every parent before its children, in as many levels as asked", () => {
    const images = levelShape(20, 4);
    expect(images).toHaveLength(20);
    const level = new Map<string, number>();
    for (const { name, parent } of images) {
      const above = parent === undefined ? -1 : level.get(parent);
      expect(above, `${name} stands before its parent`).toBeDefined();
      level.set(name, (above ?? 0) + 1);
    }
    const sizes = [0, 1, 2, 3].map((wanted) => [...level.values()].filter((is) => is === wanted).length);
    expect(sizes).toEqual([2, 4, 6, 8]);
  });

  it("declares each image once, with its parent as BASE_IMAGE and ports of its own", () => {
    const fleet = fleetIn("declared", { images: 74, filesPerImage: 1 });
    const text = readFileSync(join(fleet.folder, "lapstrake.yaml"), "utf8");
    const declared = buildable(parseBlueprint(text, "lapstrake.yaml"));
    expect(declared.map(({ name }) => name)).toEqual(fleet.images.map(({ name }) => name));
    expect(declared.map(({ args }) => args["BASE_IMAGE"])).toEqual(fleet.images.map(({ parent }) => parent));
    const ports = declared.flatMap(({ ports }) => (ports === undefined ? [] : [ports.service, ports.health]));
    expect(new Set(ports).size).toBe(2 * 65);
  });

  it("leaves a clean tree with one commit, whatever git variables are around", () => {
    process.env["GIT_DIR"] = join(root, "nowhere");
    try {
      const { folder, commit } = fleetIn("git");
      const git = (...argv: string[]) => {
        const { GIT_DIR: _, ...env } = process.env;
        return execFileSync("git", ["-C", folder, ...argv], { encoding: "utf8", env }).trim();
      };
      expect(git("rev-list", "--all")).toBe(commit);
      expect(git("status", "--porcelain")).toBe("");
    } finally {
      delete process.env["GIT_DIR"];
    }
  });

  it("refuses a fleet smaller than its shape", () => {
    expect(() => fleetIn("small", { images: 8 })).toThrow(RangeError);
    expect(() => fleetIn("flat", { images: 3, levels: 4 })).toThrow(RangeError);
  });
});
