import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parsePlan } from "../../src/core/blueprint/parse-plan.ts";
import { gateDocuments } from "../../src/core/phases/gate-documents.ts";
import { closingOrder } from "../../src/core/phases/order.ts";
import { planFindings } from "../../src/core/phases/plan-findings.ts";

const read = (name: string): string => readFileSync(new URL(`../../fleet/${name}`, import.meta.url), "utf8");
const blueprint = parseBlueprint(read("lapstrake.yaml"), "lapstrake.yaml");
const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
const plan = parsePlan(read("plan.yaml"), "plan.yaml", {
  machines: names(blueprint.machines),
  images: names([...blueprint.images, ...blueprint.services.filter(({ planned }) => !planned)]),
  services: names(blueprint.services),
});
const phase = (id: string) => plan.phases.find((each) => each.id === id)!;

describe("the plan of the reference fleet", () => {
  test("is the guide's: its id, its phases, its notes word for word", () => {
    expect(blueprint.plan).toBe("plan.yaml");
    expect(plan.id).toBe("docker_blueprint_actionable_20250811");
    expect(
      plan.phases.filter(({ parent }) => parent === undefined).map(({ id, note }) => [id, note]),
    ).toEqual([
      [
        "0",
        "This phase encodes the operating protocol and gating rules. All later phases must include an IMPORTANT NOTE and follow post-review + pre-analysis gates.",
      ],
      [
        "1",
        "Foundational images must be reproducible (hash-locked), hardware-aware, multi-stage, non-root with `tini` (UID:GID 10001:10001), and correctly tagged.",
      ],
      [
        "2",
        "Add only strictly required libraries to maintain minimal layers and avoid cross-family contamination.",
      ],
      [
        "3",
        "CI is the factory floor—security gates, SBOM, strict image-size budgets, and ≥40% median size reduction must pass before migration.",
      ],
      [
        "4",
        "Coordinate deployments to minimize downtime; verify health endpoints and supervisor behavior during cutovers.",
      ],
      ["5", "Traceability is non-negotiable for production-grade debugging and security."],
      [
        "6",
        "A documented and tested rollback path with explicit risk fallbacks is critical to operational readiness.",
      ],
    ]);
    expect(phase("4.2").note).toBe(phase("4").note);
  });

  test("keeps to its own protocol", () => {
    expect(planFindings(plan)).toEqual([]);
    expect(closingOrder(plan).map(({ id }) => id)).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4.1",
      "4.2",
      "4.3",
      "4",
      "5",
      "6",
    ]);
    expect(plan.machines).toEqual(["mainpc", "pc2"]);
  });

  test("asks for the guide's documents; the last phase has no pre-analysis", () => {
    const paths = (id: string) => gateDocuments(plan, phase(id)).map(({ path }) => path);
    expect(paths("1")).toEqual([
      "memory-bank/DOCUMENTS/docker_blueprint_actionable_20250811_phase1_postreview.md",
      "memory-bank/DOCUMENTS/docker_blueprint_actionable_20250811_phase2_preanalysis.md",
    ]);
    expect(paths("6")).toEqual([
      "memory-bank/DOCUMENTS/docker_blueprint_actionable_20250811_phase6_postreview.md",
    ]);
  });

  test("moves every service of the fleet in its three waves of 7, 29 and 29", () => {
    const waves = ["4.1", "4.2", "4.3"].map((id) => {
      const check = phase(id).rules.find((rule) => rule.check.kind === "migrated")?.check;
      return check !== undefined && "services" in check ? check.services : [];
    });
    expect(waves.map(({ length }) => length)).toEqual([7, 29, 29]);
    // The observability center is placed on both machines, and moved on each with its group.
    expect(new Set(waves.flat())).toEqual(new Set(names(blueprint.services)));
  });

  test("allows phase 1 to be without the four GPU images, and phase 2 asks for them without exception", () => {
    const check = (id: string, rule: string) => phase(id).rules.find((each) => each.id === rule)?.check;
    const first = check("1", "images-released");
    expect(first).toMatchObject({ images: "images", allow: [{ why: expect.stringContaining("phase 2") }] });
    const gpu = blueprint.images.filter(({ tier }) => tier === "gpu").map(({ name }) => name);
    expect(first).toMatchObject({ allow: [{ images: gpu }] });
    expect(check("2", "gpu-released")).toEqual({ kind: "release-complete", images: gpu, allow: [] });
  });
});
