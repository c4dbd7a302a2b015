import type { Sbom, SbomComponent } from "../../../core/audit/sbom/sbom.ts";
import { keyOf } from "./component-index.ts";
import type { TrivyPackage, TrivyReport } from "./report.ts";

/** What a report is worth: what was looked at, or why its silence says nothing. */
export type JudgedReport =
  | { readonly state: "scanned"; readonly looked: { readonly deb: number; readonly pypi: number } }
  | { readonly state: "unknown" | "error"; readonly why: string; readonly hint?: string };

/**
 * Whether Trivy looked at this image, and at all of it that we know of. A scanner ends well and finds nothing where it was
 * given another image, knows the distribution no more, or read no packages; so each package of our SBOM must stand among
 * those that it lists. What dpkg left half installed need not; nor Python's metadata in packages of the system, which Trivy
 * leaves to those.
 */
export function judgeReport(report: TrivyReport, sbom: Sbom): JudgedReport {
  const { OS, DiffIDs } = report.Metadata;
  const layers = sbom.components.flatMap(({ broughtBy }) => broughtBy?.diffId ?? []);
  if (layers.some((each) => !DiffIDs.includes(each)))
    return { state: "error", why: "it looked at another image: layers of this one are not in its report" };
  if (report.Results.some((each) => each.ExperimentalModifiedFindings.length > 0))
    return { state: "error", why: "it left out findings by a rule that it was not given" };
  const debs = sbom.components.filter(({ ecosystem }) => ecosystem === "deb");
  const system = report.Results.filter((each) => each.Class === "os-pkgs");
  if (debs.length > 0 && !system.some((each) => each.Packages.length > 0))
    return {
      state: "error",
      why: `it saw no packages of the system in an image that has ${debs.length}`,
      hint: "the distribution may be newer than this Trivy",
    };
  if (OS?.EOSL === true)
    return {
      state: "unknown",
      why: `${OS.Family} ${OS.Name} is past its support: what is found in it is no longer published`,
      hint: "build on a release that is supported",
    };
  const missed = missedBy(report, sbom.components);
  if (missed.length > 0)
    return {
      state: "error",
      why: `it did not look at ${missed.length} of ${sbom.components.length} packages: ${namesOf(missed)}`,
      hint: "another version of Trivy may read them; `lapstrake audit` shows where they lie",
    };
  return { state: "scanned", looked: { deb: debs.length, pypi: sbom.components.length - debs.length } };
}

function missedBy(report: TrivyReport, components: readonly SbomComponent[]): readonly SbomComponent[] {
  const listed = new Set(
    report.Results.flatMap(({ Class, Type, Packages }) => {
      const ecosystem = Class === "os-pkgs" ? "deb" : Type === "python-pkg" ? "pypi" : "other";
      return Packages.map((each) => keyOf(ecosystem, each.Name, versionOf(each)));
    }),
  );
  const ofSystem = filesOfSystem(components);
  return components.filter((each) => {
    const { ecosystem, name, version, about } = each;
    if (listed.has(keyOf(ecosystem, name, version))) return false;
    return ecosystem === "deb" ? about["deb:state"] === undefined : !ofSystem(about["python:metadata"] ?? "");
  });
}

/** As dpkg writes it; of other packages the version has no further parts. */
function versionOf({ Version, Release, Epoch }: TrivyPackage): string {
  return `${Epoch === 0 ? "" : `${Epoch}:`}${Version}${Release === "" ? "" : `-${Release}`}`;
}

/** Whether metadata, a file or a folder of them, was brought by a package of the system. */
function filesOfSystem(components: readonly SbomComponent[]): (path: string) => boolean {
  const owned = new Set<string>();
  for (const { ecosystem, files } of components)
    if (ecosystem === "deb")
      for (const { path } of files) {
        owned.add(path);
        owned.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
      }
  return (path) => owned.has(path.replace(/^\//, ""));
}

const MAX_TOLD = 5;

function namesOf(components: readonly SbomComponent[]): string {
  const told = components.slice(0, MAX_TOLD).map(({ name, version }) => `${name} ${version}`);
  const more = components.length - told.length;
  return `${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
