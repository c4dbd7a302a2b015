import type { DistributionUse, Missing, PackageUse } from "../../core/policy/audit/image-audit.ts";
import type { ReachedFile } from "../../core/policy/audit/reached-by-path.ts";
import type { Reason } from "../../core/policy/audit/reason.ts";
import { type AuditedView, type AuditView, placeOf } from "./audit-view.ts";
import { printable } from "./printable.ts";

/**
 * What the page's script draws: a value for JSON. Texts stand once, in `texts`, and are numbers everywhere else, -1 for
 * none. Steps are columns, each chain's end pointing to what it is because of, so that chains share their beginnings.
 */
export interface AuditPageData {
  readonly texts: readonly string[];
  readonly images: readonly PageImage[];
}

interface PageImage {
  readonly name: number;
  readonly steps: Readonly<Record<StepColumn, readonly number[]>>;
  /** name, version, use, bytes, place, step, then what would go with it. */
  readonly packages: readonly (readonly number[])[];
  /** name, version, use, bytes, environment, level, step. */
  readonly distributions: readonly (readonly number[])[];
  /** what, name, level, step, then packages that have it. */
  readonly missing: readonly (readonly number[])[];
  /** Of those of `missing`: the paths that were tried. */
  readonly tried: readonly (readonly number[])[];
  /** rule, subject, message, severity, step. */
  readonly mismatches: readonly (readonly number[])[];
  /** what, path, line, text, then packages. */
  readonly uncertain: readonly (readonly number[])[];
  /** Pairs of steps: the first loads the second. */
  readonly loads: readonly number[];
}

type StepColumn = "what" | "name" | "at" | "line" | "because" | "path" | "level" | "package" | "distribution";

export function auditPageData({ images }: AuditView): AuditPageData {
  const texts = new Texts();
  return { images: images.map((image) => pageImage(image, texts)), texts: texts.all };
}

/** Each text once; what would hide or turn words is spelt out. */
class Texts {
  readonly all: string[] = [];
  readonly #known = new Map<string, number>();

  of(text: string | undefined): number {
    if (text === undefined) return NONE;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const index = this.all.push(printable(text).replaceAll("\n", "\\n")) - 1;
    this.#known.set(text, index);
    return index;
  }
}

const NONE = -1;

class Steps {
  readonly columns: Record<StepColumn, number[]> = {
    what: [],
    name: [],
    at: [],
    line: [],
    because: [],
    path: [],
    level: [],
    package: [],
    distribution: [],
  };
  /** Steps that are named by their file, by its path. */
  readonly extensions = new Map<string, number>();
  readonly #texts: Texts;
  /** One object is one step, and so are two that say the same. */
  readonly #known = new Map<Reason, number>();
  readonly #alike = new Map<string, number>();

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** Without recursion: a chain may be hundreds long. */
  of(reason: Reason | undefined): number {
    const open: Reason[] = [];
    let because = NONE;
    for (let each = reason; each !== undefined; each = each.because) {
      const known = this.#known.get(each);
      if (known !== undefined) {
        because = known;
        break;
      }
      open.push(each);
    }
    for (const each of open.reverse()) {
      because = this.#add(each, because);
      this.#known.set(each, because);
    }
    return because;
  }

  #add({ what, name, at }: Reason, because: number): number {
    const key = `${because} ${what} ${name}\0${at ?? ""}`;
    const alike = this.#alike.get(key);
    if (alike !== undefined) return alike;
    const [, file, line] = /^(.*):(\d+)$/s.exec(at ?? "") ?? [undefined, at, undefined];
    const values: Record<StepColumn, number> = {
      what: this.#texts.of(what),
      name: this.#texts.of(what === "depends" ? packageName(name) : name),
      at: this.#texts.of(file),
      line: line === undefined ? NONE : Number(line),
      because,
      path: NONE,
      level: NONE,
      package: NONE,
      distribution: NONE,
    };
    const index = this.columns.what.length;
    this.#alike.set(key, index);
    if (what === "extension") this.extensions.set(name, index);
    this.set(index, values);
    return index;
  }

  set(index: number, values: Partial<Record<StepColumn, number>>): void {
    // Keys of a record of columns are columns.
    for (const [column, value] of Object.entries(values) as [StepColumn, number][])
      this.columns[column][index] = value;
  }
}

/** Of an id: dpkg's names have no colon. */
function packageName(id: string): string {
  return id.replace(/:.*/, "");
}

/** The step that stands for each file, which is told there whose it is. */
function reachedSteps(
  reached: AuditedView["reached"],
  { steps, texts }: { readonly steps: Steps; readonly texts: Texts },
): ReadonlyMap<string, number> {
  const stepAt = new Map<string, number>();
  const files = reached?.files ?? [];
  const tell = (file: ReachedFile, step: number): void => {
    stepAt.set(file.path, step);
    steps.set(step, {
      path: texts.of(file.path),
      level: texts.of(file.level),
      package: texts.of(file.package),
      distribution: texts.of(file.distribution),
    });
  };
  for (const file of files) {
    const { path, reason } = file;
    const step = steps.of(isCommand(reason) ? { what: "starts", name: path, because: reason } : reason);
    // Another file with the same reason may be there already, which then stands for both.
    if (steps.columns.path[step] === NONE) tell(file, step);
  }
  // A module and the extension that it is are one file and two steps: libraries are loaded by the second.
  for (const file of files) {
    const step = steps.extensions.get(file.path);
    if (step !== undefined) tell(file, step);
  }
  return stepAt;
}

/** A command line starts several files: each gets a step of its own behind it. */
function isCommand({ what }: Reason): boolean {
  return what === "entrypoint" || what === "healthcheck" || what === "script" || what === "build";
}

function pageImage({ name, audit, reached }: AuditedView, texts: Texts): PageImage {
  const steps = new Steps(texts);
  const text = (of: string | undefined): number => texts.of(of);
  const stepAt = reachedSteps(reached, { steps, texts });
  const packageRow = (each: PackageUse): readonly number[] => [
    text(each.name),
    text(each.version),
    text(each.use),
    each.bytes,
    text(placeOf(each)),
    steps.of(each.reason),
    ...each.alsoRemoved.map((id) => text(packageName(id))),
  ];
  const distributionRow = (each: DistributionUse): readonly number[] => [
    text(each.name),
    text(each.version),
    text(each.use),
    each.bytes,
    text(each.environment),
    text(each.level),
    steps.of(each.reason),
  ];
  const missingRow = ({ what, name: wanted, level, reason, suppliers = [] }: Missing): readonly number[] => [
    text(what),
    text(wanted),
    text(level),
    steps.of(reason),
    ...suppliers.map(text),
  ];
  return {
    name: text(name),
    packages: audit.packages.map(packageRow),
    distributions: audit.distributions.map(distributionRow),
    missing: audit.missing.map(missingRow),
    tried: audit.missing.map(({ tried = [] }) => tried.map(text)),
    mismatches: audit.mismatches.map(({ rule, subject, message, severity, reason }) => [
      ...[rule, subject, message, severity].map(text),
      steps.of(reason),
    ]),
    uncertain: audit.uncertain.map(({ what, path, line, text: suggests, packages }) => [
      text(what),
      text(path),
      line ?? NONE,
      text(suggests),
      ...packages.map(text),
    ]),
    loads: (reached?.loads ?? []).flatMap(({ from, to }) => {
      const pair = [stepAt.get(from), stepAt.get(to)];
      return pair.includes(undefined) ? [] : pair.map((step) => step ?? NONE);
    }),
    steps: steps.columns,
  };
}
