import type { Digest } from "../core/base/digest.ts";
import type { ExitCode } from "../core/base/error.ts";
import type { Tier } from "../core/blueprint/blueprint.ts";
import type { ImageOutcome } from "../core/plan/outcome.ts";
import type { ScanReport } from "../core/policy/gates/gate.ts";
import type { ReleaseBody, ReleasedImage, UnavailableImage } from "../core/record/kinds.ts";
import { type BuildFlags, type BuildReport, buildFleet } from "./build-fleet.ts";
import { dirtyError } from "./dirty-error.ts";
import { FlowError } from "./error.ts";
import { type HoldOptions, holdLock } from "./hold-lock.ts";
import { type PlannedFleet, planSurveyed } from "./plan-fleet.ts";
import { publishRecord } from "./publish-record.ts";
import { type ReleaseTag, releaseTag } from "./release-tag.ts";
import { releaseSboms, type WithoutSbom } from "./sbom/release-sboms.ts";
import { gateRelease } from "./scan/gate-release.ts";
import { type LastScan, lastScan } from "./scan/last-scan.ts";
import { readPolicy } from "./scan/read-policy.ts";
import { EVERYTHING, surveyFleet } from "./survey-fleet.ts";
import { tagPrevious } from "./tags/previous-tags.ts";
import { checkTags, moveTags } from "./tags.ts";
import { confirmRelease, leftOutOf, unchangedRelease } from "./unchanged-release.ts";
import type { World } from "./world.ts";

export interface ReleaseFlags extends BuildFlags, HoldOptions {
  /** Release only the images of this tier; recorded as partial. */
  readonly tier: Tier | undefined;
  /** Release what could be built, without what failed. Recorded as such. */
  readonly partial: boolean;
  readonly allowDirty: boolean;
}

export type ReleaseReport =
  | {
      readonly state: "unchanged";
      readonly release: ReleaseBody;
      readonly exit: ExitCode;
      /** No gate ran: what they said the last time. */
      readonly lastScan: LastScan | undefined;
    }
  | {
      readonly state: "released";
      readonly release: ReleaseBody;
      readonly exit: ExitCode;
      readonly built: number;
      readonly withoutSbom: readonly WithoutSbom[];
      /** Undefined where the blueprint has no gates. */
      readonly scan: ScanReport | undefined;
    }
  /** Nothing was tagged. */
  | { readonly state: "stopped"; readonly build: BuildReport; readonly exit: ExitCode }
  | {
      readonly state: "denied";
      readonly scan: ScanReport;
      readonly denied: readonly UnavailableImage[];
      readonly exit: ExitCode;
    };

/**
 * Build, SBOMs, gates, then the tags of the whole fleet together, then the record. Nothing is tagged unless every available
 * image stands and passed. Rerunning after any interruption goes on where it was: all state is in the registry.
 */
export async function release(world: World, flags: ReleaseFlags): Promise<ReleaseReport> {
  const planned = await planRelease(world, flags);
  if ("exit" in planned) return planned;
  // Before hours of building, not after: a tag that cannot be given.
  tagOf(world, planned, []);
  // And waivers that are none.
  if (planned.fleet.blueprint.gates !== undefined) await readPolicy(world, planned.fleet);
  return holdLock(world, planned.state, flags, async (waited) => {
    // What was waited for has most likely made the same release.
    const current = waited ? await planRelease(world, flags) : planned;
    return "exit" in current ? current : buildAndTag(world, current, flags);
  });
}

/** A plan, or the release that already is what this tree makes. */
async function planRelease(world: World, flags: ReleaseFlags): Promise<PlannedFleet | ReleaseReport> {
  const surveyed = await surveyFleet(world, { ...EVERYTHING, tier: flags.tier });
  const own = await confirmRelease(world, surveyed);
  if (own !== undefined) return unchanged(world, surveyed, own);
  const planned = await planSurveyed(world, surveyed, { history: "open", only: false });
  const other = await unchangedRelease(world, planned);
  if (other !== undefined) {
    await planned.state.journal.save();
    return unchanged(world, planned, other);
  }
  const dirty = flags.allowDirty ? undefined : dirtyError(planned);
  if (dirty !== undefined) throw dirty;
  return planned;
}

async function unchanged(
  world: World,
  open: Pick<PlannedFleet, "state">,
  release: ReleaseBody,
): Promise<ReleaseReport> {
  return { state: "unchanged", release, exit: 0, lastScan: await lastScan(world, open, release) };
}

async function buildAndTag(world: World, planned: PlannedFleet, flags: ReleaseFlags): Promise<ReleaseReport> {
  const build = await buildFleet(world, planned, flags);
  const releasable = split(build);
  if (releasable.images.length + releasable.missing.length === 0 && build.exit !== 130)
    throw nothingError(releasable.unavailable);
  if (
    build.exit === 130 ||
    releasable.images.length === 0 ||
    (releasable.missing.length > 0 && !flags.partial)
  ) {
    return { state: "stopped", build, exit: build.exit };
  }
  return gateAndTag(world, planned, { releasable, build, partial: flags.partial });
}

