import type { FileTree } from "../../../audit/image/file-tree.ts";
import { digestOf } from "../../../base/digest.ts";
import { canonicalJson, type Json } from "../../../base/json.ts";
import type { Observations, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import { PROFILE } from "../content-question.ts";
import type { ExpectedImage, ImageFacts } from "../image-facts.ts";

const COPY = "COPY --from=machine-profile machine-profile.json /etc/machine-profile.json";

/** A service of a machine carries that machine's profile as the blueprint has it now; other images carry none. */
export function profileVerdict(facts: ImageFacts): Verdict {
  const { expected } = facts;
  const text = expected.profile?.text ?? "";
  return contentVerdict("image-profile", facts, ({ flat }) => judge(flat.tree, expected), [
    { name: `profile of ${expected.profile?.machine ?? "no machine"}`, digest: digestOf(text) },
  ]);
}

function judge(tree: FileTree, { profile, at }: ExpectedImage): Observations {
  const found = tree.resolve(PROFILE);
  if (profile === undefined) {
    const holds = { message: "it belongs to no machine, and has no profile" };
    if (found === undefined) return { holds };
    return { fails: [{ message: `it belongs to no machine, but has /${PROFILE}`, at }], holds };
  }
  const holds = { message: `/${PROFILE} is the profile of ${profile.machine}` };
  if (found === undefined)
    return {
      fails: [{ message: `/${PROFILE} is not in it, and it is for ${profile.machine}`, at, hint: COPY }],
      holds,
    };
  const { content, mode } = found.file;
  if (content === undefined) return { unknown: [{ message: `/${PROFILE} could not be read` }], holds };
  if ((mode & 0o004) === 0)
    return { fails: [{ message: `/${PROFILE} cannot be read by its user`, at, hint: COPY }], holds };
  const has = parse(new TextDecoder().decode(content));
  if (has !== undefined && canonicalJson(has) === canonicalJson(parse(profile.text) ?? null))
    return { holds };
  const why = has === undefined ? "is no JSON" : "is another one";
  return {
    fails: [
      {
        message: `/${PROFILE} ${why} than the blueprint's of ${profile.machine}`,
        at,
        hint: "`lapstrake build` makes it anew",
      },
    ],
    holds,
  };
}

function parse(text: string): Json | undefined {
  try {
    // JSON.parse gives nothing but JSON.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
