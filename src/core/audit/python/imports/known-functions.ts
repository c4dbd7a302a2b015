/**
 * Functions that take the name of a module, a library or a program. Keyed by where they are defined or are known from; the
 * file's own names for them come from its imports.
 */
export type KnownFunction =
  /** `names` says which argument it is, by position and by keyword. */
  | {
      readonly kind: "module";
      readonly how:
        | "import_module"
        | "__import__"
        | "find_spec"
        | "metadata"
        | "resources"
        | "run_module"
        | "importorskip";
      readonly argument: Argument;
      /** The last part, or what follows a colon, is an attribute. */
      readonly attribute?: "colon" | "last";
      /** Names a group of entry points in the second argument as well. */
      readonly group?: Argument;
    }
  /** Imports what stands in a file; no module can be named. */
  | { readonly kind: "file" }
  | { readonly kind: "groups" }
  | { readonly kind: "library"; readonly how: "path" | "find_library"; readonly argument: Argument }
  /** `list`: argv; `shell`: a command line; `either`: whichever it is given; `words`: each argument is a word, from this one on. */
  | {
      readonly kind: "program";
      readonly takes: "list" | "shell" | "either" | "words" | "name";
      readonly argument: Argument;
    };

export interface Argument {
  readonly at: number;
  readonly keyword: string;
}

const at = (position: number, keyword: string): Argument => ({ at: position, keyword });

type Row = readonly [names: string, known: KnownFunction];

const ROWS: readonly Row[] = [
  ["importlib.import_module", { kind: "module", how: "import_module", argument: at(0, "name") }],
  [
    "importlib.__import__ __import__ builtins.__import__",
    { kind: "module", how: "__import__", argument: at(0, "name") },
  ],
  [
    "importlib.util.find_spec importlib.find_loader importlib._bootstrap._find_spec pkgutil.find_loader pkgutil.get_loader imp.find_module",
    { kind: "module", how: "find_spec", argument: at(0, "name") },
  ],
  [
    "importlib.metadata.version importlib.metadata.distribution importlib.metadata.metadata importlib.metadata.requires importlib.metadata.files",
    { kind: "module", how: "metadata", argument: at(0, "distribution_name") },
  ],
  ["importlib.metadata.Distribution.from_name", { kind: "module", how: "metadata", argument: at(0, "name") }],
  [
    "pkg_resources.get_distribution pkg_resources.require",
    { kind: "module", how: "metadata", argument: at(0, "dist") },
  ],
  [
    "pkg_resources.load_entry_point pkg_resources.get_entry_info",
    { kind: "module", how: "metadata", argument: at(0, "dist"), group: at(1, "group") },
  ],
  [
    "pkg_resources.resource_filename pkg_resources.resource_string pkg_resources.resource_stream pkg_resources.resource_exists pkg_resources.resource_listdir pkg_resources.resource_isdir",
    { kind: "module", how: "resources", argument: at(0, "package_or_requirement") },
  ],
  [
    "importlib.resources.files importlib.resources.path importlib.resources.open_text importlib.resources.open_binary importlib.resources.read_text importlib.resources.read_binary importlib.resources.contents importlib.resources.is_resource pkgutil.get_data",
    { kind: "module", how: "resources", argument: at(0, "package") },
  ],
  ["pytest.importorskip", { kind: "module", how: "importorskip", argument: at(0, "modname") }],
  [
    "pkgutil.resolve_name",
    { kind: "module", how: "import_module", argument: at(0, "name"), attribute: "colon" },
  ],
  [
    "django.utils.module_loading.import_string werkzeug.utils.import_string",
    { kind: "module", how: "import_module", argument: at(0, "dotted_path"), attribute: "last" },
  ],
  [
    "runpy.run_module runpy._run_module_as_main",
    { kind: "module", how: "run_module", argument: at(0, "mod_name") },
  ],
  [
    "runpy.run_path importlib.util.spec_from_file_location importlib.machinery.SourceFileLoader importlib.machinery.ExtensionFileLoader imp.load_source imp.load_module imp.load_dynamic",
    { kind: "file" },
  ],
  ["importlib.metadata.entry_points pkg_resources.iter_entry_points", { kind: "groups" }],
  [
    "ctypes.CDLL ctypes.PyDLL ctypes.cdll.LoadLibrary ctypes.pydll.LoadLibrary ctypes.WinDLL ctypes.OleDLL ctypes.windll.LoadLibrary",
    { kind: "library", how: "path", argument: at(0, "name") },
  ],
  ["ctypes.util.find_library", { kind: "library", how: "find_library", argument: at(0, "name") }],
  ["numpy.ctypeslib.load_library", { kind: "library", how: "path", argument: at(0, "libname") }],
  [
    "torch.ops.load_library torch.classes.load_library",
    { kind: "library", how: "path", argument: at(0, "path") },
  ],
  [
    "subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output",
    { kind: "program", takes: "either", argument: at(0, "args") },
  ],
  [
    "subprocess.getoutput subprocess.getstatusoutput",
    { kind: "program", takes: "shell", argument: at(0, "cmd") },
  ],
  ["os.system", { kind: "program", takes: "shell", argument: at(0, "command") }],
  ["os.popen", { kind: "program", takes: "shell", argument: at(0, "cmd") }],
  ["asyncio.create_subprocess_shell", { kind: "program", takes: "shell", argument: at(0, "cmd") }],
  ["asyncio.create_subprocess_exec", { kind: "program", takes: "words", argument: at(0, "program") }],
  [
    "shutil.which distutils.spawn.find_executable",
    { kind: "program", takes: "name", argument: at(0, "cmd") },
  ],
  ["pty.spawn distutils.spawn.spawn", { kind: "program", takes: "either", argument: at(0, "argv") }],
  [
    "os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp",
    { kind: "program", takes: "list", argument: at(1, "argv") },
  ],
  ["os.execl os.execle os.execlp os.execlpe", { kind: "program", takes: "name", argument: at(0, "file") }],
  [
    "os.spawnv os.spawnve os.spawnvp os.spawnvpe",
    { kind: "program", takes: "list", argument: at(2, "args") },
  ],
  [
    "os.spawnl os.spawnle os.spawnlp os.spawnlpe",
    { kind: "program", takes: "name", argument: at(1, "file") },
  ],
];

export const KNOWN_FUNCTIONS: ReadonlyMap<string, KnownFunction> = new Map(
  ROWS.flatMap(([names, known]) => names.split(" ").map((name) => [name, known] as const)),
);

/** The backports are the same functions under another name. */
export function canonical(name: string): string {
  return name
    .replace(/^importlib_(metadata|resources)(?=\.|$)/, "importlib.$1")
    .replace(/^asyncio\.subprocess\./, "asyncio.");
}
