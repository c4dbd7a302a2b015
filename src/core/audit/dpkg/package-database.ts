import type { Diversion } from "./read-diversions.ts";

/** The packages of an image, as its dpkg knows them. */
export interface PackageDatabase {
  /** Which form it has: Debian's, or one file a package (distroless). */
  readonly form: "dpkg" | "status.d";
  /** What dpkg takes for native, of `Architecture: all` too; undefined where nothing says it. */
  readonly architecture: string | undefined;
  /** By `name:architecture`, in the order of the database. */
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  readonly diversions: readonly Diversion[];
  /** By name. */
  readonly alternatives: ReadonlyMap<string, Alternative>;
  /** What of the database could not be read, or says what cannot be: the rest stands without it. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
  /** Who owns a plain path: diversions applied, `/lib`, `/bin` and `/sbin` taken for what they link to. */
  ownersOf(path: string): readonly InstalledPackage[];
  /** Where the paths of a package really lie: diverted, links of folders followed. They need not exist. */
  placesOf(owner: InstalledPackage): readonly string[];
  /** Where a path is an alternative's link (`/usr/bin/awk`, `/etc/alternatives/awk`), the alternative's name. */
  alternativeOf(path: string): string | undefined;
}

export interface InstalledPackage {
  /** `name:architecture`. */
  readonly id: string;
  readonly name: string;
  /** Empty where the database does not say it; dpkg takes that for native. */
  readonly architecture: string;
  readonly version: string;
  readonly source: { readonly name: string; readonly version: string };
  /** `installed`, or what an interrupted dpkg left; its files are there. */
  readonly state:
    | "installed"
    | "unpacked"
    | "half-configured"
    | "half-installed"
    | "triggers-awaited"
    | "triggers-pending";
  /** `apt-mark hold`. */
  readonly held: boolean;
  /** `optional`, `required`, … */
  readonly priority?: string;
  readonly section?: string;
  readonly maintainer?: string;
  readonly homepage?: string;
  readonly essential: boolean;
  /** `Protected` or `Important`: apt does not remove it by itself either. */
  readonly protected: boolean;
  readonly multiArch: "no" | "same" | "foreign" | "allowed";
  /** KiB, as the package says. */
  readonly installedSize?: number;
  readonly depends: readonly Alternatives[];
  readonly preDepends: readonly Alternatives[];
  readonly recommends: readonly Alternatives[];
  readonly suggests: readonly Alternatives[];
  readonly provides: readonly Provided[];
  /** Plain paths of its configuration files, those that it has given up left out. */
  readonly conffiles: readonly string[];
  /** What apt installed for others, by its extended states; undefined where apt's state is not in the image. */
  readonly automatic: boolean | undefined;
  /** Files and folders, plain paths as recorded; without folders in the form `status.d`. */
  readonly paths: readonly string[];
}

export interface Provided {
  readonly name: string;
  readonly version?: string;
}

/** `a | b (>= 1)`: any of them satisfies. */
export type Alternatives = readonly Relation[];

export interface Relation {
  readonly name: string;
  /** `any`, an architecture, or nothing. */
  readonly architecture?: string;
  readonly version?: { readonly operator: VersionOperator; readonly version: string };
}

export type VersionOperator = "<<" | "<=" | "=" | ">=" | ">>";

/** A link that `update-alternatives` keeps. Paths are plain, as recorded. */
export interface Alternative {
  readonly name: string;
  readonly mode: "auto" | "manual";
  readonly link: string;
  /** Links that move with it. */
  readonly followers: readonly { readonly name: string; readonly link: string }[];
  readonly choices: readonly { readonly path: string; readonly priority: number }[];
}
