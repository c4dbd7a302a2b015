/** What a Python source file asks for by name. Lines count from 1. */
export interface PythonSource {
  readonly imports: readonly PythonImport[];
  /** Shared libraries that it loads by a literal name: ctypes, cffi, `torch.ops.load_library`, … */
  readonly libraries: readonly LoadedLibrary[];
  /** Programs that it starts by a literal name: subprocess, os.system, os.exec*. */
  readonly programs: readonly StartedProgram[];
  /** Groups of entry points that it asks importlib.metadata (or pkg_resources) for. */
  readonly entryPointGroups: readonly AskedGroup[];
  /** Places where it imports, loads or starts what no literal names. */
  readonly open: readonly OpenName[];
  /** Lines where the grammar found errors, the first hundred; what is around them was read all the same. */
  readonly errors: readonly number[];
  /** All names that it may bind, and others; undefined where it may have more than stand in it, or where nobody looked. */
  readonly names?: readonly string[];
  /** It names `__package__`, so it may say itself which package its relative imports are of (PEP 366). */
  readonly mayMovePackage?: true;
}

/** Of a source that asks for nothing. */
export const EMPTY_SOURCE: PythonSource = {
  imports: [],
  libraries: [],
  programs: [],
  entryPointGroups: [],
  open: [],
  errors: [],
};

export interface AskedGroup {
  readonly group: string;
  readonly line: number;
}

export interface PythonImport {
  /** The module, absolute and dotted: `import a.b` is `a.b`. Relative ones keep their dots: `from ..x import y` is `..x`. */
  readonly module: string;
  /** What `from module import …` names; empty for `import module`; `*` for all. Each may be a module or an attribute. */
  readonly names: readonly string[];
  readonly line: number;
  /** `metadata` names a distribution, all others a module. `run_module` is also `[sys.executable, "-m", "x"]`. */
  readonly how:
    | "import"
    | "from"
    | "import_module"
    | "__import__"
    | "find_spec"
    | "metadata"
    | "resources"
    | "run_module"
    | "importorskip";
  readonly context: ImportContext;
}

export interface ImportContext {
  /** Inside a function: it happens when that is called. */
  readonly deferred: boolean;
  /** Under `if TYPE_CHECKING`: it never happens. */
  readonly typing: boolean;
  /**
   * In a `try` whose handlers take ImportError (or wider), or under `suppress(ImportError)`: its failure is expected.
   * `alternative`: in such a handler, or its `else`. A handler that ends by raising does not count: without the module, nothing
   * works there. Guards end at a function: it runs when the `try` is over.
   */
  readonly guard: "none" | "optional" | "alternative";
  /**
   * The parts of `try` statements that it stands in, the outer first: of those whose handlers take ImportError and go on. None of
   * those around a function that it stands in.
   */
  readonly attempts?: readonly Attempt[];
  /** Under a test of anything else, in a loop, or in the handler of another error: it may never happen. */
  readonly branch?: true;
  /** Under `if __name__ == "__main__"`: it happens where the file is run, and never where it is imported. */
  readonly main?: true;
  /**
   * Under an `if` on the interpreter's version, the platform or the system: the tests as written, shortened. What stands in an
   * `else` has `not (…)`.
   */
  readonly condition?: string;
  /** What the condition is on the interpreter that was named; absent where that cannot be told. False: it never happens there. */
  readonly holds?: boolean;
}

export interface Attempt {
  /** Line of the `try`. */
  readonly line: number;
  /**
   * `handler`: the first that takes ImportError. `else`: where the body is nothing but imports. `other`: whether it runs hangs
   * on more than whether the body's imports succeed.
   */
  readonly part: "body" | "handler" | "else" | "other";
}

export interface LoadedLibrary {
  /** `libsndfile.so.1`, or what `find_library` is given: `sndfile`. */
  readonly name: string;
  readonly how: "path" | "find_library";
  readonly line: number;
  readonly context: ImportContext;
}

export interface StartedProgram {
  readonly name: string;
  readonly line: number;
  readonly context: ImportContext;
}

export interface OpenName {
  readonly what: "import" | "library" | "program";
  readonly line: number;
  /** The expression as written, shortened. */
  readonly text: string;
}
