import { allows, parseSpecifiers } from "../../advisory/pep440/specifier.ts";
import { parseVersion } from "../../advisory/pep440/version.ts";
import { canonicalName } from "../../audit/python/canonical-name.ts";

/** Where something would be installed: `3.11` on `x86_64` Linux with CPython. */
export interface MarkerEnvironment {
  readonly pythonVersion: string;
  readonly machine: string;
  /** The extra that is asked for, empty for none; where it is absent, what depends on an extra is not known. */
  readonly extra?: string;
}

/** Undefined where it depends on what nobody knows before the image runs, or where the marker is none. */
export type MarkerResult = boolean | undefined;

type Token =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "word"; readonly value: string };

/** Nobody writes deeper ones by hand. */
const MAX_DEPTH = 40;
const OPERATORS = new Set(["<=", "<", "!=", "==", ">=", ">", "~=", "===", "in", "not in"]);

/** Evaluates an environment marker (dependency specifiers, section "Environment Markers"). */
export function evaluateMarker(marker: string, environment: MarkerEnvironment): MarkerResult {
  const tokens = tokenize(marker);
  return tokens === undefined ? undefined : new Evaluator(tokens, environment).whole();
}

function tokenize(marker: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([()]|[<>=!~]=?=?|not\s+in\b|[A-Za-z_][A-Za-z0-9_.]*))/y;
  const text = marker.trim();
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const quoted = found[1] ?? found[2];
    tokens.push(
      quoted === undefined
        ? { kind: "word", value: (found[3] ?? "").replace(/\s+/, " ") }
        : { kind: "text", value: quoted },
    );
  }
  return tokens;
}

/** An operand: its text; the half-known `python_full_version`; or a variable that the image alone could tell. */
type Operand = { readonly text: string; readonly isName?: true } | "full-version" | "unknown";

class Evaluator {
  readonly #tokens: readonly Token[];
  readonly #environment: MarkerEnvironment;
  #at = 0;

  constructor(tokens: readonly Token[], environment: MarkerEnvironment) {
    this.#tokens = tokens;
    this.#environment = environment;
  }

  whole(): MarkerResult {
    const result = this.#or(0);
    return this.#at === this.#tokens.length ? result : undefined;
  }

  #or(depth: number): MarkerResult {
    let result = this.#and(depth);
    while (this.#takes("or")) {
      const other = this.#and(depth);
      result = result === true || other === true ? true : result === false ? other : undefined;
    }
    return result;
  }

  #and(depth: number): MarkerResult {
    let result = this.#atom(depth);
    while (this.#takes("and")) {
      const other = this.#atom(depth);
      result = result === false || other === false ? false : result === true ? other : undefined;
    }
    return result;
  }

  #atom(depth: number): MarkerResult {
    if (this.#takes("(")) {
      const inner = depth < MAX_DEPTH ? this.#or(depth + 1) : undefined;
      return this.#takes(")") ? inner : this.#stop();
    }
    const left = this.#tokens[this.#at++];
    const operator = this.#tokens[this.#at++];
    const right = this.#tokens[this.#at++];
    if (left === undefined || right === undefined || operator?.kind !== "word") return this.#stop();
    if (!OPERATORS.has(operator.value)) return this.#stop();
    return this.#compare(this.#operand(left), operator.value, this.#operand(right));
  }

  /** What cannot be read makes the whole unknown: the rest is not looked at. */
  #stop(): undefined {
    this.#at = this.#tokens.length + 1;
    return undefined;
  }

  #takes(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word" || token.value !== word) return false;
    this.#at++;
    return true;
  }

  #operand(token: Token): Operand {
    if (token.kind === "text") return { text: token.value };
    const { extra } = this.#environment;
    if (token.value === "extra" && extra !== undefined) return { text: extra, isName: true };
    const known = variablesOf(this.#environment)[token.value];
    if (known !== undefined) return { text: known };
    return token.value === "python_full_version" || token.value === "implementation_version"
      ? "full-version"
      : "unknown";
  }

  #compare(left: Operand, operator: string, right: Operand): MarkerResult {
    if (left === "unknown" || right === "unknown") return undefined;
    if (left === "full-version") {
      return right === "full-version" ? undefined : this.#compareFull(operator, right.text);
    }
    if (right === "full-version") return undefined;
    // Extras are names: `Foo_Bar` is `foo-bar`.
    const isName = left.isName === true || right.isName === true;
    const spelt = isName ? canonicalName : (text: string) => text;
    return compareTexts(spelt(left.text), operator, spelt(right.text));
  }

  /** The patch release is not known: the answer is where the lowest and the highest agree. */
  #compareFull(operator: string, text: string): MarkerResult {
    const { pythonVersion } = this.#environment;
    const lowest = compareTexts(`${pythonVersion}.0`, operator, text);
    const highest = compareTexts(`${pythonVersion}.999999`, operator, text);
    // Between two ends that are both unequal there may be one that is equal.
    const between =
      (operator === "==" || operator === "!=" || operator === "===") && isPatchOf(text, pythonVersion);
    return lowest === highest && !between ? lowest : undefined;
  }
}

function isPatchOf(text: string, pythonVersion: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && version.release.slice(0, 2).join(".") === pythonVersion;
}

function variablesOf({
  pythonVersion,
  machine,
}: MarkerEnvironment): Readonly<Record<string, string | undefined>> {
  return {
    python_version: pythonVersion,
    os_name: "posix",
    sys_platform: "linux",
    platform_system: "Linux",
    platform_machine: machine,
    platform_python_implementation: "CPython",
    implementation_name: "cpython",
  };
}

/** As versions where the right side is a specifier's version, else as text. */
function compareTexts(left: string, operator: string, right: string): MarkerResult {
  if (operator === "in") return right.includes(left);
  if (operator === "not in") return !right.includes(left);
  const version = parseVersion(left);
  const specifiers = parseSpecifiers(`${operator}${right}`);
  if (version !== undefined && specifiers !== undefined) return allows(specifiers, version);
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return undefined;
  }
}
