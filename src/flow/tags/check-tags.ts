import type { Finding } from "../../core/base/finding.ts";
import { previousTag } from "../../core/blueprint/tag-form.ts";
import { tagJudge } from "../../core/blueprint/tag-kind.ts";
import { contentTag } from "../../core/graph/identity.ts";
import {
  gpuSuffixFindings,
  outsideFinding,
  type RecordedTag,
  recordedTagFinding,
  type TagListing,
} from "../../core/policy/tag-findings.ts";
import { isKind } from "../../core/record/entry.ts";
import type { PromotionBody } from "../../core/record/kinds.ts";
import type { Fleet } from "../load-fleet.ts";
import { releasesRepository } from "../publish-record.ts";
import type { World } from "../world.ts";
import { type KnownRelease, knownReleases, ownReleases } from "./known-releases.ts";
import { type OpenFleet, openLoaded } from "./open-fleet.ts";

/**
 * The registry's tags against the blueprint's scheme, the ledger and the release records: one list for each repository
 * of the fleet, and one HEAD for each tag that we ever put. Nothing is changed. A registry that cannot be read is an
 * error, never a clean answer.
 */
export async function tagFindings(world: World, fleet: Fleet): Promise<readonly Finding[]> {
  const open = await openLoaded(world, fleet);
  const { channels, tag: scheme } = fleet.blueprint;
  const judge = tagJudge({ scheme, channels });
  const [listings, own, known, promotions] = await Promise.all([
    listTags(world, open),
    ownReleases(open),
    knownReleases(open),
    lastPromotions(open),
  ]);
  return [
    ...gpuSuffixFindings(fleet.blueprint),
    ...listings.flatMap((listing) => outsideFinding(listing, judge) ?? []),
    // This machine's own word first: a record in the registry can be moved as any other tag.
    ...(await recordedFindings(world, open, {
      known,
      recorded: [...releaseTags([...own, ...known]), ...promotions.flatMap(channelTags)],
    })),
    ...(await recordFindings(world, open, own)),
    ...promotions.filter(({ state }) => state === "started").map(unfinishedFinding),
  ];
}

function listTags(world: World, { fleet, registry, host }: OpenFleet): Promise<readonly TagListing[]> {
  const { namespace } = fleet.place;
  const images = [...fleet.graph.nodes.values()].map(({ name, declared }) => ({
    repository: namespace === undefined ? name : `${namespace}/${name}`,
    place: "image" as const,
    at: declared.at,
  }));
  const places = [...images, { repository: releasesRepository(namespace), place: "records" as const }];
  return Promise.all(
    places.map(async (place) => ({
      ...place,
      tags: await registry.listTags({ host, repository: place.repository }, { signal: world.kill }),
    })),
  );
}

/** The newest promotion of each channel that was ever moved. */
async function lastPromotions({ state }: OpenFleet): Promise<readonly PromotionBody[]> {
  const entries = (await state.ledger.read()).filter((entry) => isKind(entry, "promotion"));
  return [...new Map(entries.map(({ body }) => [body.channel, body])).values()];
}

function releaseTags(releases: readonly KnownRelease[]): readonly RecordedTag[] {
  return releases.flatMap(({ tag, time, images, previous = [] }) => [
    ...images.flatMap(({ repository, identity, digest }): RecordedTag[] => [
      { repository, tag, digest, origin: `released at ${time}`, guarded: true },
      {
        repository,
        tag: contentTag(identity),
        digest,
        origin: `the content of ${tag}, released at ${time}`,
        guarded: true,
      },
    ]),
    ...previous.map(({ repository, digest, release }) => ({
      repository,
      tag: previousTag(tag),
      digest,
      origin: `${release}, when ${tag} was released at ${time}`,
      guarded: true,
    })),
  ]);
}

function channelTags({ channel, release, state, images }: PromotionBody): readonly RecordedTag[] {
  // Halfway, a tag may stand on either side; `unfinishedFinding` says that.
  if (state === "started") return [];
  return images.map(({ repository, digest }) => ({
    repository,
    tag: channel,
    digest,
    origin: `promoted to ${release}`,
    guarded: false,
  }));
}

async function recordedFindings(
  world: World,
  { registry, host }: OpenFleet,
  { recorded, known }: { readonly recorded: readonly RecordedTag[]; readonly known: readonly KnownRelease[] },
): Promise<readonly Finding[]> {
  const first = new Map<string, RecordedTag>();
  for (const each of recorded) {
    const name = `${each.repository}:${each.tag}`;
    if (!first.has(name)) first.set(name, each);
  }
  const findings = [...first.values()].map(async (each) => {
    const { repository, tag } = each;
    const found = await registry.resolve({ host, repository, tag }, { signal: world.kill });
    return recordedTagFinding(each, found?.digest, (digest) => originOf(known, repository, digest));
  });
  return (await Promise.all(findings)).flatMap((each) => each ?? []);
}

function originOf(known: readonly KnownRelease[], repository: string, digest: string): string {
  const maker = known.find(({ images }) =>
    images.some((image) => image.repository === repository && image.digest === digest),
  );
  return maker === undefined
    ? "no release that we know made it"
    : `released as ${maker.tag} at ${maker.time}`;
}

/** A release's record stands under its tag, or, where a part was released first, under the tag of one of the two. */
async function recordFindings(
  world: World,
  { registry, host, fleet }: OpenFleet,
  own: readonly KnownRelease[],
): Promise<readonly Finding[]> {
  const repository = releasesRepository(fleet.place.namespace);
  const recorded = own.filter(({ artifact }) => artifact !== null);
  const tags = [...new Set(recorded.map(({ tag }) => tag))];
  const findings = tags.map(async (tag): Promise<Finding | undefined> => {
    const found = await registry.resolve({ host, repository, tag }, { signal: world.kill });
    const ours = recorded.filter((release) => release.tag === tag);
    if (ours.some(({ artifact }) => artifact === found?.digest)) return undefined;
    const [release] = ours;
    if (release === undefined || release.artifact === null) return undefined;
    const { artifact: digest, time } = release;
    return recordedTagFinding(
      { repository, tag, digest, origin: `recorded at ${time}`, guarded: true },
      found?.digest,
      () => "no record of this ledger",
    );
  });
  return (await Promise.all(findings)).flatMap((each) => each ?? []);
}

function unfinishedFinding({ channel, release }: PromotionBody): Finding {
  return {
    rule: "promotion-unfinished",
    level: "error",
    message: `the promotion of ${release} to ${channel} was interrupted: some images may stand on it and some not`,
    hint: `run \`lapstrake promote ${release} --to ${channel}\` again`,
  };
}
