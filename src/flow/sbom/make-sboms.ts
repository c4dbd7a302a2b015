import { LINKS_QUESTION } from "../../core/audit/image/audit-question.ts";
import { LICENCES_QUESTION } from "../../core/audit/image/licences-question.ts";
import type { Sbom } from "../../core/audit/sbom/sbom.ts";
import { parseImagePlace } from "../../core/oci/image-place.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import { describeImage } from "../../core/policy/sbom/describe-image.ts";
import { gatherFacts } from "../audit/gather-facts.ts";
import { notThere, type ReadTarget, readPlace, readTargets } from "../audit/read-targets.ts";
import { type OpenFleet, openFleet } from "../tags/open-fleet.ts";
import { chooseTargets, type Target } from "../verify/choose-targets.ts";
import type { RegistrySettings, World } from "../world.ts";
import { type PlatformTarget, platformTargets } from "./platform-targets.ts";

export interface SbomReport {
  readonly images: readonly { readonly target: ReadTarget; readonly sbom: Sbom }[];
  /** Images of the fleet that are not there to be read, with why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** How the registry of the fleet is spoken to. */
  readonly settings: RegistrySettings;
}

const NO_SETTINGS: RegistrySettings = { insecure: [], mirrors: {} };

/** What an SBOM is made of. */
export const SBOM_QUESTIONS = [LINKS_QUESTION, LICENCES_QUESTION];

/** `first`: of an image of the fleet on several platforms, the first of the blueprint alone. */
export interface SbomAsk {
  readonly platforms: "first" | "all";
}

/** What is in images: of the newest release where none is named; by name or by place otherwise. */
export async function makeSboms(
  world: World,
  images: readonly string[],
  ask: SbomAsk = { platforms: "first" },
): Promise<SbomReport> {
  const places = images.map(parseImagePlace);
  const names = places.flatMap((place) => (place.kind === "fleet" ? [place.name] : []));
  const found: ReadTarget[] = [];
  for (const place of places)
    if (place.kind !== "fleet") found.push(await readPlace(world, place, SBOM_QUESTIONS));
  const own = names.length > 0 || found.length === 0 ? await readFleet(world, names, ask) : undefined;
  const all = [...(own?.read ?? []), ...found];
  return {
    images: all.map((target) => ({ target, sbom: sbomOf(world, target) })),
    left: own?.left ?? [],
    settings: own?.settings ?? NO_SETTINGS,
  };
}

async function readFleet(world: World, names: readonly string[], { platforms }: SbomAsk) {
  const open = await openFleet(world);
  const { targets } = await chooseTargets(world, open, names);
  const { insecure, mirrors } = open.fleet.blueprint.build;
  const asked = platforms === "first" ? targets : await onAllPlatforms(world, open, targets);
  const { read } = await readTargets(world, open, { targets: asked, questions: SBOM_QUESTIONS });
  return { read, left: notThere(targets), settings: { insecure, mirrors } };
}

async function onAllPlatforms(
  { kill }: World,
  open: OpenFleet,
  targets: readonly Target[],
): Promise<readonly PlatformTarget[]> {
  const parts: PlatformTarget[] = [];
  for (const { node, digest, repository, source } of targets) {
    if (digest === undefined) continue;
    parts.push(...(await platformTargets(open, { node, digest, repository, source }, kill)));
  }
  return parts;
}

/** Throws AuditError where a database of the image cannot be read. */
export function sbomOf(world: Pick<World, "version">, target: ReadTarget): Sbom {
  const { image, name, digest, at, platform, machine } = target;
  const { facts, origins, licences } = gatherFacts(image, image.config?.config ?? {});
  const { architecture } = parsePlatform(platform);
  return describeImage({
    facts,
    origins,
    licences,
    layers: image.origins,
    subject: {
      name,
      digest,
      architecture,
      ...(at === undefined ? {} : { repository: `${at.host}/${at.repository}` }),
    },
    created: image.config?.created,
    tool: world.version,
    machine,
  });
}
