import type { Sbom } from "../../audit/sbom/sbom.ts";

/** Where a distribution publishes what mends its release. */
export interface SecuritySuite {
  /** `debian`, `ubuntu`. */
  readonly distribution: string;
  /** `bookworm-security`. */
  readonly suite: string;
}

/** By distribution and version, for images whose os-release has no VERSION_CODENAME: distroless ones, old ones. */
const CODENAMES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    "debian",
    new Map([
      ["8", "jessie"],
      ["9", "stretch"],
      ["10", "buster"],
      ["11", "bullseye"],
      ["12", "bookworm"],
      ["13", "trixie"],
      ["14", "forky"],
    ]),
  ],
  [
    "ubuntu",
    new Map([
      ["16.04", "xenial"],
      ["18.04", "bionic"],
      ["20.04", "focal"],
      ["22.04", "jammy"],
      ["24.04", "noble"],
      ["26.04", "resolute"],
    ]),
  ],
]);

/** Debian named them `buster/updates` and the like. */
const OTHERWISE_NAMED = new Set(["jessie", "stretch", "buster"]);

/** The codename goes into apt's sources and into paths. */
const WORD = /^[a-z][a-z0-9-]{0,30}$/;

/** The security suite of the distribution that is in an image; where none is known, why. */
export function securitySuiteOf(system: Sbom["system"]): SecuritySuite | { readonly why: string } {
  if (system === undefined) return { why: "the image does not say which distribution it is of" };
  const { id, version = "" } = system;
  const releases = CODENAMES.get(id);
  if (releases === undefined) return { why: `${shown(id)} has no security suite that is known here` };
  // Debian's point releases are of the same suite.
  const major = version.split(".").slice(0, id === "debian" ? 1 : 2);
  const codename = system.codename ?? releases.get(major.join("."));
  if (codename === undefined) return { why: `the image does not say which release of ${id} it is of` };
  if (!WORD.test(codename)) return { why: `"${shown(codename)}" is no codename of a release` };
  if (id === "debian" && codename === "sid") return { why: "Debian's sid has no security suite" };
  if (id === "debian" && OTHERWISE_NAMED.has(codename))
    return { why: `the security suite of Debian's ${codename} is not read: its support has ended` };
  return { distribution: id, suite: `${codename}-security` };
}

function shown(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40);
}
