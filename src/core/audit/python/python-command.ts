/** What `python …` runs. */
export type PythonTarget = Isolation &
  (
    | { readonly kind: "module"; readonly module: string; readonly rest: readonly string[] }
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "code"; readonly text: string }
  );

/** What an interpreter leaves out of `sys.path` because its command line says so. */
export interface Isolation {
  /** The folder of the script, or the one that it is started in: by `-P`, `-I`. */
  readonly noFolder?: true;
  /** What PYTHON… variables name: by `-E`, `-I`. */
  readonly noVariables?: true;
}

/** Options of the interpreter with a value of their own. */
const WITH_VALUE = /^-[bBdEhiIOPqRsSuvVx?]*[WXQ]$/;

/** Arguments after the interpreter, as its own command line reads them. Undefined for none: it reads standard input. */
export function pythonTargets(rest: readonly string[]): PythonTarget | undefined {
  let letters = "";
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (word === "-") return undefined;
    if (!word.startsWith("--")) letters += /^-([bBdEhiIOPqRsSuvVx?]*)/.exec(word)?.[1] ?? "";
    if (word === "--check-hash-based-pycs" || WITH_VALUE.test(word)) {
      at++;
      continue;
    }
    if (word.startsWith("--")) continue;
    if (!word.startsWith("-")) return { kind: "file", path: word, ...isolationOf(letters) };
    // `-um pkg`, `-mpkg`, `-c text`: the letter ends the options, the value is the rest of the word or the next one.
    const last = /^-[bBdEhiIOPqRsSuvVx?]*([mc])(.*)$/s.exec(word);
    if (last === null) continue;
    const joined = last[2] ?? "";
    const value = joined === "" ? rest[at + 1] : joined;
    if (value === undefined) return undefined;
    if (last[1] === "c") return { kind: "code", text: value, ...isolationOf(letters) };
    const after = rest.slice(joined === "" ? at + 2 : at + 1);
    return { kind: "module", module: value, rest: after, ...isolationOf(letters) };
  }
  return undefined;
}

function isolationOf(letters: string): Isolation {
  return {
    ...(/[IP]/.test(letters) ? { noFolder: true as const } : {}),
    ...(/[IE]/.test(letters) ? { noVariables: true as const } : {}),
  };
}
