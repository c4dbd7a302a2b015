/** The packages of an image, as its dpkg knows them. */
export interface PackageDatabase {
  /** Which form it has: Debian's, or one file a package (distroless). */
  readonly form: "dpkg" | "status.d";
  /** By `name:architecture`. */
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  /** Who owns a plain path: diversions applied, `/lib`, `/bin` and `/sbin` taken for what they link to. */
  ownersOf(path: string): readonly InstalledPackage[];
  /** Where a path is an alternative's link (`/etc/alternatives`), the alternative's name. */
  alternativeOf(path: string): string | undefined;
}

export interface InstalledPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly source: { readonly name: string; readonly version: string };
  /** `optional`, `required`, … */
  readonly priority?: string;
  readonly essential: boolean;
  readonly multiArch: "no" | "same" | "foreign" | "allowed";
  /** KiB, as the package says. */
  readonly installedSize?: number;
  readonly depends: readonly Alternatives[];
  readonly preDepends: readonly Alternatives[];
  readonly recommends: readonly Alternatives[];
  readonly provides: readonly { readonly name: string; readonly version?: string }[];
  /** What apt installed for others, by its extended states; undefined where apt's state is not in the image. */
  readonly automatic: boolean | undefined;
  /** Files and folders, plain paths as recorded. */
  readonly paths: readonly string[];
}

/** `a | b (>= 1)`: any of them satisfies. */
export type Alternatives = readonly Relation[];

export interface Relation {
  readonly name: string;
  /** `any`, an architecture, or nothing. */
  readonly architecture?: string;
  readonly version?: { readonly operator: "<<" | "<=" | "=" | ">=" | ">>"; readonly version: string };
}
