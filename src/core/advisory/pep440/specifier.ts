import {
  baseOf,
  compareVersions,
  formatVersion,
  isPrerelease,
  parseVersion,
  publicOf,
  type Version,
} from "./version.ts";

const OPERATORS = ["===", "==", "!=", "~=", "<=", ">=", "<", ">"] as const;

type Operator = (typeof OPERATORS)[number];

/** One clause of `>=2,<3`. */
export interface Specifier {
  readonly operator: Operator;
  /** As written, without the `.*` of a prefix match. */
  readonly text: string;
  /** Undefined for `===`, which compares text. */
  readonly version: Version | undefined;
  /** `== 1.2.*`, `!= 1.2.*`. */
  readonly prefix: boolean;
}

/** A set of specifiers, comma-separated; the empty text is the empty set, which allows all. Undefined where it is none. */
export function parseSpecifiers(text: string): readonly Specifier[] | undefined {
  const clauses = text.split(",").map((clause) => clause.trim());
  const filled = clauses.filter((clause) => clause !== "");
  const specifiers = filled.map(parseSpecifier);
  return specifiers.every((each) => each !== undefined) ? specifiers : undefined;
}

function parseSpecifier(text: string): Specifier | undefined {
  const operator = OPERATORS.find((each) => text.startsWith(each));
  if (operator === undefined) return undefined;
  const rest = text.slice(operator.length).trim();
  if (operator === "===") {
    return rest === "" || /\s/.test(rest)
      ? undefined
      : { operator, text: rest, version: undefined, prefix: false };
  }
  if (/\s/.test(rest)) return undefined;
  const prefix = rest.endsWith(".*");
  const version = parseVersion(prefix ? rest.slice(0, -2) : rest);
  if (version === undefined || !isAllowedWith(operator, version, prefix)) return undefined;
  return { operator, text: prefix ? rest.slice(0, -2) : rest, version, prefix };
}

function isAllowedWith(operator: Operator, version: Version, prefix: boolean): boolean {
  const equality = operator === "==" || operator === "!=";
  if (prefix) return equality && formatVersion(version) === formatVersion(baseOf(version));
  if (version.local.length > 0) return equality;
  return operator !== "~=" || version.release.length > 1;
}

/** Does every clause allow the version? Pre-releases are versions like any others here. */
export function allows(specifiers: readonly Specifier[], version: Version): boolean {
  return specifiers.every((specifier) => allowsOne(specifier, version));
}

/** Is exactly one version meant: `==` without wildcard, or `===`? */
export function exactPin(specifiers: readonly Specifier[]): Specifier | undefined {
  const [only, ...more] = specifiers;
  if (only === undefined || more.length > 0 || only.prefix) return undefined;
  return only.operator === "==" || only.operator === "===" ? only : undefined;
}

function allowsOne({ operator, text, version, prefix }: Specifier, candidate: Version): boolean {
  if (version === undefined) return formatVersion(candidate) === text.toLowerCase();
  switch (operator) {
    case "===":
      return false;
    case "==":
      return prefix ? hasPrefix(candidate, version) : isEqual(candidate, version);
    case "!=":
      return !(prefix ? hasPrefix(candidate, version) : isEqual(candidate, version));
    case "<=":
      return compareVersions(publicOf(candidate), version) <= 0;
    case ">=":
      return compareVersions(publicOf(candidate), version) >= 0;
    case "<":
      return isLess(candidate, version);
    case ">":
      return isGreater(candidate, version);
    case "~=":
      return (
        compareVersions(publicOf(candidate), version) >= 0 &&
        hasPrefix(candidate, { ...baseOf(version), release: version.release.slice(0, -1) })
      );
  }
}

/** A specifier without a local part matches any local part. */
function isEqual(candidate: Version, version: Version): boolean {
  return compareVersions(version.local.length === 0 ? publicOf(candidate) : candidate, version) === 0;
}

/** `1.2.*` matches `1.2`, `1.2.3`, `1.2a1`, `1.2.post1`: a prefix is a release alone. Missing segments are zeros. */
function hasPrefix({ epoch, release }: Version, prefix: Version): boolean {
  return (
    epoch === prefix.epoch && prefix.release.every((segment, index) => segment === (release[index] ?? "0"))
  );
}

/** `<1.0` does not mean the pre-releases of 1.0 itself, unless it names one. */
function isLess(candidate: Version, version: Version): boolean {
  const bound = isPrerelease(version) ? version : { ...version, dev: "0" };
  return compareVersions(candidate, bound) < 0;
}

/** `>1.0` does not mean 1.0's post-releases, unless it names one, and never 1.0 with a local part. */
function isGreater(candidate: Version, version: Version): boolean {
  if (compareVersions(publicOf(candidate), version) <= 0) return false;
  if (version.post !== undefined || version.dev !== undefined) return true;
  // Above it and with its release and pre-release parts, there are only its post-releases.
  const stem = { ...candidate, post: undefined, dev: undefined, local: [] };
  return compareVersions(stem, version) !== 0;
}
