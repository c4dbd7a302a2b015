import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/base/json.ts";
import { judged } from "./judged.ts";

const PATH = ".github/workflows/docker-build.yml";

function facts(findings: readonly Json[], isThere = true): Json {
  return { path: PATH, judged: isThere, findings: [...findings] };
}

describe("pipeline", () => {
  const check = { kind: "pipeline", path: PATH } as const;
  const finding = { rule: "workflow-differs", level: "error", message: "it is another", line: 1 };

  test.each<[string, Json, string]>([
    ["nothing is wrong", facts([]), `holds: ${PATH} is what the fleet's graph gives, and no rule denies it`],
    [
      "a warning",
      facts([{ ...finding, level: "warning" }]),
      `holds: ${PATH} is what the fleet's graph gives, and no rule denies it`,
    ],
    ["it differs", facts([finding]), `fails: ${PATH}:1: it is another [workflow-differs]`],
    ["it is not there", facts([], false), `fails: there is no workflow ${PATH}`],
  ])("%s", (_, given, expected) => {
    expect(judged(check, given)).toBe(expected);
  });
});
