import type { Digest } from "../base/digest.ts";
import type { RuleCheck } from "../blueprint/phase-plan.ts";
import { chosenImages, chosenServices, heldImages } from "./chosen-images.ts";
import { digestOfData, planDigest, releaseDigest } from "./digests.ts";
import type { Today } from "./today.ts";

/** Digests by name, all that decides an outcome. */
export type Inputs = Readonly<Record<string, Digest>>;

/** What evidence that is collected today stands on; that of a file under `file:PATH`, of an image under `image:NAME`. */
export function inputsOf(check: RuleCheck, today: Today, machine?: string): Inputs {
  switch (check.kind) {
    case "plan-sound":
      return {
        plan: planDigest(today.plan),
        blueprint: today.blueprint,
        dockerfiles: today.dockerfiles,
      };
    case "release-complete":
    case "inventory-in-step":
      return { ...ofRelease(today), declared: declared(today) };
    case "tags-in-scheme":
      return { ...ofRelease(today), "tag-scheme": digestOfData(today.tags) };
    case "previous-tags":
      return ofRelease(today);
    case "identities-changed-only": {
      const baseline = today.baselines.get(check.since);
      return {
        ...ofRelease(today),
        ...(baseline === undefined ? {} : { baseline: releaseDigest(baseline) }),
        declared: declared(today),
      };
    }
    case "multi-stage":
      return {
        stages: digestOfData(chosenImages(check.images, today).map(({ name, stages }) => [name, stages])),
      };
    case "size-budget":
      return { ...ofImages(check.images, today, machine), budgets: digestOfData(today.budgets) };
    case "migrated":
    case "health-exact":
      return {
        services: digestOfData(chosenServices(check.services, today, machine)),
        ...ofImages(check.services, today, machine),
      };
    case "cutover":
    case "startup-report":
    case "rollback-drill":
      return ofImages(check.services, today, machine);
    case "document-present":
    case "pipeline":
      return filesAsInputs([check.path], today);
    case "driver":
    case "risk-fallbacks":
      return {};
    case "size-reduction":
    case "locks-verified":
    case "image-verified":
    case "image-ran":
    case "audit":
    case "scan":
    case "sbom":
      return ofImages(check.images, today, machine);
  }
}

/** Files as they are today, as inputs; those that are not there have none. */
export function filesAsInputs(paths: Iterable<string>, { files }: Pick<Today, "files">): Inputs {
  const inputs: Record<string, Digest> = {};
  for (const path of paths) {
    const digest = files.get(path);
    if (digest !== undefined) inputs[fileInput(path)] = digest;
  }
  return inputs;
}

const FILE = "file:";

export function fileInput(path: string): string {
  return `${FILE}${path}`;
}

/** The paths of the files among inputs. */
export function fileInputs(inputs: Inputs): readonly string[] {
  return Object.keys(inputs)
    .filter((name) => name.startsWith(FILE))
    .map((name) => name.slice(FILE.length));
}

function ofRelease({ release }: Today): Inputs {
  return release === undefined ? {} : { release: releaseDigest(release) };
}

function ofImages(
  choice: Parameters<typeof chosenImages>[0],
  today: Today,
  machine: string | undefined,
): Inputs {
  const held = heldImages(chosenImages(choice, today, machine), today);
  return Object.fromEntries(held.map(({ name, digest }) => [`image:${name}`, digest]));
}

function declared({ images }: Today): Digest {
  return digestOfData(images.map(({ stages: _stages, ...image }) => image));
}
