import { chosenServices } from "../../../core/phases/chosen-images.ts";
import type { MigratedFacts } from "../../../core/phases/rules/migrated.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectMigrated: Collector<"migrated"> = async ({ today, check, machine }) => {
  const { release, images } = today;
  const facts: MigratedFacts = {
    release: release?.tag ?? null,
    services: chosenServices(check.services, today, machine).map(({ name, planned }) => ({
      name,
      planned,
      images: images
        .filter(
          ({ service, machines }) =>
            service === name && (machine === undefined || machines.includes(machine)),
        )
        .map((image) => ({
          name: image.name,
          digest: release?.images.find((held) => held.name === image.name)?.digest ?? null,
        })),
    })),
  };
  return { facts: asFacts(facts) };
};
