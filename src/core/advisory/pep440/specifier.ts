import {
  baseOf,
  compareVersions,
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
    return rest === "" || /\s/.test(rest) ? undefined : { operator, text: rest, version: undefined, prefix: false };
  }
  const prefix = rest.endsWith(".*");
  const version = parseVersion(prefix ? rest.slice(0, -2) : rest);
  if (version === undefined || !isAllowedWith(operator, version, prefix)) return undefined;
  return { operator, text: prefix ? rest.slice(0, -2) : rest, version, prefix };
}

function isAllowedWith(operator: Operator, version: Version, prefix: boolean): boolean {
  const equality = operator === "==" || operator === "!=";
  if (prefix) return equality && version.dev === undefined && version.local.length === 0;
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
  if (version === undefined) return candidate.text.trim().toLowerCase() === text.toLowerCase();
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

/** `1.2.*` matches `1.2`, `1.2.3`, `1.2a1`, `1.2.post1`; `1.2a1.*` what begins so. Missing segments are zeros. */
function hasPrefix(candidate: Version, prefix: Version): boolean {
  const wanted = segmentsOf(prefix);
  const found = segmentsOf(padded(candidate, prefix.release.length));
  return wanted.every((segment, index) => segment === found[index]);
}

function padded(version: Version, length: number): Version {
  const missing = Math.max(0, length - version.release.length);
  return { ...version, release: [...version.release, ...Array<string>(missing).fill("0")] };
}

function segmentsOf({ epoch, release, pre, post, dev }: Version): readonly string[] {
  return [
    `${epoch}!`,
    ...release,
    ...(pre === undefined ? [] : [`${pre.phase}${pre.number}`]),
    ...(post === undefined ? [] : [`post${post}`]),
    ...(dev === undefined ? [] : [`dev${dev}`]),
  ];
}

/** `<1.0` does not mean the pre-releases of 1.0 itself, unless it names one. */
function isLess(candidate: Version, version: Version): boolean {
  if (compareVersions(candidate, version) >= 0) return false;
  return isPrerelease(version) || !isPrerelease(candidate) || !sameBase(candidate, version);
}

/** `>1.0` does not mean 1.0's post-releases, unless it names one, and never 1.0 with a local part. */
function isGreater(candidate: Version, version: Version): boolean {
  if (compareVersions(candidate, version) <= 0) return false;
  if (!sameBase(candidate, version)) return true;
  if (version.post === undefined && candidate.post !== undefined) return false;
  return candidate.local.length === 0;
}

function sameBase(a: Version, b: Version): boolean {
  return compareVersions(baseOf(a), baseOf(b)) === 0;
}
