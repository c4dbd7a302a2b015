import { type Severity, worstSeverity } from "../../advisory/severity.ts";
import type { GateFinding, GateName, ScannedImage, ScanReport } from "./gate.ts";
import { toldFindings } from "./told-findings.ts";

/** One thing of an image's layers, and all that images are denied for because of it. */
export interface ThingToFix {
  readonly gate: GateName;
  /** A purl, a path in the image, or what was found where it is about the image as a whole. */
  readonly name: string;
  /** Of the findings, each once, the ones of most images first. */
  readonly ids: readonly string[];
  /** The worst of them; undefined for what has none. */
  readonly severity: Severity | undefined;
  /** Versions that mend one or more of them, as they came. */
  readonly fixed: readonly string[];
  /** Denied findings of all images: one that twelve images inherit counts twelve. */
  readonly clears: number;
  /** Those of them that no known version mends, which a rebuild therefore leaves; not in `clears`. */
  readonly stays: number;
  readonly images: readonly string[];
  /** One of them, for its message, place and hint. */
  readonly first: GateFinding;
}

/** An image to rebuild, and what that does for the whole fleet. */
export interface ImageToFix {
  /** Undefined: no image of the fleet is known to have brought it. */
  readonly owner: string | undefined;
  readonly clears: number;
  readonly stays: number;
  /** That are denied something because of it, in the order of the report. */
  readonly images: readonly string[];
  /** Those of them that nothing else blocks: they are released once this is done. */
  readonly frees: readonly string[];
  readonly things: readonly ThingToFix[];
}

/**
 * What to fix first: the images that brought what is denied, the one whose rebuild clears most findings first. Waived
 * findings are not denied; what is unknown, no rebuild clears. The same report, the same order.
 */
export function fixFirst({ images }: Pick<ScanReport, "images">): readonly ImageToFix[] {
  const owners = new Map<string | undefined, OwnerCount>();
  for (const image of images) {
    const culprits = new Set<OwnerCount>();
    for (const verdict of image.verdicts) {
      const { gate } = verdict;
      for (const finding of toldFindings(verdict)) {
        if (!isDenied(finding)) continue;
        const owner = ownerOf(finding, image);
        const count = owners.get(owner) ?? new OwnerCount(owner);
        owners.set(owner, count);
        count.add({ gate, finding, image: image.name });
        culprits.add(count);
      }
    }
    const [only] = culprits;
    if (only !== undefined && culprits.size === 1 && isClearedByRebuilds(image)) only.frees.push(image.name);
  }
  return [...owners.values()].map((count) => count.total()).sort(mostFirst);
}

/** It keeps its image from being released, and no waiver covers it. */
export function isDenied({ level, waiver }: GateFinding): boolean {
  return level === "deny" && waiver === undefined;
}

/** The image to change; undefined where nobody knows. What is about an image as a whole is its own, whatever it is built on. */
export function ownerOf(
  { owner, component, path, layer }: GateFinding,
  { name }: ScannedImage,
): string | undefined {
  const isOfImage = component === undefined && path === undefined && layer === undefined;
  return owner ?? (isOfImage ? name : undefined);
}

/** Only vulnerabilities wait for somebody else's new version; all else can be changed at home. */
function isMendable(gate: GateName, { fixed = [] }: GateFinding): boolean {
  return gate !== "vulnerabilities" || fixed.length > 0;
}

function isClearedByRebuilds({ verdicts }: ScannedImage): boolean {
  return verdicts.every(
    ({ gate, outcome, findings }) =>
      outcome !== "unknown" &&
      outcome !== "error" &&
      findings.every((finding) => !isDenied(finding) || isMendable(gate, finding)),
  );
}

function mostFirst(one: ImageToFix, other: ImageToFix): number {
  // What nobody can rebuild comes last, however much it is.
  if ((one.owner === undefined) !== (other.owner === undefined)) return one.owner === undefined ? 1 : -1;
  return (
    other.clears - one.clears || other.stays - one.stays || ((one.owner ?? "") < (other.owner ?? "") ? -1 : 1)
  );
}

function worstFirst(one: ThingToFix, other: ThingToFix): number {
  return other.clears - one.clears || other.stays - one.stays || rankOf(one) - rankOf(other);
}

const RANKS: readonly (Severity | undefined)[] = [
  "critical",
  "high",
  "unknown",
  undefined,
  "medium",
  "low",
  "none",
];

function rankOf({ severity }: ThingToFix): number {
  return RANKS.indexOf(severity);
}

interface Found {
  readonly gate: GateName;
  readonly finding: GateFinding;
  readonly image: string;
}

class OwnerCount {
  readonly owner: string | undefined;
  readonly frees: string[] = [];
  readonly #images = new Set<string>();
  readonly #things = new Map<string, ThingCount>();

  constructor(owner: string | undefined) {
    this.owner = owner;
  }

  add(found: Found): void {
    const { gate, finding } = found;
    const name = finding.component ?? finding.path ?? finding.id;
    const key = `${gate} ${name}`;
    const thing = this.#things.get(key) ?? new ThingCount(name, found);
    this.#things.set(key, thing);
    thing.add(found);
    this.#images.add(found.image);
  }

  total(): ImageToFix {
    const things = [...this.#things.values()].map((thing) => thing.total()).sort(worstFirst);
    const { owner, frees } = this;
    return {
      owner,
      clears: things.reduce((sum, { clears }) => sum + clears, 0),
      stays: things.reduce((sum, { stays }) => sum + stays, 0),
      images: [...this.#images],
      frees,
      things,
    };
  }
}

class ThingCount {
  readonly #name: string;
  readonly #first: Found;
  readonly #images = new Set<string>();
  readonly #ids = new Map<string, number>();
  readonly #fixed = new Set<string>();
  readonly #severities = new Set<Severity>();
  #clears = 0;
  #stays = 0;

  constructor(name: string, first: Found) {
    this.#name = name;
    this.#first = first;
  }

  add({ gate, finding, image }: Found): void {
    this.#images.add(image);
    this.#ids.set(finding.id, (this.#ids.get(finding.id) ?? 0) + 1);
    for (const version of finding.fixed ?? []) this.#fixed.add(version);
    if (finding.severity !== undefined) this.#severities.add(finding.severity);
    if (isMendable(gate, finding)) this.#clears += 1;
    else this.#stays += 1;
  }

  total(): ThingToFix {
    return {
      gate: this.#first.gate,
      name: this.#name,
      ids: [...this.#ids].sort(([, one], [, other]) => other - one).map(([id]) => id),
      severity: this.#severities.size === 0 ? undefined : worstSeverity([...this.#severities]),
      fixed: [...this.#fixed],
      clears: this.#clears,
      stays: this.#stays,
      images: [...this.#images],
      first: this.#first.finding,
    };
  }
}
