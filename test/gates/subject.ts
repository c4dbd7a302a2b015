import type { Sbom, SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { UsedSource } from "../../src/core/policy/gates/gate.ts";
import type { GateSubject } from "../../src/core/policy/gates/judge-gates.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";

const RULES = [
  "image-secrets",
  "image-layers",
  "image-setuid",
  "image-world-writable",
  "image-caches",
  "image-user",
  "image-init",
  "image-health",
  "image-labels",
  "sbom-complete",
];

export const JINJA: SbomComponent = component("jinja2", "2.10");

export function component(name: string, version: string): SbomComponent {
  const purl = `pkg:pypi/${name}@${version}`;
  return {
    id: purl,
    ecosystem: "pypi",
    name,
    version,
    purl,
    licences: [],
    files: [],
    dependsOn: [],
    broughtBy: { layer: 0, diffId: digestOf("layer"), instruction: "base/Dockerfile:3-4" },
    about: {},
  };
}

export function verdict(rule: string, changes: Partial<Verdict> = {}): Verdict {
  return {
    rule,
    subject: { kind: "image", name: "web" },
    outcome: "holds",
    reasons: [{ message: `${rule} is as it should be` }],
    inputs: [],
    ...changes,
  };
}

/** Every rule holds, but for those that are given. */
export function verdicts(...changed: readonly Verdict[]): readonly Verdict[] {
  return RULES.map((rule) => changed.find((each) => each.rule === rule) ?? verdict(rule));
}

export const OSV: UsedSource = {
  source: "osv",
  tool: "lapstrake",
  state: "scanned",
  looked: { deb: 0, pypi: 1 },
  database: {
    digest: digestOf("database"),
    updatedAt: "2026-03-01T00:00:00.000Z",
    ageDays: 2,
    from: "a file",
  },
};

/** An image in which nothing is wrong. */
export function subject(changes: Partial<GateSubject> = {}): GateSubject {
  const sbom: Sbom = {
    subject: { name: "web", digest: digestOf("web"), architecture: "amd64" },
    created: undefined,
    tool: "1",
    system: undefined,
    components: [JINJA],
  };
  return {
    name: "web",
    digest: digestOf("web"),
    sbom,
    verdicts: verdicts(),
    origins: [
      {
        layer: 0,
        diffId: digestOf("layer"),
        createdBy: "RUN pip install",
        instruction: { image: "base", file: "base/Dockerfile", line: 3, endLine: 4 },
      },
    ],
    size: { compressed: 1000, unpacked: 3000 },
    budget: { compressed: 2000, unpacked: 4000 },
    sources: [OSV],
    vulnerabilities: [],
    undecided: [],
    attached: { state: "off" },
    base: undefined,
    tag: undefined,
    reduction: undefined,
    ...changes,
  };
}
