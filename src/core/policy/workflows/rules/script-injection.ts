import type { SourcePosition } from "../../../base/error.ts";
import type { Finding } from "../../../base/finding.ts";
import { placesOf } from "../run-script.ts";
import { allSteps, inputText, type Workflow, type WorkflowStep } from "../workflow.ts";

/** Texts that a stranger writes: the title of a pull request is put into the script before bash reads it. */
const STRANGERS =
  /\bgithub\.(?:head_ref\b|event\.(?:issue|pull_request|comment|review|review_comment|discussion|pages|commits|head_commit|workflow_run|inputs)\b)|\binputs\./;
/** Texts that people of the fleet choose, with what letters they like. */
const OTHERS =
  /\b(?:matrix|needs|steps|env|vars|secrets)\b|\bgithub\.(?:ref_name|ref|base_ref|actor|triggering_actor)\b/;

/** Expressions in a script become part of its text. */
export function scriptInjection(workflow: Workflow): readonly Finding[] {
  return allSteps(workflow).flatMap((step) => {
    const { script, placeOf } = scriptOf(workflow, step);
    return [...script.matchAll(/\$\{\{([^}]{0,300})\}\}/g)].flatMap(
      ({ 1: inside = "", index }): Finding[] => {
        const stranger = STRANGERS.test(inside);
        if (!stranger && !OTHERS.test(inside)) return [];
        return [
          {
            rule: "script-injection",
            level: stranger ? "error" : "warning",
            message: `\${{${inside}}} is put into a script as it is${stranger ? ", and strangers choose its text" : ""}`,
            at: placeOf(index),
            hint: 'give it to the step under `env:`, and read it as "$NAME"',
          },
        ];
      },
    );
  });
}

interface Script {
  readonly script: string;
  placeOf(index: number): SourcePosition;
}

function scriptOf(workflow: Workflow, step: WorkflowStep): Script {
  if (step.run !== undefined) return { script: step.run, placeOf: placesOf(workflow, step, step.run) };
  // An action that runs what it is given.
  const script = step.action?.name === "actions/github-script" ? (inputText(step, "script") ?? "") : "";
  const at = workflow.at([...step.path, "with", "script"]);
  return { script, placeOf: () => at };
}
