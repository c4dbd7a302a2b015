import type { Digest } from "../core/base/digest.ts";
import { digestOf, shortDigest } from "../core/base/digest.ts";
import { expandTag, tagPattern } from "../core/blueprint/tag.ts";
import { isTag } from "../core/oci/reference.ts";
import type { GitFacts } from "../edge/tree/port.ts";
import { FlowError } from "./error.ts";
import type { Fleet } from "./load-fleet.ts";

export interface ReleaseTag {
  readonly tag: string;
  readonly sha: string | null;
  readonly dirty: boolean;
}

export interface TagInputs {
  readonly fleet: Fleet;
  readonly git: GitFacts;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Identities of all images, sorted: they tell two dirty trees of one commit apart. */
  readonly identities: readonly Digest[];
}

/**
 * The tag of a release made now. DATE, SHA and TAG of the guide are honoured; a TAG outside the blueprint's scheme is
 * refused. A dirty tree's tag says so and which content it had.
 */
export function releaseTag(inputs: TagInputs): ReleaseTag {
  const { fleet, git, now, env, identities } = inputs;
  const given = nonEmpty(env["TAG"]);
  const date = nonEmpty(env["DATE"]) ?? new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
  const sha = nonEmpty(env["SHA"]) ?? (git.kind === "git" ? git.short : undefined);
  const dirty = git.kind === "git" && git.dirty.length > 0;
  const scheme = fleet.blueprint.tag;
  if (sha === undefined && given === undefined && scheme.includes("{sha}")) {
    throw new FlowError("NO_GIT", `the tag scheme ${scheme} needs a git commit, but ${whyNoGit(git)}`, {
      hint: "commit the fleet to git, or set SHA",
    });
  }
  const tag = given ?? expandTag(scheme, { date, sha: sha ?? "" });
  checkScheme(tag, scheme);
  const suffix = dirty ? `-dirty-${shortDigest(digestOf(identities.join("\n")), 8)}` : "";
  return { tag: `${tag}${suffix}`, sha: git.kind === "git" ? git.head : null, dirty };
}

function checkScheme(tag: string, scheme: string): void {
  if (isTag(tag) && tagPattern(scheme).test(tag)) return;
  throw new FlowError("TAG_INVALID", `the tag "${tag}" does not follow the blueprint's scheme ${scheme}`, {
    hint: "{date} is eight digits (UTC), {sha} 7 to 40 hex digits; unset TAG, DATE and SHA to let Lapstrake fill them in",
  });
}

function whyNoGit(git: GitFacts): string {
  if (git.kind === "git") return "SHA is empty";
  const words = {
    "no-git": "git is not installed",
    "not-a-repository": "this is no git repository",
    "no-commit": "there is no commit yet",
  };
  return words[git.why];
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
