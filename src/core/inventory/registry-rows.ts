import { type Digest, shortDigest } from "../base/digest.ts";
import { subjectOfTag } from "../blueprint/tag-form.ts";
import { formatPlatform } from "../oci/parse-platform.ts";
import { judgeEngine } from "./compare-engine.ts";
import { judgeReleaseTag, lostChildren, registryCell } from "./compare-registry.ts";
import { IN_STEP, isDrift, type Verdict, worstOf } from "./drift.ts";
import type { Context } from "./inventory.ts";
import type { Knowledge } from "./knowledge.ts";
import type { DeclaredFact, StoredFact } from "./observed.ts";
import { type Role, roleOfRepository } from "./ours.ts";
import type { InventoryRow, PlatformDigest } from "./row.ts";

/** A row for each image and tag that the blueprint, the last release or the registry knows; declared images first. */
export function registryRows(context: Context): readonly InventoryRow[] {
  const { declared, registry, releases } = context.observation;
  const names = new Set(declared.map(({ repository }) => repository));
  const last = releases.at(-1)?.images.map(({ repository }) => repository) ?? [];
  const others = [...registry.repositories.map(({ repository }) => repository), ...last];
  const rest = [...new Set(others)].filter((repository) => !names.has(repository)).toSorted();
  return [
    ...declared.flatMap((image) => rowsOf(context, image.repository, image)),
    ...rest.flatMap((repository) => rowsOf(context, repository, undefined)),
  ];
}

function rowsOf(
  context: Context,
  repository: string,
  declared: DeclaredFact | undefined,
): readonly InventoryRow[] {
  const known = context.knowledgeOf(repository);
  const { isCurrent } = known;
  const tags = new Set(known.tags.map(({ tag }) => tag));
  if (isCurrent && known.last !== undefined) tags.add(known.last.tag);
  const ordered = [...tags].toSorted((a, b) => rank(a, known) - rank(b, known) || (a < b ? 1 : -1));
  const rows = ordered.map((tag) =>
    rowOf(context, { known, declared, tag, judged: judgeTag(context, known, declared, tag) }),
  );
  if (declared !== undefined && !isCurrent) {
    rows.unshift(
      rowOf(context, { known, declared, tag: undefined, judged: judgeUnreleased(known, declared) }),
    );
  }
  return [...rows, ...childRows(context, known, declared)];
}

const FOR_PEOPLE: ReadonlySet<Role> = new Set([
  "release",
  "previous",
  "channel",
  "channel-previous",
  "outside",
]);

/** The current release's tag, then the other releases from the newest, then what Lapstrake keeps for itself. */
function rank(tag: string, known: Knowledge): number {
  if (tag === known.last?.tag) return 0;
  return FOR_PEOPLE.has(known.roleOf(tag)) ? 1 : 2;
}

interface Judged {
  readonly role: Role;
  readonly verdict: Verdict;
  /** The last release was asked for without it. */
  readonly isChosen?: boolean;
}

export interface RowInputs {
  readonly known: Knowledge;
  readonly declared: DeclaredFact | undefined;
  readonly tag: string | undefined;
  readonly judged: Judged;
}

/** A tag's role, and the registry's own verdict on it. */
function judgeTag(
  context: Context,
  known: Knowledge,
  declared: DeclaredFact | undefined,
  tag: string,
): Judged {
  const { repository } = known;
  const ours = roleOfRepository(repository, context.observation.registry.namespace);
  if (ours !== undefined) return { role: ours, verdict: IN_STEP };
  if (declared === undefined && !known.wasReleased) {
    return { role: "outside", verdict: foreign("the blueprint has no such image, and no release had") };
  }
  const role = known.released(tag) === undefined ? known.roleOf(tag) : "release";
  const verdict = judgeRole(known, tag, role);
  if (declared !== undefined || verdict.drift !== "in-step") return { role, verdict };
  return { role, verdict: { drift: "orphaned", reasons: ["the image is no longer in the blueprint"] } };
}

function judgeRole(known: Knowledge, tag: string, role: Role): Verdict {
  switch (role) {
    case "release":
      return judgeRelease(known, tag);
    case "previous":
    case "channel":
    case "channel-previous":
      return judgePointer(known, tag);
    case "referrers":
      return judgeReferrer(known, tag);
    case "outside":
      return foreign("no release made this tag, and the scheme does not know it");
    case "content":
    case "record":
    case "cache":
    case "unproven":
    case "root":
    case "probe":
      return IN_STEP;
  }
}

function judgeRelease(known: Knowledge, tag: string): Verdict {
  const released = known.released(tag);
  if (released !== undefined) return judgeReleaseTag(known, tag, released);
  const cell = registryCell(known, tag);
  const origin = cell.state === "present" ? known.originOf([cell.digest]) : undefined;
  const isBuilt = origin?.tags.some((each) => known.roleOf(each) === "content") === true;
  if (!isBuilt && (origin?.releases ?? []).length === 0)
    return foreign("it has the form of a release, and neither a release nor a build made it");
  return { drift: "orphaned", reasons: ["built here, but no record of such a release is known"] };
}

/** What a promotion moves stands on what some release made, or something else moved it. */
function judgePointer(known: Knowledge, tag: string): Verdict {
  const cell = registryCell(known, tag);
  if (cell.state !== "present" || (known.originOf([cell.digest])?.releases ?? []).length > 0) return IN_STEP;
  return {
    drift: "diverged",
    reasons: [`the tag was moved to ${shortDigest(cell.digest)}, which no release made`],
  };
}

function judgeReferrer(known: Knowledge, tag: string): Verdict {
  const subject = subjectOfTag(tag);
  const held = known.tags.some(
    (each) =>
      each.tag !== tag && each.stored !== undefined && known.sameAs(each.stored.digest).has(subject ?? ""),
  );
  return held ? IN_STEP : { drift: "orphaned", reasons: [`it is about ${subject}, which no tag stands on`] };
}

