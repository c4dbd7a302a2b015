/** What a file is, in words that a table of sizes has: of code by what it is, of data by how its name ends. */
export function fileTypeOf(path: string, isElf: boolean): string {
  if (isElf) return "ELF";
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  // `.bashrc` has no ending.
  const ending = dot > 0 ? name.slice(dot).toLowerCase() : "";
  const known = KNOWN[ending];
  if (known !== undefined) return known;
  return ENDING.test(ending) ? ending : "without ending";
}

const KNOWN: Readonly<Record<string, string>> = {
  ".py": "Python source",
  ".pyi": "Python stubs",
  ".pyx": "Cython source",
  ".pxd": "Cython source",
  ".pyc": "Python bytecode",
  ".pyo": "Python bytecode",
  ".c": "C and C++ source",
  ".cc": "C and C++ source",
  ".cpp": "C and C++ source",
  ".cu": "C and C++ source",
  ".cuh": "C and C++ source",
  ".h": "C and C++ source",
  ".hpp": "C and C++ source",
  ".a": "static libraries",
  ".o": "object files",
};

/** What a person would call an ending; versions (`.6.0.30`) and hashes are none. */
const ENDING = /^\.(?=.*[a-z])[a-z0-9_+-]{1,8}$/;
