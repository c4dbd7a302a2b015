import { type Digest, shortDigest } from "../../base/digest.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface MigratedFacts {
  readonly release: string | null;
  readonly services: readonly {
    readonly name: string;
    readonly planned: boolean;
    /** What it is built as; the digest is what the release holds. */
    readonly images: readonly { readonly name: string; readonly digest: Digest | null }[];
  }[];
}

export function judgeMigrated(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const services = facts.list("services").map((service) => ({
    name: service.text("name"),
    planned: service.flag("planned"),
    images: service
      .list("images")
      .map((image) => ({ name: image.text("name"), digest: image.digestOrNull("digest") })),
  }));
  const planned = services.filter((service) => service.planned).map(({ name }) => name);
  const images = services.flatMap((service) => service.images);
  const held = images.flatMap(({ name, digest }) =>
    digest === null ? [] : [`${name} ${shortDigest(digest)}`],
  );
  return weigh({
    fails: [
      ...(planned.length === 0
        ? []
        : [`${planned.length} of ${services.length} services are still planned: ${sentence(planned, ", ")}`]),
      ...images.filter(({ digest }) => digest === null).map(({ name }) => `${release} does not hold ${name}`),
    ],
    holds: `all ${services.length} services are built and in ${release}: ${sentence(held, ", ")}`,
  });
}
