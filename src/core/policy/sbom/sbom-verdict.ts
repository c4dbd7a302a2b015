import { compareVersions, parseVersion } from "../../advisory/pep440/version.ts";
import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { ListedComponent, ListedSbom } from "../../audit/sbom/listed-sbom.ts";
import type { Digest } from "../../base/digest.ts";
import { contentVerdict } from "../image/about.ts";
import type { ImageFacts } from "../image/image-facts.ts";
import type { Observations, Reason, Verdict } from "../verdict.ts";
import {
  type RecordedDeb,
  type RecordedDistribution,
  type RecordedPackages,
  recordedPackages,
} from "./recorded-packages.ts";

/** The SBOM of an image, from wherever it was read; or why there is none to judge. */
export type GivenSbom =
  | {
      readonly state: "read";
      readonly sbom: ListedSbom;
      /** Of the document. */
      readonly digest?: Digest;
      /** What its subject may be besides the image's manifest: an index that holds it. */
      readonly subjects?: readonly Digest[];
    }
  /** There is none, or it is no SBOM. */
  | { readonly state: "missing" | "invalid"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

const TOLD = 50;

/**
 * The image's SBOM is there, is about this image, and lists every package that dpkg has installed in it and every
 * distribution of Python. What the image has is counted from its own databases, not by what wrote the SBOM.
 */
export function sbomVerdict(facts: ImageFacts, given: GivenSbom): Verdict {
  const inputs =
    given.state === "read" && given.digest !== undefined ? [{ name: "SBOM", digest: given.digest }] : [];
  return contentVerdict(
    "sbom-complete",
    facts,
    ({ flat }) => judge(facts, given, recordedPackages(flat.tree)),
    inputs,
  );
}

function judge({ descriptor }: ImageFacts, given: GivenSbom, has: RecordedPackages): Observations {
  const { debs, distributions, unread } = has;
  const count = `${debs.length} package(s) of dpkg and ${distributions.length} distribution(s) of Python`;
  switch (given.state) {
    case "missing":
      return {
        fails: [{ id: "no-sbom", message: `it has no SBOM: ${given.why}`, hint: HINT }],
        holds: { message: "" },
      };
    case "invalid":
      return { fails: [{ id: "invalid-sbom", message: given.why, hint: HINT }], holds: { message: "" } };
    case "unknown":
      return { unknown: [{ message: `its SBOM could not be read: ${given.why}` }], holds: { message: "" } };
    case "read": {
      const { sbom, subjects = [] } = given;
      const known = new Listed(sbom.components);
      const missing = [
        ...debs.filter((each) => !known.hasDeb(each)).map(debReason),
        ...distributions.filter((each) => !known.hasDistribution(each)).map(distributionReason),
      ];
      const isEmpty = known.size === 0 && missing.length > 0;
      const empty = {
        id: "empty-sbom",
        message: `its SBOM (${sbom.format}) lists no package, and the image has ${count}`,
        hint: HINT,
      };
      return {
        fails: [
          ...(sbom.subject === undefined || [descriptor.digest, ...subjects].includes(sbom.subject)
            ? []
            : [
                {
                  id: "sbom-of-another",
                  message: `its SBOM is of ${sbom.subject}`,
                  digest: sbom.subject,
                  hint: HINT,
                },
              ]),
          ...(isEmpty ? [empty] : shown(missing)),
        ],
        unknown: unread.map((path) => ({
          path,
          message: `/${path} was not read: what dpkg has installed is not known`,
        })),
        holds: { message: `its SBOM (${sbom.format}) lists all ${count} that are in the image` },
      };
    }
  }
}

const HINT = "lapstrake sbom IMAGE --attach makes it from the image as it is";

function shown(missing: readonly Reason[]): readonly Reason[] {
  const more = missing.length - TOLD;
  return more <= 0
    ? missing
    : [...missing.slice(0, TOLD), { message: `and ${more} more are not in its SBOM` }];
}

function debReason({ name, version, architecture, path }: RecordedDeb): Reason {
  return {
    id: "not-in-sbom",
    path,
    message: `${name} ${version} (${architecture}) of dpkg is not in its SBOM`,
  };
}

function distributionReason({ key, version = "of no version", path }: RecordedDistribution): Reason {
  return { id: "not-in-sbom", path, message: `${key} ${version}, by /${path}, is not in its SBOM` };
}

/** What an SBOM lists, by name. */
class Listed {
  readonly #debs = new Map<string, ListedComponent[]>();
  readonly #distributions = new Map<string, ListedComponent[]>();

  constructor(components: readonly ListedComponent[]) {
    for (const each of components) {
      if (each.type === "deb") add(this.#debs, each.name, each);
      else if (each.type === "pypi") add(this.#distributions, canonicalName(each.name), each);
    }
  }

  get size(): number {
    return this.#debs.size + this.#distributions.size;
  }

  hasDeb({ name, version, architecture }: RecordedDeb): boolean {
    return (this.#debs.get(name) ?? []).some(
      (each) => versionOf(each) === version && (each.qualifiers?.["arch"] ?? architecture) === architecture,
    );
  }

  hasDistribution({ key, version }: RecordedDistribution): boolean {
    const found = this.#distributions.get(key) ?? [];
    return version === undefined
      ? found.length > 0
      : found.some((each) => isSame(each.version ?? "", version));
  }
}

function add(by: Map<string, ListedComponent[]>, name: string, each: ListedComponent): void {
  const known = by.get(name);
  if (known === undefined) by.set(name, [each]);
  else known.push(each);
}

/** Some makers write the epoch beside the version. */
function versionOf({ version = "", qualifiers }: ListedComponent): string {
  const epoch = qualifiers?.["epoch"];
  return epoch === undefined || epoch === "0" ? version : `${epoch}:${version}`;
}

/** Names of folders have versions in their normal form, in which a dash is an underscore; metadata have what was written. */
function isSame(listed: string, folder: string): boolean {
  const [one, other] = [parseVersion(listed), parseVersion(folder.replaceAll("_", "-"))];
  return one === undefined || other === undefined ? listed === folder : compareVersions(one, other) === 0;
}
