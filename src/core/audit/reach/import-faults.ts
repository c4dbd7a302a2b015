import type { PythonImport, PythonSource } from "../python/python-source.ts";
import type { FoundModule } from "./module-finder.ts";

/** A statement that fails whenever it runs, though every module that it names may be there. */
export interface ImportFault {
  readonly rule: "relative-import" | "import-name";
  /** The module that it stands in. */
  readonly module: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface FaultQuestion {
  /** The package that the statement's own module is in; empty for none. */
  readonly inPackage: string;
  /** Absolute; undefined where the statement leads above the top. */
  readonly base: string | undefined;
  /** What is found for it. */
  readonly found: FoundModule | undefined;
  readonly source: PythonSource | undefined;
  /** The source that the statement stands in. */
  readonly own: PythonSource | undefined;
  /** Something of that name may be a module of the base, or put there at run time. */
  readonly mayBe: (module: string) => boolean;
  /** Plain paths of extensions of that name for other interpreters. */
  readonly misfitsOf: (module: string) => readonly string[];
}

/** What is wrong with a `from … import …`, in words; undefined where nothing is, or nobody knows. */
export function faultOf(
  each: PythonImport,
  { inPackage, base, found, source, own, mayBe, misfitsOf }: FaultQuestion,
): Pick<ImportFault, "rule" | "message"> | undefined {
  if (each.how !== "from") return undefined;
  const written = `from ${each.module} import ${each.names.join(", ")}`;
  if (base === undefined) {
    if (own?.mayMovePackage) return undefined;
    const why =
      inPackage === ""
        ? "there is no package around this file as it is run"
        : `it leads above the top-level package of ${inPackage}`;
    return { rule: "relative-import", message: `${written}: ${why}` };
  }
  if (found === undefined || !("path" in found)) return undefined;
  const known = source?.names && new Set(source.names);
  const others = each.names.filter((name) => PLAIN.test(name) && !mayBe(`${base}.${name}`));
  // A package's own statement has the name in it; that nothing else binds it shows where an extension has it, for another Python.
  const absent = others.filter(
    (name) => known?.has(name) === false || (base === inPackage && misfitsOf(`${base}.${name}`).length > 0),
  );
  if (absent.length === 0) return undefined;
  const misfits = absent.flatMap((name) => misfitsOf(`${base}.${name}`));
  const message = `${written}: /${found.path} has no ${absent.join(", ")}, and there is no such module in ${base}`;
  return { rule: "import-name", message: `${message}${misfitText(misfits)}` };
}

function misfitText(paths: readonly string[]): string {
  return paths.length === 0 ? "" : `, but for another Python: ${paths.map((path) => `/${path}`).join(", ")}`;
}

/** Names with two underscores in front are given by the interpreter. */
const PLAIN = /^(?!__)[A-Za-z_]\w*$/;
