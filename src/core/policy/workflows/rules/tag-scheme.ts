import type { Finding } from "../../../base/finding.ts";
import { tagJudge } from "../../../blueprint/tag-kind.ts";
import { buildCommandOf } from "../../guide/build-commands.ts";
import { commandsOf, wordsOf } from "../run-script.ts";
import { allSteps, inputText, type Workflow, type WorkflowFacts, type WorkflowStep } from "../workflow.ts";

const DOCUMENT = { title: "", level: 0, parent: undefined } as const;
/** Kinds of docker/metadata-action that name a branch, a version or a schedule. */
const MOVING = /^type=(?:ref|semver|pep440|edge|schedule|match)\b/;
const BRANCH = /\bgithub\.(?:ref_name|head_ref|ref|base_ref)\b/;

interface Written {
  /** As it is written: a tag, or a rule of docker/metadata-action. */
  readonly text: string;
  readonly at: Finding["at"];
}

/** Tags of images that are outside the fleet's scheme: who pulls one cannot say what it is. */
export function tagScheme(workflow: Workflow, facts: WorkflowFacts): readonly Finding[] {
  const judge = tagJudge(facts);
  return allSteps(workflow)
    .flatMap((step) => [...byActions(workflow, step), ...byCommands(workflow, step)])
    .flatMap(({ text, at }) => {
      const why = wrong(text, judge);
      if (why === undefined) return [];
      const finding: Finding = {
        rule: "tag-scheme",
        level: "error",
        message: `${text.slice(0, 100)} ${why}`,
        ...(at === undefined ? {} : { at }),
        hint: `the tags of this fleet are ${facts.scheme}, put by \`lapstrake release\` alone`,
      };
      return [finding];
    });
}

function wrong(text: string, judge: ReturnType<typeof tagJudge>): string | undefined {
  if (MOVING.test(text)) return "gives tags that move from commit to commit";
  const value = /^type=raw\b[^\n]*?\bvalue=([^,\n]*)/.exec(text)?.[1];
  if (text.startsWith("type=") && value === undefined) return undefined;
  const tag = value ?? tagOf(text);
  if (tag === undefined) return undefined;
  if (tag === "latest") return "is the tag latest, which says nothing of what it holds";
  if (BRANCH.test(tag)) return "is named for a branch, and moves with it";
  // What an expression or a variable stands for, only the run knows.
  if (/[$`{]/.test(tag)) return undefined;
  return judge(tag) === "outside" ? "is outside the scheme" : undefined;
}

/** What follows the last colon behind the last slash; without one, Docker takes `latest`. */
function tagOf(ref: string): string | undefined {
  const expressionless = ref.replaceAll(/\$\{\{[^}]{0,300}\}\}/g, (found) => found.replaceAll(/[/:]/g, "."));
  const name = expressionless.slice(expressionless.lastIndexOf("/") + 1);
  const colon = name.indexOf(":");
  if (colon < 0) return /[$`{@]/.test(ref) ? undefined : "latest";
  return ref.slice(ref.length - (name.length - colon - 1));
}

function byActions(workflow: Workflow, step: WorkflowStep): readonly Written[] {
  const name = step.action?.name;
  if (name !== "docker/build-push-action" && name !== "docker/metadata-action") return [];
  const lines = (inputText(step, "tags") ?? "").split("\n");
  const at = workflow.at([...step.path, "with", "tags"]);
  return lines
    .flatMap((line) =>
      name === "docker/build-push-action" && !line.includes("${{") ? line.split(",") : [line],
    )
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((text) => ({ text, at }));
}

function byCommands(workflow: Workflow, step: WorkflowStep): readonly Written[] {
  return commandsOf(workflow, step).flatMap((command) => {
    const build = buildCommandOf(command, DOCUMENT);
    if (build !== undefined) return build.tags.map(({ text, at }) => ({ text, at }));
    const words = wordsOf(command);
    const pushed =
      words[0] === "docker" && (words[1] === "push" || words[1] === "tag") ? words.at(-1) : undefined;
    const at = command.words[0]?.at;
    return pushed === undefined || pushed.startsWith("-") ? [] : [{ text: pushed, at }];
  });
}
