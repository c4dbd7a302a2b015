import { chosenImages, heldImages } from "../../../core/phases/chosen-images.ts";
import type { SizeReductionFacts } from "../../../core/phases/rules/size-reduction.ts";
import { baselineFile, readBaseline } from "../../size/baseline/baseline-file.ts";
import { readReductions } from "../../size/baseline/read-reduction.ts";
import type { Collector } from "../collectors.ts";
import { digestOfFile } from "../read-files.ts";
import { asFacts } from "./as-facts.ts";

export const collectSizeReduction: Collector<"size-reduction"> = async ({
  world,
  open,
  today,
  check,
  machine,
}) => {
  const chosen = chosenImages(check.images, today, machine);
  const file = baselineFile(open.fleet);
  const images = heldImages(chosen, today).map(({ name, repository, digest }) => ({
    name,
    repository,
    digest,
    service: chosen.find((image) => image.name === name)?.service,
  }));
  const baseline = await readBaseline(open.fleet);
  const services = await readReductions(world, { open, images, baseline });
  const facts: SizeReductionFacts = {
    release: today.release?.tag ?? null,
    file,
    baseline: (await digestOfFile(open.fleet, file)) ?? null,
    services: services.map(({ service: name, now, why, baseline: before }) => ({
      name,
      now: now ?? null,
      why: why ?? null,
      before: before === undefined ? null : { compressed: before.compressed, unpacked: before.unpacked },
    })),
  };
  return { facts: asFacts(facts), files: [file] };
};
