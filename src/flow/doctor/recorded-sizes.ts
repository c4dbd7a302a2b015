import type { Digest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import { isKind } from "../../core/record/entry.ts";
import { readImageFacts } from "../image-facts.ts";
import type { PlannedFleet } from "../plan-fleet.ts";
import type { ForecastImage } from "./disk-forecast.ts";

/** The images that a run will build, each with its own bytes when the ledger last saw it built. */
export async function forecastImages(
  planned: PlannedFleet,
  signal: AbortSignal,
): Promise<readonly ForecastImage[]> {
  const { plan, fleet } = planned;
  const open = plan.images.filter(({ action }) => action === "build" || action === "wait");
  if (open.length === 0) return [];
  const built = await lastBuilds(planned);
  const sizes = new Map<string, Promise<number | undefined>>();
  const sizeOf = (name: string): Promise<number | undefined> => {
    const known = sizes.get(name) ?? compressedSize(planned, { name, digest: built.get(name), signal });
    sizes.set(name, known);
    return known;
  };
  return Promise.all(
    open.map(async ({ name }): Promise<ForecastImage> => {
      const node = fleet.graph.nodes.get(name);
      const base = node?.base?.kind === "image" ? node.base.name : undefined;
      const [whole, under] = await Promise.all([sizeOf(name), base === undefined ? 0 : sizeOf(base)]);
      const ownBytes = whole === undefined || under === undefined ? undefined : Math.max(0, whole - under);
      const { kind = "image", tier = "cpu" } = node?.declared ?? {};
      return { name, kind, tier, ownBytes };
    }),
  );
}

async function lastBuilds({ state }: PlannedFleet): Promise<ReadonlyMap<string, Digest>> {
  const entries = await state.ledger.read();
  return new Map(
    entries.flatMap((entry) => (isKind(entry, "build") ? [[entry.body.image, entry.body.digest]] : [])),
  );
}

/** Of all layers together. Undefined where it was never built, or where the registry does not tell. */
async function compressedSize(
  { subjects, registry, host }: PlannedFleet,
  image: { readonly name: string; readonly digest: Digest | undefined; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const subject = subjects.find(({ node }) => node.name === image.name);
  if (subject === undefined || image.digest === undefined) return undefined;
  const ref = { host, repository: subject.repository, digest: image.digest };
  try {
    return (await readImageFacts(registry, ref, image.signal))?.bytes;
  } catch (error) {
    // A forecast is no reason to fail: what uses the registry next will say what is wrong with it.
    if (image.signal.aborted || !(error instanceof LapstrakeError)) throw error;
    return undefined;
  }
}
