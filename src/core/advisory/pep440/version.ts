/** A number of a version as its decimal digits without leading zeros: dates and hashes in versions exceed what a double holds. */
type Digits = string;

/** A Python version (packaging specification, "Version specifiers", section "Version scheme"), taken apart. */
export interface Version {
  /** As it was written. */
  readonly text: string;
  readonly epoch: Digits;
  readonly release: readonly Digits[];
  readonly pre: { readonly phase: "a" | "b" | "rc"; readonly number: Digits } | undefined;
  readonly post: Digits | undefined;
  readonly dev: Digits | undefined;
  /** Of `+…`, in lower case; empty where there is none. */
  readonly local: readonly string[];
}

/** Nobody publishes longer ones; the bound keeps what follows linear in something small. */
const MAX_LENGTH = 256;

// Appendix B of PEP 440, without the white space around it.
const VERSION =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre>\d*))?(?:-(?<bare>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d*))?(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const PHASES: Readonly<Record<string, "a" | "b" | "rc">> = {
  a: "a",
  alpha: "a",
  b: "b",
  beta: "b",
  c: "rc",
  rc: "rc",
  pre: "rc",
  preview: "rc",
};

/** Undefined where the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const groups = text.length > MAX_LENGTH ? undefined : VERSION.exec(text.trim().toLowerCase())?.groups;
  if (groups === undefined) return undefined;
  const phase = PHASES[groups["phase"] ?? ""];
  const post = groups["bare"] ?? (groups["post"] === undefined ? undefined : groups["postNumber"]);
  return {
    text,
    epoch: digits(groups["epoch"]),
    release: (groups["release"] ?? "").split(".").map(digits),
    pre: phase === undefined ? undefined : { phase, number: digits(groups["pre"]) },
    post: post === undefined ? undefined : digits(post),
    dev: groups["dev"] === undefined ? undefined : digits(groups["devNumber"]),
    local: (groups["local"] ?? "").split(/[-_.]/).filter((part) => part !== ""),
  };
}

/** Missing digits count as zero. */
function digits(text: string | undefined): Digits {
  return (text ?? "").replace(/^0+(?=\d)/, "") || "0";
}

/** Less than, equal to or greater than zero, in the order of the specification. */
export function compareVersions(a: Version, b: Version): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    comparePre(a, b) ||
    compareOptional(a.post, b.post, -1) ||
    // Without a dev part it is the later one.
    compareOptional(a.dev, b.dev, 1) ||
    compareLocal(a.local, b.local)
  );
}

/** The normal form: `1.0RC1` is `1.0rc1`. */
export function formatVersion({ epoch, release, pre, post, dev, local }: Version): string {
  return [
    epoch === "0" ? "" : `${epoch}!`,
    release.join("."),
    pre === undefined ? "" : `${pre.phase}${pre.number}`,
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    local.length === 0 ? "" : `+${local.map((part) => (/^\d+$/.test(part) ? digits(part) : part)).join(".")}`,
  ].join("");
}

/** Without local part. */
export function publicOf(version: Version): Version {
  return version.local.length === 0 ? version : { ...version, local: [] };
}

/** Epoch and release alone. */
export function baseOf(version: Version): Version {
  return { ...version, pre: undefined, post: undefined, dev: undefined, local: [] };
}

export function isPrerelease({ pre, dev }: Version): boolean {
  return pre !== undefined || dev !== undefined;
}

export function compareDigits(a: Digits, b: Digits): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `1.0` and `1` are the same release. */
function compareReleases(a: readonly Digits[], b: readonly Digits[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareDigits(a[index] ?? "0", b[index] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

function comparePre(a: Version, b: Version): number {
  const [one, other] = [preRank(a), preRank(b)];
  if (one !== other) return one - other;
  return compareDigits(a.pre?.number ?? "0", b.pre?.number ?? "0");
}

/** `1.0.dev1` comes before `1.0a1`, and `1.0` after `1.0rc1`. */
function preRank({ pre, post, dev }: Version): number {
  if (pre !== undefined) return ["a", "b", "rc"].indexOf(pre.phase);
  return post === undefined && dev !== undefined ? -1 : 3;
}

/** `absent`: how a version without the part compares with one that has it. */
function compareOptional(a: Digits | undefined, b: Digits | undefined, absent: 1 | -1): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? absent : -absent;
  return compareDigits(a, b);
}

/** Segment by segment: a number is above any word, and more segments are above fewer. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareSegments(a[index] ?? "", b[index] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareSegments(a: string, b: string): number {
  const [one, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && other) return compareDigits(digits(a), digits(b));
  if (one !== other) return one ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
