import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../src/core/base/finding.ts";
import { judgeWorkflows } from "../../src/core/policy/workflows/judge-workflows.ts";

/** The rule, the level and the place of each finding: `rule error 12:3`. */
export function shown(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, level, at }) => `${rule} ${level} ${at?.line}:${at?.column}`);
}

export function judgeText(text: string, has: readonly string[] = []): readonly Finding[] {
  const files = new Set(has);
  return judgeWorkflows([{ file: "w.yml", text }], {
    scheme: "{date}-{sha}",
    channels: ["stable"],
    hasFile: (path) => files.has(path),
  });
}

export function judgeFixture(name: string, has: readonly string[] = []): readonly Finding[] {
  return judgeText(readFileSync(join(import.meta.dirname, "../fixtures/workflows", name), "utf8"), has);
}
