import type { PipelineFacts } from "../../../core/phases/rules/pipeline.ts";
import { checkWorkflows } from "../../ci/check-workflows.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

/** Generates the workflows anew and judges those that are committed. */
export const collectPipeline: Collector<"pipeline"> = async ({ world, check }) => {
  const { files, findings } = await checkWorkflows(world);
  const facts: PipelineFacts = {
    path: check.path,
    judged: files.includes(check.path),
    findings: findings.flatMap(({ rule, level, message, at }) =>
      at?.file === check.path ? [{ rule, level, message, line: at.line }] : [],
    ),
  };
  return { facts: asFacts(facts) };
};
