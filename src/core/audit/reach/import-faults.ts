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
  /** Something of that name may be a module of the base, or put there at run time. */
  readonly mayBe: (module: string) => boolean;
}

/** What is wrong with a `from … import …`, in words; undefined where nothing is, or nobody knows. */
export function faultOf(
  each: PythonImport,
  { inPackage, base, found, source, mayBe }: FaultQuestion,
): Pick<ImportFault, "rule" | "message"> | undefined {
  if (each.how !== "from") return undefined;
  const written = `from ${each.module} import ${each.names.join(", ")}`;
  if (base === undefined) {
    const why =
      inPackage === ""
        ? "there is no package around this file as it is run"
        : `it leads above the top-level package of ${inPackage}`;
    return { rule: "relative-import", message: `${written}: ${why}` };
  }
  if (found === undefined || source?.names === undefined || !("path" in found)) return undefined;
  const known = new Set(source.names);
  const absent = each.names.filter(
    (name) => PLAIN.test(name) && !known.has(name) && !mayBe(`${base}.${name}`),
  );
  if (absent.length === 0) return undefined;
  const message = `${written}: /${found.path} has no ${absent.join(", ")}, and there is no such module in ${base}`;
  return { rule: "import-name", message };
}

/** Names with two underscores in front are given by the interpreter. */
const PLAIN = /^(?!__)[A-Za-z_]\w*$/;
