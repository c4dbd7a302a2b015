import type { MigratedFacts } from "../../../core/phases/rules/migrated.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectMigrated: Collector<"migrated"> = async ({ today, check, machine }) => {
  const { release, images, services } = today;
  const facts: MigratedFacts = {
    release: release?.tag ?? null,
    services: services
      .filter(({ name }) => check.services.includes(name))
      .map(({ name, planned }) => ({
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
