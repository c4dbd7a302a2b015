import { Annotation } from "../../../oci/annotation.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { imageVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** What every image says of itself, and the form that it has. */
const NEEDED: readonly (readonly [key: string, form: RegExp, what: string])[] = [
  [Annotation.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "a time in UTC"],
  [Annotation.revision, /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, "a commit"],
];
const OF_BASE: typeof NEEDED = [
  [Annotation.baseName, /^[a-z0-9][a-z0-9._/-]*$/, "a repository"],
  [Annotation.baseDigest, /^sha256:[0-9a-f]{64}$/, "a digest"],
];

/** Labels of the config and annotations of the manifest are there, say the same, and tell the truth as far as it is known. */
export function labelsVerdict(facts: ImageFacts): Verdict {
  const { expected, manifest, config } = facts;
  const annotations = manifest.annotations ?? {};
  const labels = config.config.Labels ?? {};
  const needed = [...NEEDED, ...(expected.base === undefined ? [] : OF_BASE)];
  const fails: Reason[] = needed.flatMap(([key, form, what]): Reason[] => {
    const [label, annotation] = [labels[key], annotations[key]];
    const missing = [
      ...(label === undefined ? ["label"] : []),
      ...(annotation === undefined ? ["annotation"] : []),
    ];
    if (missing.length > 0) return [{ message: `it has no ${missing.join(" and no ")} ${key}` }];
    if (label !== annotation)
      return [{ message: `its label ${key} says "${label}", its annotation "${annotation}"` }];
    return form.test(label ?? "")
      ? []
      : [{ message: `${key} is "${label}", which is no ${what.replace(/^a /, "")}` }];
  });
  const told = annotations[Annotation.baseDigest];
  const base = expected.base?.digest;
  if (base !== undefined && told !== undefined && told !== base) {
    fails.push({
      message: `it says that it was made from ${told}, but ${expected.base?.name} is ${base}`,
      digest: base,
    });
  }
  const identity = annotations[Annotation.identity];
  if (identity === undefined) fails.push({ message: `it has no annotation ${Annotation.identity}` });
  else if (expected.identity !== undefined && identity !== expected.identity) {
    fails.push({
      message: `it says that its identity is ${identity}, but the record says ${expected.identity}`,
    });
  }
  const inputs = [
    ...(base === undefined ? [] : [{ name: `base ${expected.base?.name}`, digest: base }]),
    ...(expected.identity === undefined ? [] : [{ name: "identity", digest: expected.identity }]),
  ];
  const holds = { message: `${needed.length + 1} labels and annotations, all in agreement` };
  return imageVerdict("image-labels", facts, { fails, holds }, inputs);
}
