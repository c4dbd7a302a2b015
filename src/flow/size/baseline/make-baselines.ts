import type { Baseline, BaselineEntry } from "../../../core/blueprint/baseline.ts";
import type { Tier } from "../../../core/blueprint/blueprint.ts";
import type { EngineFile } from "../../../edge/tree/engine-file.ts";
import type { ForecastImage } from "../../doctor/disk-forecast.ts";
import { requireSpace } from "../../doctor/require-space.ts";
import { FlowError } from "../../error.ts";
import { holdLock } from "../../hold-lock.ts";
import { requireLock } from "../../root-ref.ts";
import { openFleet } from "../../tags/open-fleet.ts";
import type { World } from "../../world.ts";
import { baselineFile, readBaseline, writeBaseline } from "./baseline-file.ts";
import type { BaselineRun } from "./baseline-run.ts";
import { type BaselineResult, baselineName, buildBaseline } from "./build-baseline.ts";
import { type ServiceImages, servicesOf } from "./services.ts";

export interface BaselineAsk {
  /** Built anew, whatever is recorded of them; all that have none yet where nobody is named. */
  readonly services: readonly string[];
  readonly tier: Tier | undefined;
  /** Milliseconds to wait for another run of this fleet. */
  readonly wait: number;
}

export interface BaselineReport {
  /** Relative to the blueprint's folder. */
  readonly file: string;
  readonly services: readonly ServiceBaseline[];
}

export interface ServiceBaseline {
  readonly service: string;
  /** `kept`: it was recorded before. `left`: nothing could be built, `why` says it. */
  readonly state: "built" | "kept" | "failed" | "left" | "cancelled";
  readonly why?: string;
  readonly entry?: BaselineEntry;
}

/** Builds what has no baseline, one after the other since each is large, and records each as soon as it stands. */
export async function makeBaselines(world: World, ask: BaselineAsk): Promise<BaselineReport> {
  const open = await openFleet(world);
  requireLock(open.fleet);
  const chosen = servicesOf(open.fleet, { names: ask.services, tier: ask.tier });
  const command = "lapstrake size --baseline";
  return holdLock(world, open.state, { command, wait: ask.wait }, async () => {
    let baseline = await readBaseline(open.fleet);
    const isNamed = ask.services.length > 0;
    const wanted = chosen.filter(({ service }) => isNamed || !Object.hasOwn(baseline.services, service));
    const results = new Map<string, ServiceBaseline>();
    if (wanted.length > 0) {
      const engine = engineOf(world);
      await requireSpace(world, {
        engine,
        host: open.host,
        images: () => Promise.resolve(wanted.map((each) => forecastOf(each, baseline))),
        part: "lapstrake size --baseline SERVICE",
      });
      const run: BaselineRun = { ...open, world, builder: await world.builder(engine) };
      const started = world.clock();
      world.onEvent({
        type: "run-started",
        images: wanted.map(({ service }) => ({ name: baselineName(service), parent: undefined, level: 0 })),
      });
      for (const each of wanted) {
        const result = await makeOne(run, each);
        results.set(each.service, result);
        if (result.entry === undefined) continue;
        baseline = withEntry(baseline, each.service, result.entry);
        await writeBaseline(world, open.fleet, baseline);
      }
      world.onEvent({ type: "run-finished", ms: world.clock() - started });
    }
    return {
      file: baselineFile(open.fleet),
      services: chosen.flatMap(({ service }) => results.get(service) ?? keptOf(baseline, service)),
    };
  });
}

/** What was recorded of it is how large it was. */
function forecastOf({ service, tier }: ServiceImages, { services }: Baseline): ForecastImage {
  return { name: baselineName(service), kind: "baseline", tier, ownBytes: services[service]?.compressed };
}

function engineOf(world: World): EngineFile {
  const engine = world.engine();
  if (engine !== undefined) return engine;
  throw new FlowError("NO_ENGINE", "a baseline is built, but no engine was set up", {
    hint: "run `scripts/engine up`",
  });
}

async function makeOne(run: BaselineRun, { service, nodes }: ServiceImages): Promise<ServiceBaseline> {
  const { world } = run;
  const image = baselineName(service);
  if (world.drain.aborted) {
    world.onEvent({ type: "image-cancelled", image });
    return { service, state: "cancelled" };
  }
  world.onEvent({ type: "image-started", image });
  try {
    return told(world, service, await buildBaseline(run, { service, node: nodes[0] }));
  } catch (thrown) {
    // What the blueprint or the tree lacks is of this service; the next one may have it.
    if (!(thrown instanceof FlowError)) throw thrown;
    world.onEvent({ type: "image-unavailable", image, why: thrown.message });
    return { service, state: "left", why: thrown.message };
  }
}

function told(world: World, service: string, result: BaselineResult): ServiceBaseline {
  const image = baselineName(service);
  switch (result.state) {
    case "built": {
      const { entry, ms } = result;
      world.onEvent({ type: "image-built", image, digest: entry.digest, ms, bytes: entry.compressed });
      return { service, state: "built", entry };
    }
    case "failed":
      world.onEvent({ type: "image-failed", image, ms: result.ms, failure: result.failure });
      return { service, state: "failed", why: result.failure.message };
    case "cancelled":
      world.onEvent({ type: "image-cancelled", image });
      return { service, state: "cancelled" };
  }
}

function withEntry({ version, services }: Baseline, service: string, entry: BaselineEntry): Baseline {
  return { version, services: { ...services, [service]: entry } };
}

function keptOf({ services }: Baseline, service: string): readonly ServiceBaseline[] {
  const entry = services[service];
  return entry === undefined ? [] : [{ service, state: "kept", entry }];
}
