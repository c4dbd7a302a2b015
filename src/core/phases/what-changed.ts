import { type Digest, shortDigest } from "../base/digest.ts";
import type { EvidenceBody } from "../record/kinds.ts";
import type { Inputs } from "./inputs.ts";
import type { Today } from "./today.ts";

/** What is another today than when the evidence was collected, in words; empty where nothing is. */
export function whatChanged(
  recorded: Pick<EvidenceBody, "inputs" | "release">,
  current: Inputs,
  today: Pick<Today, "release" | "plan">,
): readonly string[] {
  const names = new Set([...Object.keys(recorded.inputs), ...Object.keys(current)]);
  return [...names].flatMap((name) => {
    const [before, now] = [recorded.inputs[name], current[name]];
    return before === now ? [] : [sentence(name, { before, now }, { recorded, today })];
  });
}

interface Change {
  readonly before: Digest | undefined;
  readonly now: Digest | undefined;
}

interface Context {
  readonly recorded: Pick<EvidenceBody, "release">;
  readonly today: Pick<Today, "release" | "plan">;
}

const WORDS: Readonly<Record<string, string>> = {
  plan: "the plan was edited",
  blueprint: "the blueprint was edited",
  dockerfiles: "a Dockerfile was edited",
  declared: "the images that are declared, or what they derive from, changed",
  "tag-scheme": "the tag scheme or the channels were edited",
  baseline: "the phase that it is compared with was closed on another release",
  stages: "the stages of a Dockerfile changed",
  budgets: "the budgets were edited",
  services: "what the blueprint says of the services changed",
};

function sentence(name: string, change: Change, { recorded, today }: Context): string {
  if (name === "release") return releaseChange(recorded.release, today.release?.tag);
  const colon = name.indexOf(":");
  if (colon > 0) return thingChange(name.slice(0, colon), name.slice(colon + 1), change);
  return WORDS[name] ?? `the input ${name} changed`;
}

function releaseChange(before: string | null, now: string | undefined): string {
  if (now === undefined) return `the release ${before ?? ""} is not known any more`;
  if (before === null) return `${now} was released`;
  return before === now ? `${now} was released again with another content` : `${now} was released since`;
}

function thingChange(kind: string, name: string, { before, now }: Change): string {
  const what = kind === "image" ? `the image ${name}` : name;
  if (before === undefined) return `${what} came new`;
  if (now === undefined) return `${what} is no longer there`;
  return `${what} is ${shortDigest(now)} now, was ${shortDigest(before)}`;
}
