import { digestOf } from "../../core/base/digest.ts";
import { canonicalJson } from "../../core/base/json.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { Target } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";

/** An image of the fleet, with all that is looked at for its sake. */
export interface KeptAsk {
  readonly name: string;
  /** It, and what is built on it as far as that counts. */
  readonly targets: readonly Pick<Target, "node" | "digest">[];
  /** What is built on it counts for nothing. */
  readonly alone: boolean;
}

/**
 * What was said of images of a fleet before, under a digest of all that decides it: their own digests and those of what is
 * built on them, every Dockerfile, the machines. The cache is of one build of the program. So it is never stale; where it
 * has nothing, the image is audited.
 */
export class KeptAudits {
  readonly #cache: ParseCache;
  readonly #fleet: string;

  constructor(world: Pick<World, "parsed">, { fleet }: Pick<OpenFleet, "fleet">) {
    const { graph, blueprint, folder } = fleet;
    const { machines, platforms } = blueprint;
    this.#cache = world.parsed(folder, "audits");
    this.#fleet = digestOf(JSON.stringify({ graph, machines, platforms }, withEntries));
  }

  find(ask: KeptAsk): ImageAudit | undefined {
    // Written by `keep` alone: the cache's own digest says so.
    return this.#cache.get(this.#key(ask)) as ImageAudit | undefined;
  }

  /** But not what hangs on an archive's index, which moves. */
  keep(ask: KeptAsk, audit: ImageAudit): void {
    const asksArchive = audit.missing.some(({ what, level }) => what === "library" && level === "required");
    if (!asksArchive) this.#cache.set(this.#key(ask), audit);
  }

  /** Only what was found or kept since then stays: for who looked at the whole fleet. */
  save(): Promise<void> {
    return this.#cache.save();
  }

  #key({ name, targets, alone }: KeptAsk): string {
    const images = targets.map(({ node, digest }) => [node.name, digest ?? null]);
    return digestOf(canonicalJson({ fleet: this.#fleet, name, images, alone }));
  }
}

function withEntries(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}
