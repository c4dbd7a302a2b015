import { messageOf } from "../../core/base/error.ts";
import { CONTENT_QUESTION } from "../../core/policy/image/content-question.ts";
import { judgeImage } from "../../core/policy/image/judge-image.ts";
import { judgeRun } from "../../core/policy/image/judge-run.ts";
import { type Subject, type Verdict, verdictOf } from "../../core/policy/verdict.ts";
import type { Fleet } from "../load-fleet.ts";
import { openFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { chooseTargets, type Target, type Targets } from "./choose-targets.ts";
import { type Containers, connectContainers } from "./connect-containers.ts";
import { expectedOf } from "./expected-of.ts";
import type { ImageSource } from "./read-stored.ts";
import { readTarget } from "./read-target.ts";
import { createRootLayers, type RootLayers } from "./root-layers.ts";
import { runTarget } from "./run-target.ts";

export interface VerifyAsk {
  /** Names of images; all of the newest release where there is none. */
  readonly images: readonly string[];
  /** Also start each once. */
  readonly run: boolean;
}

export interface Verification extends Pick<Targets, "left"> {
  /** The tag of the release that is verified; undefined before the first. */
  readonly release: string | undefined;
  readonly images: readonly VerifiedImage[];
}

export interface VerifiedImage {
  readonly name: string;
  readonly digest: string | undefined;
  readonly source: string;
  readonly verdicts: readonly Verdict[];
}

/** Reads images from the registry without running them, and with `run` starts each once on this machine's engine. */
export async function verifyImages(world: World, { images, run }: VerifyAsk): Promise<Verification> {
  const open = await openFleet(world);
  const { fleet, host } = open;
  const { targets, release, left } = await chooseTargets(world, open, images);
  const source = {
    registry: open.registry,
    layers: await world.layerReader(),
    options: { signal: world.kill },
  };
  const { user } = fleet.blueprint;
  const rootLayers = createRootLayers(world, open);
  const engine = run ? await connectContainers(world) : undefined;
  const verified: VerifiedImage[] = [];
  for (const [index, target] of targets.entries()) {
    const { node, digest, source: from, repository } = target;
    const message = `${node.name} (${index + 1} of ${targets.length}): reading its layers`;
    world.onEvent({ type: "note", level: "info", message });
    const verdicts = await verifyStored(fleet, target, { ...source, rootLayers, at: { host, repository } });
    if (engine !== undefined) verdicts.push(...(await verifyRun(world, engine, { target, host, user })));
    verified.push({ name: node.name, digest, source: from, verdicts });
  }
  return { release: release?.tag, left, images: verified };
}

async function verifyStored(
  fleet: Fleet,
  target: Target,
  source: ImageSource & { readonly rootLayers: RootLayers },
): Promise<Verdict[]> {
  const { digest, source: from } = target;
  if (digest === undefined)
    return [presence(target, { unknown: [{ message: `nothing to verify: ${from}` }] })];
  const verdicts: Verdict[] = [];
  for (const platform of fleet.blueprint.platforms) {
    const rootLayers = await source.rootLayers(target.node, platform);
    const expected = { ...expectedOf(fleet, target), rootLayers };
    const read = await readTarget(source, { digest, platform, expected, questions: [CONTENT_QUESTION] });
    if (read.state === "read") verdicts.push(presence(target, {}), ...judgeImage(read.facts));
    else verdicts.push(presence(target, { [read.state]: [{ message: read.why, digest }] }));
  }
  return verdicts;
}

function presence(
  target: Target,
  seen: { readonly fails?: Verdict["reasons"]; readonly unknown?: Verdict["reasons"] },
): Verdict {
  const { digest, node, source } = target;
  const inputs = digest === undefined ? [] : [{ name: `manifest of ${node.name}`, digest }];
  return verdictOf(
    { rule: "image-present", subject: subjectOf(target), inputs },
    { ...seen, holds: { message: `it is in the registry (${source})` } },
  );
}

function subjectOf({ node, digest }: Target): Subject {
  return { kind: "image", name: node.name, ...(digest === undefined ? {} : { digest }) };
}

/** Starts an image once and judges what it does. `user`: UID:GID that it should run as. */
export async function verifyRun(
  world: World,
  engine: Containers,
  { target, host, user }: { readonly target: Target; readonly host: string; readonly user: string },
): Promise<readonly Verdict[]> {
  const { node, digest, repository } = target;
  if (digest === undefined) return [];
  const subject = subjectOf(target);
  const service = node.declared.kind === "service" ? { healthPort: node.declared.ports?.health } : undefined;
  const unknown = (why: string): readonly Verdict[] => {
    const not = { state: "unknown", why } as const;
    return judgeRun(
      subject,
      { identity: not, service: service === undefined ? undefined : { health: not, stop: not } },
      user,
    );
  };
  if ("why" in engine) return unknown(engine.why);
  world.onEvent({ type: "note", level: "info", message: `${node.name}: starting a container of it` });
  try {
    return judgeRun(
      subject,
      await runTarget(world, engine.runner, { image: `${host}/${repository}@${digest}`, service }),
      user,
    );
  } catch (error) {
    world.kill.throwIfAborted();
    return unknown(messageOf(error));
  }
}
