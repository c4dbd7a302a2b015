import type { GateFinding, GateName, ScannedImage, ScanReport } from "../../core/policy/gates/gate.ts";
import { toldFindings } from "../../core/policy/gates/told-findings.ts";

/** A finding, told of the image that brought it, and the images that have the same from there. */
export interface FoundOnce {
  readonly gate: GateName;
  readonly finding: GateFinding;
  readonly image: ScannedImage;
  readonly heirs: readonly string[];
}

/**
 * What a base brought is told once: of the base, where it was scanned, too, and found the same. A finding that a waiver
 * covers in one and not in the other is told of both.
 */
export function foundOnce({ images }: Pick<ScanReport, "images">): readonly FoundOnce[] {
  const byImage = new Map<string, ReadonlyMap<string, Told>>();
  for (const image of images) byImage.set(image.name, toldOf(image));
  const heirs = new Map<Told, string[]>();
  const own = [...byImage].flatMap(([name, all]) =>
    [...all].flatMap(([key, told]) => {
      const { owner } = told.finding;
      const origin = owner === undefined || owner === name ? undefined : byImage.get(owner)?.get(key);
      if (origin === undefined) return [told];
      heirs.set(origin, [...(heirs.get(origin) ?? []), name]);
      return [];
    }),
  );
  return own.map((told) => ({ ...told, heirs: heirs.get(told) ?? [] }));
}

type Told = Omit<FoundOnce, "heirs">;

/** By what makes it the same; of two that are alike in all of it, the second is told apart by its number. */
function toldOf(image: ScannedImage): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const verdict of image.verdicts) {
    const { gate } = verdict;
    for (const finding of toldFindings(verdict)) {
      const { id, component = "", path = "", level, owner = "", waiver } = finding;
      const key = JSON.stringify([gate, id, component, path, level, owner, waiver ?? null]);
      let unique = key;
      for (let number = 2; told.has(unique); number++) unique = `${key} ${number}`;
      told.set(unique, { gate, finding, image });
    }
  }
  return told;
}
