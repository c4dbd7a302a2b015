import type { Digest } from "../../base/digest.ts";
import { type Purl, parsePurl } from "./parse-purl.ts";
import type { Sbom } from "./sbom.ts";

/** What an SBOM says is in an image, whoever made it and in whatever format. */
export interface ListedSbom {
  /** `CycloneDX 1.6`, `SPDX-2.3`. */
  readonly format: string;
  /** The digest of what it says that it is about; undefined where it names none. */
  readonly subject: Digest | undefined;
  readonly components: readonly ListedComponent[];
  /** Components without a purl: files, systems, what nobody could name. */
  readonly unnamed: number;
}

export interface ListedComponent extends Purl {
  /** Where in the document it stands: a JSON pointer (RFC 6901). */
  readonly at: string;
}

/** The same of an SBOM that was not written down yet. */
export function listedOf({ subject, components }: Sbom): ListedSbom {
  return {
    format: "no format yet",
    subject: subject.digest,
    components: components.map((each, index) => ({
      ...(parsePurl(each.purl) ?? { type: each.ecosystem, name: each.name, version: each.version }),
      at: `/components/${index}`,
    })),
    unnamed: 0,
  };
}
