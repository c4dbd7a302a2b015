import type { Tier } from "../../../core/blueprint/blueprint.ts";
import { withDependents } from "../../../core/graph/image-graph.ts";
import type { DockerfilePatch } from "../../../core/policy/audit/patch-dockerfile.ts";
import { type ImageProof, judgeProof, type ProofSide } from "../../../core/policy/audit/proof.ts";
import type { Verdict } from "../../../core/policy/verdict.ts";
import { type BuildReport, buildFleet } from "../../build-fleet.ts";
import { FlowError } from "../../error.ts";
import { holdLock } from "../../hold-lock.ts";
import { planFleet } from "../../plan-fleet.ts";
import { type OpenFleet, openFleet } from "../../tags/open-fleet.ts";
import { chooseTargets } from "../../verify/choose-targets.ts";
import { type Containers, connectContainers } from "../../verify/connect-containers.ts";
import { verifyRun } from "../../verify/verify-images.ts";
import type { World } from "../../world.ts";
import { copyFleet } from "./copy-fleet.ts";
import { importModules } from "./import-modules.ts";
import { readSide, type SideAsk } from "./read-side.ts";

export interface PatchProof {
  readonly images: readonly ImageProof[];
  /** Built on what is patched, and not looked at, with why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

export interface ProveAsk {
  /** Rebuild only images of this tier. */
  readonly tier: Tier | undefined;
  readonly wait: number;
}

/**
 * Applies patches in a copy of the work tree, builds what they change and all that is built on it, and compares each image with
 * the one that stands: what it lacks, what it can import, whether it runs, its size. The work tree and all tags stay as they are;
 * what is built lies in the registry under its content name, where a build of the applied patch finds it.
 */
export async function provePatches(
  world: World,
  patches: readonly DockerfilePatch[],
  { tier, wait }: ProveAsk,
): Promise<PatchProof> {
  const open = await openFleet(world);
  const { graph } = open.fleet;
  const changed = patches.filter(({ removed }) => removed.length > 0);
  const files = new Map(changed.map(({ file, patched }) => [file, patched]));
  const roots = [...graph.nodes.values()].flatMap(({ name, declared }) =>
    files.has(declared.dockerfile) ? [name] : [],
  );
  if (roots.length === 0) return { images: [], left: [] };
  const engine = await connectContainers(world);
  if ("why" in engine)
    throw new FlowError("NO_ENGINE", `a proof builds and runs images, but ${engine.why}`, {
      hint: "run `scripts/engine up`",
    });
  const names = withDependents(graph, roots).filter(
    (name) => tier === undefined || graph.nodes.get(name)?.declared.tier === tier,
  );
  return holdLock(world, open.state, { command: "lapstrake audit --prove", wait }, async () => {
    const scratch = await open.state.scratch();
    try {
      const selection = { images: names, only: false, dependents: false };
      const { git } = await planFleet(world, selection);
      const copy = await copyFleet(world, { fleet: open.fleet, git, into: scratch.path }, files);
      const planned = await planFleet(copy, selection);
      const report = await buildFleet(copy, planned, { jobs: undefined, failFast: false, noCache: false });
      world.kill.throwIfAborted();
      return await compare(world, { open, engine, names, report });
    } finally {
      await scratch.remove();
    }
  });
}

interface Comparison {
  readonly open: OpenFleet;
  readonly engine: Exclude<Containers, { readonly why: string }>;
  readonly names: readonly string[];
  readonly report: BuildReport;
}

async function compare(world: World, { open, engine, names, report }: Comparison): Promise<PatchProof> {
  const { targets } = await chooseTargets(world, open, names);
  const images: ImageProof[] = [];
  const left: { name: string; why: string }[] = [];
  for (const target of targets) {
    const { node, repository, digest } = target;
    const { name } = node;
    const outcome = report.outcomes.get(name);
    if (digest === undefined || outcome === undefined || outcome.state === "cancelled") {
      left.push({ name, why: digest === undefined ? target.source : "it was not built" });
      continue;
    }
    if (outcome.state === "unavailable") {
      left.push({ name, why: outcome.why });
      continue;
    }
    const before = await sideOf(world, { open, engine, ask: { node, repository, digest } });
    if (outcome.state === "failed" || outcome.state === "blocked") {
      const failure = outcome.state === "failed" ? outcome.failure.message : `${outcome.by} is not built`;
      images.push(judgeProof({ name, before, after: { failure }, verdicts: [] }));
      continue;
    }
    const after = await sideOf(world, {
      open,
      engine,
      ask: { node, repository, digest: outcome.digest },
    });
    const verdicts: readonly Verdict[] = await verifyRun(world, engine, {
      target: { ...target, digest: outcome.digest },
      host: open.host,
      user: open.fleet.blueprint.user,
    });
    images.push(judgeProof({ name, before, after, verdicts }));
  }
  return { images, left };
}

async function sideOf(
  world: World,
  { open, engine, ask }: Pick<Comparison, "open" | "engine"> & { readonly ask: SideAsk },
): Promise<ProofSide> {
  const { modules, ...side } = await readSide(world, open, ask);
  const image = `${open.host}/${ask.repository}@${ask.digest}`;
  const count = [...modules.values()].flat().length;
  if (count > 0)
    world.onEvent({
      type: "note",
      level: "info",
      message: `${ask.node.name}: importing ${count} modules in a container of it`,
    });
  return { ...side, imports: await importModules(world, engine.runner, { image, modules }) };
}
