import { join } from "node:path";
import type { ImageFailure } from "../../../core/base/build-event.ts";
import type { BaselineEntry } from "../../../core/blueprint/baseline.ts";
import { firstPlatform } from "../../../core/blueprint/first-platform.ts";
import type { ImageNode } from "../../../core/graph/image-graph.ts";
import { formatImageRef } from "../../../core/oci/reference.ts";
import { baselineDockerfile, REQUIREMENTS } from "../../../core/policy/size/baseline-dockerfile.ts";
import { type BaselineRecipe, baselineRecipe } from "../../../core/policy/size/baseline-recipe.ts";
import type { BuildRequest, BuildResult } from "../../../edge/builder/port.ts";
import { TRUST_SECRET } from "../../build-request.ts";
import { FlowError } from "../../error.ts";
import { pinnedRoot, rootRef } from "../../root-ref.ts";
import { storedSizes } from "../stored-sizes.ts";
import type { BaselineRun } from "./baseline-run.ts";
import { type ReadRequirement, readRequirements } from "./read-requirements.ts";
import { stageWhole } from "./stage-whole.ts";

export type BaselineResult =
  | { readonly state: "built"; readonly entry: BaselineEntry; readonly ms: number }
  | { readonly state: "failed"; readonly failure: ImageFailure; readonly ms: number }
  | { readonly state: "cancelled" };

/** Where a baseline is pushed: beside the service, and in no place that a release looks at. */
export function baselineName(service: string): string {
  return `${service}-baseline`;
}

const TAG = "baseline";

/**
 * Builds one service as one stage with everything installed, pushes it and measures what was pushed. Throws FlowError where the
 * service stands on no root that can be had, or installs from a file that is not in the tree.
 */
export async function buildBaseline(
  run: BaselineRun,
  { service, node }: { readonly service: string; readonly node: ImageNode },
): Promise<BaselineResult> {
  const recipe = baselineRecipe(run.fleet.graph, node);
  if (recipe === undefined)
    throw new FlowError("BASELINE_ROOT", `${service} stands on no root: there is nothing to install into`);
  const requirements = await readRequirements(run.fleet, service, recipe);
  const repository = [run.fleet.place.namespace, baselineName(service)].filter(Boolean).join("/");
  const built = await buildOnce(run, { service, recipe, requirements, repository });
  if (!built.ok) return failureOf(run, built);
  const { digest, durationMs: ms } = built;
  const sizes = await storedSizes(run.world, run, { repository, digest });
  const { root } = recipe;
  return {
    state: "built",
    ms,
    entry: {
      ...sizes,
      digest,
      repository,
      platform: firstPlatform(run.fleet.blueprint),
      built: new Date(run.world.clock()).toISOString().slice(0, "YYYY-MM-DD".length),
      tool: run.world.version,
      from: {
        root: formatImageRef(root.image),
        digest: rootOf(run, recipe).digest,
        apt: recipe.apt,
        requirements: requirements.map(({ path }) => path),
        folders: recipe.contexts.map(({ folder }) => folder),
      },
    },
  };
}

interface Ingredients {
  readonly service: string;
  readonly recipe: BaselineRecipe;
  readonly requirements: readonly ReadRequirement[];
  readonly repository: string;
}

async function buildOnce(
  run: BaselineRun,
  { service, recipe, requirements, repository }: Ingredients,
): Promise<BuildResult> {
  const { world, fleet, host, state } = run;
  const staged = await stageWhole(run, recipe.contexts);
  try {
    const text = baselineDockerfile(recipe, requirements);
    const { root } = recipe;
    const request: BuildRequest = {
      image: baselineName(service),
      dockerfile: join(await state.folderOf({ Dockerfile: text }), "Dockerfile"),
      context: staged.folders.get("") ?? fleet.folder,
      platforms: fleet.blueprint.platforms.slice(0, 1),
      args: {},
      contexts: {
        [root.name]: `docker-image://${formatImageRef(rootRef(fleet, host, root.name, rootOf(run, recipe)))}`,
        ...Object.fromEntries([...staged.folders].filter(([name]) => name !== "")),
        ...(requirements.length === 0
          ? {}
          : {
              [REQUIREMENTS]: await state.folderOf(
                Object.fromEntries(requirements.map(({ file, text: content }) => [file, content])),
              ),
            }),
      },
      secrets: trustOf(run),
      labels: {},
      annotations: {},
      epoch: rootOf(run, recipe).created,
      name: formatImageRef({ host, repository, tag: TAG }),
      // As everybody's engine does who does not ask for another.
      compression: "gzip",
      cacheFrom: [],
      cacheTo: [],
      noCache: false,
    };
    return await run.builder.build(request, { signal: world.kill, onEvent: (event) => world.onEvent(event) });
  } finally {
    await staged.remove();
  }
}

function rootOf({ fleet }: BaselineRun, { root }: BaselineRecipe) {
  const pinned = pinnedRoot(fleet, root.name);
  if (pinned !== undefined) return pinned;
  throw new FlowError("BASELINE_ROOT", `the root ${root.name} cannot be had here`, {
    hint: "`lapstrake lock` says why",
  });
}

function trustOf({ fleet, world }: BaselineRun): BuildRequest["secrets"] {
  const bundle = fleet.blueprint.build.trust === "host" ? world.trustBundle() : undefined;
  return bundle === undefined ? [] : [{ id: TRUST_SECRET, source: { file: bundle } }];
}

function failureOf({ world }: BaselineRun, result: BuildResult & { readonly ok: false }): BaselineResult {
  if (result.reason === "cancelled" || world.kill.aborted) return { state: "cancelled" };
  const { reason, message, step, logTail, durationMs: ms } = result;
  return {
    state: "failed",
    ms,
    failure: { reason, message, logTail, ...(step === undefined ? {} : { step }) },
  };
}