function judgeUnreleased(known: Knowledge, { name, unavailable }: DeclaredFact): Judged {
  if (unavailable !== undefined)
    return { role: "release", verdict: { drift: "unavailable", reasons: [unavailable] } };
  const left = known.last?.unavailable.find((each) => each.name === name);
  if (left !== undefined) {
    const isChosen = left.cause === "choice";
    const reason = `not in release ${known.last?.tag}${isChosen ? ", by choice" : ""}: ${left.why}`;
    return { role: "release", verdict: { drift: "behind", reasons: [reason] }, isChosen };
  }
  if (known.fact.state === "unknown") {
    return {
      role: "release",
      verdict: { drift: "unknown", reasons: [`the registry did not answer: ${known.fact.why}`] },
    };
  }
  const built = known.tags.some(({ tag }) => known.roleOf(tag) === "content");
  const reason = built ? "built, not in the last release" : "declared, never built here";
  return { role: "release", verdict: { drift: "ahead", reasons: [`${reason}: run \`lapstrake release\``] } };
}

function foreign(reason: string): Verdict {
  return { drift: "foreign", reasons: [reason] };
}

/** The row of a tag with the engines' words on it. */
export function rowOf(context: Context, { known, declared, tag, judged }: RowInputs): InventoryRow {
  const { repository } = known;
  const released = tag === undefined ? undefined : known.released(tag);
  const registry = registryCell(known, tag);
  const stands = registry.state === "present" ? registry.digest : undefined;
  const current = tag === undefined ? judged.role === "release" : tag === known.last?.tag && known.isCurrent;
  const truth = released ?? stands;
  const answers = context.engines.map(({ engine, ours, expected }) =>
    judgeEngine({
      known,
      tag,
      truth,
      engine,
      images: ours.get(repository) ?? [],
      current: current && tag !== undefined,
      expected: expected.has(repository),
    }),
  );
  // What Lapstrake keeps for itself, older tags, and what is placed elsewhere: an engine's silence says nothing there.
  const asked = answers.filter(
    ({ verdict }, index) =>
      verdict.drift !== "unknown" || (current && isConcerned(context, index, repository)),
  );
  const { drift, reasons } = worstOf([judged.verdict, ...asked.map(({ verdict }) => verdict)]);
  const stored = truth === undefined ? undefined : (known.stored(stands ?? truth) ?? known.stored(truth));
  return {
    image: declared?.name ?? nameOf(context, repository),
    repository,
    tag,
    role: judged.role,
    declared: declared !== undefined,
    current,
    drift,
    reasons,
    chosen: judged.isChosen === true && !asked.some(({ verdict }) => isDrift(verdict.drift)),
    base: declared?.base,
    released,
    registry,
    engines: answers.map(({ cell }) => cell),
    ...factsOf(context, stored),
    unpacked: answers.find(({ cell }) => cell.unpackedBytes !== undefined)?.cell.unpackedBytes,
  };
}

/** The engine of a machine is only concerned with what is placed there. */
function isConcerned({ engines }: Context, index: number, repository: string): boolean {
  const view = engines[index];
  return view !== undefined && (view.engine.machines.length === 0 || view.expected.has(repository));
}

function nameOf({ observation }: Context, repository: string): string {
  const { namespace } = observation.registry;
  return namespace !== undefined && repository.startsWith(`${namespace}/`)
    ? repository.slice(namespace.length + 1)
    : repository;
}

function factsOf(context: Context, stored: StoredFact | undefined) {
  const sizes = stored === undefined ? undefined : context.sizes.of(stored.digest);
  return {
    platforms: platformsOf(stored),
    mediaType: stored?.mediaType,
    compressed: sizes?.compressed,
    unique: sizes?.unique,
    created: stored?.created,
    revision: stored?.revision,
    baseDigest: stored?.baseDigest,
  };
}

function platformsOf(stored: StoredFact | undefined): readonly PlatformDigest[] {
  const lost = new Set<Digest>(stored === undefined ? [] : lostChildren(stored));
  return (stored?.index?.manifests ?? []).map(({ platform, digest }) => ({
    platform: platform === undefined ? "unknown/unknown" : formatPlatform(platform),
    digest,
    lost: lost.has(digest),
  }));
}

/** Parts of indexes that no tag of their own protects: deleting one breaks the tagged image. */
function childRows(
  context: Context,
  known: Knowledge,
  declared: DeclaredFact | undefined,
): readonly InventoryRow[] {
  const tagged = new Set(known.tags.flatMap(({ stored }) => stored?.digest ?? []));
  const seen = new Set<Digest>();
  return known.tags.flatMap(({ tag, stored }) =>
    (stored?.children ?? []).flatMap((child) => {
      if (tagged.has(child.digest) || seen.has(child.digest)) return [];
      seen.add(child.digest);
      return childRow(context, { known, declared, child, tag });
    }),
  );
}

function childRow(
  context: Context,
  {
    known,
    declared,
    child,
    tag,
  }: {
    readonly known: Knowledge;
    readonly declared: DeclaredFact | undefined;
    readonly child: StoredFact;
    readonly tag: string;
  },
): InventoryRow {
  return {
    image: declared?.name ?? nameOf(context, known.repository),
    repository: known.repository,
    tag: undefined,
    role: "outside",
    declared: declared !== undefined,
    current: false,
    drift: "untagged-child",
    reasons: [`part of the index ${tag}`],
    chosen: false,
    base: declared?.base,
    released: undefined,
    registry: { state: "present", digest: child.digest },
    engines: [],
    ...factsOf(context, child),
    unpacked: undefined,
  };
}
