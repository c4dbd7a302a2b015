import type { ImageChoice } from "../blueprint/phase-plan.ts";
import type { DeclaredFact, HeldImage, ServiceFact, Today } from "./today.ts";

/** The declared images that a rule is about, in the order of the blueprint. */
export function chosenImages(
  choice: ImageChoice,
  { images }: Pick<Today, "images">,
  machine?: string,
): readonly DeclaredFact[] {
  const here = machine === undefined ? images : images.filter((image) => isPlaced(image, machine));
  if (choice === "all") return here;
  if (choice === "images" || choice === "services") return here.filter(({ section }) => section === choice);
  return here.filter(({ name, service }) => choice.some((word) => word === name || word === service));
}

/** An image of the section `images` is for every machine. */
function isPlaced({ section, machines }: DeclaredFact, machine: string): boolean {
  return section === "images" || machines.includes(machine);
}

/** The services that a rule is about, on this machine where it is asked for each. */
export function chosenServices(
  names: readonly string[],
  { services }: Pick<Today, "services">,
  machine?: string,
): readonly ServiceFact[] {
  return services.filter(
    ({ name, machines }) => names.includes(name) && (machine === undefined || machines.includes(machine)),
  );
}

/** Those of them that the release holds. */
export function heldImages(
  chosen: readonly DeclaredFact[],
  { release }: Pick<Today, "release">,
): readonly HeldImage[] {
  const names = new Set(chosen.map(({ name }) => name));
  return (release?.images ?? []).filter(({ name }) => names.has(name));
}
