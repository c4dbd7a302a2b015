import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";

/** What the program does; see fake-trivy.mjs. */
export interface TrivyScenario {
  readonly version?: string;
  readonly database?: "read" | "none" | "other";
  readonly flags?: readonly string[];
  readonly reports?: Readonly<Record<string, unknown>>;
  readonly mode?: "report" | "hang" | "stubborn" | "crash" | "kill" | "flood";
  readonly exit?: number;
  readonly stderr?: string;
  readonly touch?: string;
}

/** One start of it. */
export interface TrivyStart {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What lay in its working directory, and in its home. */
  readonly here: readonly string[];
  readonly home: readonly string[];
  readonly config?: string;
  readonly ignore?: string;
}

export interface FakeTrivy {
  readonly path: string;
  starts(): readonly TrivyStart[];
}

/** As the help of version 0.57 has them. */
export const TRIVY_FLAGS = [
  "cache-backend",
  "cache-dir",
  "config",
  "exit-code",
  "exit-on-eol",
  "format",
  "ignorefile",
  "image-src",
  "input",
  "insecure",
  "list-all-pkgs",
  "no-progress",
  "offline-scan",
  "platform",
  "scanners",
  "severity",
  "show-suppressed",
  "skip-db-update",
  "skip-java-db-update",
  "timeout",
];

export const DATABASE_DATE = "2026-11-25T06:11:50.123456789Z";

/** Writes a program into a folder. */
export function createFakeTrivy(folder: string, scenario: TrivyScenario = {}): FakeTrivy {
  const path = join(folder, "trivy");
  const log = join(folder, "starts.jsonl");
  const whole = { version: "0.57.1", database: "read", flags: TRIVY_FLAGS, reports: {}, ...scenario, log };
  const kit = JSON.stringify(join(import.meta.dirname, "fake-trivy.mjs"));
  const lines = [
    "#!/usr/bin/env node",
    `import(${kit}).then(({ fakeTrivy }) => fakeTrivy(${JSON.stringify(whole)}));`,
  ];
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o755 });
  return {
    path,
    starts: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            // The last may be half written.
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line) as TrivyStart) // It wrote them.
        : [],
  };
}

/** A database's folder: what is in it counts by its digest alone. */
export function createTrivyDatabase(folder: string, metadata: unknown = {}): string {
  const place = join(folder, "caches", "db");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "trivy.db"), "what is known to be vulnerable");
  const about = { Version: 2, UpdatedAt: DATABASE_DATE, NextUpdate: DATABASE_DATE };
  const text = typeof metadata === "string" ? metadata : JSON.stringify({ ...about, ...Object(metadata) });
  writeFileSync(join(place, "metadata.json"), text);
  return place;
}

/** One vulnerability of a report, as far as a test says what it is. */
export interface ReportedVulnerability {
  readonly id: string;
  readonly name: string;
  readonly installed: string;
  readonly purl?: string;
  readonly [more: string]: unknown;
}

export interface Reported {
  readonly components: readonly SbomComponent[];
  readonly vulnerabilities?: readonly ReportedVulnerability[];
  readonly diffIds?: readonly string[];
  /** More results, as they are. */
  readonly results?: readonly unknown[];
}

/** A report in the form that Trivy documents: the packages of an SBOM, by the class that each is of. */
export function trivyReport({ components, vulnerabilities = [], diffIds, results = [] }: Reported): object {
  const debs = components.filter(({ ecosystem }) => ecosystem === "deb");
  const pypi = components.filter(({ ecosystem }) => ecosystem === "pypi");
  const of = (names: readonly SbomComponent[]) => {
    const own = new Set(names.map(({ name }) => name));
    return vulnerabilities.filter(({ name }) => own.has(name)).map(vulnerabilityOf);
  };
  const layers = new Set(components.flatMap(({ broughtBy }) => broughtBy?.diffId ?? []));
  return {
    SchemaVersion: 2,
    CreatedAt: "2026-11-26T00:00:00Z",
    ArtifactName: "image",
    ArtifactType: "container_image",
    Metadata: {
      OS: { Family: "debian", Name: "12.5" },
      ImageID: `sha256:${"0".repeat(64)}`,
      DiffIDs: diffIds ?? [...layers],
      ImageConfig: { architecture: "amd64", os: "linux", rootfs: { type: "layers" }, config: {} },
    },
    Results: [
      {
        Target: "image (debian 12.5)",
        Class: "os-pkgs",
        Type: "debian",
        Packages: debs.map(debPackage),
        Vulnerabilities: of(debs),
      },
      {
        Target: "Python",
        Class: "lang-pkgs",
        Type: "python-pkg",
        Packages: pypi.map(({ name, version, about }) => ({
          Name: name,
          Identifier: { PURL: `pkg:pypi/${name}@${version}`, UID: "6b8a6d1a5b1e2f3c" },
          Version: version,
          Layer: {},
          FilePath: `${about["python:metadata"]?.slice(1)}/METADATA`,
        })),
        Vulnerabilities: of(pypi),
      },
      ...results,
    ].filter(
      (result) => !("Packages" in Object(result)) || (result as { Packages: unknown[] }).Packages.length > 0,
    ),
  };
}

/** Trivy takes a version apart, and writes what is not there as nothing. */
function debPackage({ name, version }: SbomComponent): object {
  const [, epoch, upstream = "", revision] = /^(?:([0-9]+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
  return {
    ID: `${name}@${version}`,
    Name: name,
    Identifier: { PURL: trivyPurl(name, version) },
    Version: upstream,
    ...(revision === undefined ? {} : { Release: revision }),
    ...(epoch === undefined ? {} : { Epoch: Number(epoch) }),
    Arch: "amd64",
    SrcName: name,
    Licenses: ["GPL-2.0-only"],
    Layer: { DiffID: `sha256:${"1".repeat(64)}` },
  };
}

/** As Trivy writes those of Debian: the epoch apart. */
export function trivyPurl(name: string, version: string): string {
  const [, epoch, rest = ""] = /^(?:([0-9]+):)?(.*)$/.exec(version) ?? [];
  const query = `?arch=amd64&distro=debian-12.5${epoch === undefined ? "" : `&epoch=${epoch}`}`;
  return `pkg:deb/debian/${name}@${encodeURIComponent(rest)}${query}`;
}

function vulnerabilityOf({ id, name, installed, purl, ...more }: ReportedVulnerability): object {
  return {
    VulnerabilityID: id,
    PkgID: `${name}@${installed}`,
    PkgName: name,
    ...(purl === undefined ? {} : { PkgIdentifier: { PURL: purl } }),
    InstalledVersion: installed,
    Layer: { DiffID: `sha256:${"1".repeat(64)}` },
    PrimaryURL: `https://vulnerabilities.example/${id}`,
    DataSource: { ID: "debian", Name: "Tracker", URL: "https://tracker.example" },
    Severity: "UNKNOWN",
    ...more,
  };
}