function nothingError(unavailable: readonly UnavailableImage[]): FlowError {
  const problems = unavailable.map(({ name, why }) => ({
    code: "NOTHING_TO_RELEASE",
    message: `${name} is unavailable: ${why}`,
  }));
  return new FlowError("NOTHING_TO_RELEASE", "there is no image to release", { problems });
}

interface Releasable {
  readonly images: readonly { readonly name: string; readonly outcome: Standing }[];
  /** Could have been released, but failed or were blocked. */
  readonly missing: readonly UnavailableImage[];
  readonly unavailable: readonly UnavailableImage[];
}

type Standing = ImageOutcome & { readonly state: "built" | "reused" };

interface Gating {
  readonly releasable: Releasable;
  readonly build: BuildReport;
  /** Release what the gates let through, without what they deny. */
  readonly partial: boolean;
}

async function gateAndTag(
  world: World,
  planned: PlannedFleet,
  { releasable, build, partial }: Gating,
): Promise<ReleaseReport> {
  const images = releasable.images.map(({ name, outcome }) => releasedImage(planned, name, outcome));
  const withoutSbom = await releaseSboms(world, planned, images);
  const identities = images.map(({ identity }) => identity);
  const gated = await gateRelease(world, planned, { images, tag: tagOf(world, planned, identities).tag });
  const denied = (gated?.denied ?? []).map((each) => ({ ...each, cause: "failure" as const }));
  const released = gated?.released ?? images;
  if (gated !== undefined && (released.length === 0 || (denied.length > 0 && !partial)))
    return { state: "denied", scan: gated.report, denied, exit: 1 };
  // Once tags are put, all are: whoever wants none says so before.
  world.drain.throwIfAborted();
  const missing = [...releasable.missing, ...denied];
  const body = await tagAndRecord(world, planned, {
    images: released,
    missing,
    unavailable: releasable.unavailable,
    gates: gated?.results ?? [],
  });
  const built = released.filter(({ kind }) => kind === "built").length;
  const exit = build.exit === 0 && denied.length === 0 ? 0 : 4;
  return { state: "released", release: body, built, withoutSbom, scan: gated?.report, exit };
}

interface Tagging extends Pick<ReleaseBody, "images" | "gates"> {
  /** Could have been released, but failed, were blocked or denied. */
  readonly missing: readonly UnavailableImage[];
  readonly unavailable: readonly UnavailableImage[];
}

async function tagAndRecord(
  world: World,
  planned: PlannedFleet,
  { images, missing, unavailable, gates }: Tagging,
): Promise<ReleaseBody> {
  const identities = images.map(({ identity }) => identity);
  const tag = tagOf(world, planned, identities);
  const missingTags = await checkTags(planned, { tag: tag.tag, images, signal: world.kill });
  // First what stood before: whatever interrupts this leaves a way back.
  const previous = await tagPrevious(world, planned, { tag: tag.tag, images });
  await moveTags(world, planned, { tag: tag.tag, images: missingTags });
  const leftOut = leftOutOf(planned);
  const content = {
    ...tag,
    partial: missing.length + leftOut.length > 0,
    images,
    unavailable: [...unavailable, ...missing, ...leftOut],
    gates,
    ...(previous.length === 0 ? {} : { previous }),
  };
  const artifact = await publishRecord(world, planned, content);
  const body: ReleaseBody = { ...content, artifact };
  await planned.state.ledger.append("release", body);
  return body;
}

function tagOf(world: World, { fleet, git }: PlannedFleet, identities: readonly Digest[]): ReleaseTag {
  return releaseTag({ fleet, git, now: world.clock(), env: world.env, identities: identities.toSorted() });
}

function split(build: BuildReport): Releasable {
  const entries = [...build.outcomes];
  return {
    images: entries.flatMap(([name, outcome]) => (isStanding(outcome) ? [{ name, outcome }] : [])),
    missing: entries.flatMap(([name, outcome]) => {
      const cause = "failure";
      if (outcome.state === "failed") return [{ name, why: `failed: ${outcome.failure.message}`, cause }];
      return outcome.state === "blocked" ? [{ name, why: `blocked by ${outcome.by}`, cause }] : [];
    }),
    unavailable: entries.flatMap(([name, outcome]) =>
      outcome.state === "unavailable" ? [{ name, why: outcome.why, cause: "root" }] : [],
    ),
  };
}

function isStanding(outcome: ImageOutcome): outcome is Standing {
  return outcome.state === "built" || outcome.state === "reused";
}

function releasedImage({ subjects }: PlannedFleet, name: string, outcome: Standing): ReleasedImage {
  const subject = subjects.find(({ node }) => node.name === name);
  if (subject === undefined) throw new Error(`${name} was built but never read`);
  const { identified, digest, state } = outcome;
  return { name, repository: subject.repository, identity: identified.id, digest, kind: state };
}
