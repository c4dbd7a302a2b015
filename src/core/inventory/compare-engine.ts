import { type Digest, isDigest, shortDigest } from "../base/digest.ts";
import { type DriftClass, IN_STEP, type Verdict } from "./drift.ts";
import { containersOf, type NamedImage, unpackedBytes } from "./engine-images.ts";
import type { Knowledge } from "./knowledge.ts";
import type { EngineFact } from "./observed.ts";
import type { Role } from "./ours.ts";

/** One image and tag on one engine. */
export interface EngineCell {
  readonly engine: string;
  readonly state: "present" | "absent" | "unknown";
  /** Of the manifest or index; of the config where the engine knows nothing else. */
  readonly digest: string | undefined;
  readonly drift: DriftClass;
  /** Containers of this image, running or not; and those that run. */
  readonly containers: number;
  readonly running: number;
  readonly unpackedBytes: number | undefined;
}

/** Tags of what was built, which say nothing of a release. */
const BUILT: ReadonlySet<Role> = new Set(["content", "unproven"]);

export interface EngineQuestion {
  readonly known: Knowledge;
  readonly tag: string | undefined;
  /** What the tag should be: as released, or else what the registry has. */
  readonly truth: Digest | undefined;
  readonly engine: EngineFact;
  /** The engine's images of this repository. */
  readonly images: readonly NamedImage[];
  /** It is of the last release. */
  readonly current: boolean;
  /** This engine should hold the last release's. */
  readonly expected: boolean;
}

/** Compares like with like: the engine's digests against the truth, the parts of its index, and their configs. */
export function judgeEngine(question: EngineQuestion): {
  readonly cell: EngineCell;
  readonly verdict: Verdict;
} {
  const { engine, known, truth, tag } = question;
  if (engine.state === "unknown") {
    const verdict: Verdict = { drift: "unknown", reasons: [`${engine.name} did not answer`] };
    return { cell: cellOf(question, undefined, verdict), verdict };
  }
  const wanted = truth === undefined ? undefined : known.sameAs(truth);
  const same = question.images.find(({ digests }) => wanted !== undefined && meets(wanted, digests));
  const tagged = question.images.find((each) => each.tag === tag && tag !== undefined);
  const held = tagged ?? same;
  const verdict = judgeHeld(question, { held, isSame: held !== undefined && held === same, wanted });
  return { cell: cellOf(question, held, verdict), verdict };
}

interface Held {
  readonly held: NamedImage | undefined;
  readonly isSame: boolean;
  readonly wanted: ReadonlySet<string> | undefined;
}

function judgeHeld(question: EngineQuestion, { held, isSame, wanted }: Held): Verdict {
  const { engine, known, current, tag } = question;
  if (held === undefined) return judgeMissing(question);
  if (wanted !== undefined && (isSame || meets(wanted, held.digests))) {
    // The registry may have lost what this engine still has; an older release it may well have pruned.
    if (current && known.fact.state === "read" && known.originOf(held.digests)?.tags.length === 0) {
      return {
        drift: "only-here",
        reasons: [`${engine.name} still has it: push it from there, or build it again`],
      };
    }
    return current ? judgeContainers(question) : IN_STEP;
  }
  const origin = known.originOf(held.digests);
  const what = `${engine.name} has ${short(held)} as ${tag}`;
  if (origin === undefined) {
    return known.fact.state === "unknown"
      ? { drift: "unknown", reasons: [`${what}, and the registry cannot say what that is`] }
      : { drift: "only-here", reasons: [`${what}, which is in no registry and no release`] };
  }
  const release = origin.releases.at(-1);
  if (release !== undefined) return { drift: "behind", reasons: [`${what}, which is of release ${release}`] };
  if (origin.tags.every((each) => BUILT.has(known.roleOf(each)))) {
    return { drift: "ahead", reasons: [`${what}, which was built and never released`] };
  }
  return { drift: "diverged", reasons: [`${what}, which is ${origin.tags.join(", ")} in the registry`] };
}

/** It is not here, though an older one is under its release's tag, or though it is expected. */
function judgeMissing({ engine, known, images, tag, current, expected }: EngineQuestion): Verdict {
  if (!current) return IN_STEP;
  const tagged = images.filter((each) => each.tag !== undefined);
  const older = tagged.flatMap(({ digests }) => known.originOf(digests)?.releases.at(-1) ?? []).at(-1);
  if (older === undefined && !expected) return IN_STEP;
  const instead = older === undefined ? "lacks it" : `has that of release ${older}`;
  return { drift: "behind", reasons: [`${engine.name} ${instead}: pull ${known.repository}:${tag}`] };
}

/** The image is right, but a container may still run an older one of the same repository. */
function judgeContainers({ engine, known, truth, images }: EngineQuestion): Verdict {
  if (engine.state === "unknown" || truth === undefined) return IN_STEP;
  const right = known.sameAs(truth);
  const others = images.filter(({ digests }) => !meets(right, digests));
  const old = others
    .flatMap(({ digests }) => containersOf(engine, digests))
    .filter(({ state }) => state === "running");
  if (old.length === 0) return IN_STEP;
  const names = [...new Set(old.map(({ name }) => name))].join(", ");
  return { drift: "behind", reasons: [`${engine.name} runs another one in ${names}`] };
}

function cellOf({ engine }: EngineQuestion, held: NamedImage | undefined, verdict: Verdict): EngineCell {
  const containers =
    held === undefined || engine.state === "unknown" ? [] : containersOf(engine, held.digests);
  return {
    engine: engine.name,
    state: engine.state === "unknown" ? "unknown" : held === undefined ? "absent" : "present",
    digest: held?.image.id,
    drift: verdict.drift,
    containers: containers.length,
    running: containers.filter(({ state }) => state === "running").length,
    unpackedBytes: held === undefined ? undefined : unpackedBytes(held.image),
  };
}

function meets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((each) => b.has(each));
}

function short({ image }: NamedImage): string {
  return isDigest(image.id) ? shortDigest(image.id) : image.id;
}
