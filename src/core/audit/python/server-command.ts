/** What a server's arguments name. `object`: without a colon, the last part is an attribute of the module before it. */
export interface ServerTarget {
  readonly kind: "module" | "object" | "file";
  readonly text: string;
}

type Reader = (rest: readonly string[]) => readonly ServerTarget[];

/** Console scripts (and modules for `-m`) that import what their arguments name. */
export const SERVERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["uvicorn", application],
  ["hypercorn", application],
  ["daphne", application],
  ["granian", application],
  ["waitress-serve", application],
  ["gunicorn", gunicorn],
  ["uwsgi", options({ module: /^(?:-w|--module|--wsgi)$/, file: /^(?:--wsgi-file|--file)$/ })],
  ["celery", options({ module: /^(?:-A|--app)$/ })],
  ["dramatiq", positionalModules],
  ["flask", options({ module: /^(?:-A|--app)$/ })],
  ["arq", positionalObjects],
  [
    "rq",
    options({ module: /^-c$|^--config$/, object: /^-[wq]$|^--(?:worker-class|queue-class|job-class)$/ }),
  ],
  ["faust", options({ module: /^(?:-A|--app)$/ })],
  ["streamlit", runFile],
  ["fastapi", runFile],
  ["chainlit", runFile],
  ["sanic", application],
  ["torchrun", launcher],
  ["torch", launcher],
  ["accelerate", launcher],
  ["deepspeed", launcher],
  ["coverage", launcher],
  ["pdb", launcher],
  ["debugpy", launcher],
  ["cProfile", launcher],
  ["profile", launcher],
  ["trace", launcher],
  ["pytest", options({ module: /^-p$/ })],
]);

/** The first word that is no option and looks like `module:attribute` or a module. */
function application(rest: readonly string[]): ServerTarget[] {
  const word = rest.find(
    (each, at) => !each.startsWith("-") && (isTarget(each) || each.includes("$")) && !isValue(rest, at),
  );
  return word === undefined ? [] : [{ kind: "module", text: word }];
}

/** `pkg.mod:app`, or a plain module after nothing but its own options. */
function isTarget(word: string): boolean {
  return /^[\p{ID_Start}_][\p{ID_Continue}.]*(?::[\p{ID_Start}_][\p{ID_Continue}.]*(?:\(.*\))?)?$/u.test(
    word,
  );
}

/** Word after `--host`, `-b`: its value, unless it can only be an application. */
function isValue(rest: readonly string[], at: number): boolean {
  const before = rest[at - 1];
  const word = rest[at] ?? "";
  if (before === undefined || !before.startsWith("-") || before.includes("=")) return false;
  return !FLAGS.has(before) && !/^[\p{ID_Start}_][\p{ID_Continue}.]*:[\p{ID_Start}_]/u.test(word);
}

/** Options of these servers that have no value. */
const FLAGS: ReadonlySet<string> = new Set(
  "--reload --factory --proxy-headers --no-access-log --access-log --no-server-header --use-colors --no-use-colors --preload --preload-app --daemon -D --check-config --print-config --reload-engine --debug --capture-output --no-sendfile --reuse-port --spew --ws".split(
    " ",
  ),
);

function gunicorn(rest: readonly string[]): ServerTarget[] {
  const named = options({ object: /^(?:-k|--worker-class|--logger-class)$/, file: /^(?:-c|--config)$/ })(
    rest,
  );
  // `-k gevent` is a name of gunicorn's own; `-c python:pkg.conf` is a module.
  const kept = named.flatMap((target): ServerTarget[] => {
    if (target.kind === "object") return target.text.includes(".") ? [target] : [];
    return target.text.startsWith("python:")
      ? [{ kind: "module", text: target.text.slice(7) }]
      : [{ ...target, text: target.text.replace(/^file:/, "") }];
  });
  return [...application(rest), ...kept];
}

function options(wanted: { module?: RegExp; object?: RegExp; file?: RegExp }): Reader {
  const kinds = Object.entries(wanted) as [ServerTarget["kind"], RegExp][]; // as: entries forget the names of the keys
  return (rest) =>
    rest.flatMap((word, at): ServerTarget[] => {
      const [, name = word, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
      const value = joined ?? rest[at + 1];
      const kind = kinds.find(([, pattern]) => pattern.test(name))?.[0];
      return kind === undefined || value === undefined ? [] : [{ kind, text: value }];
    });
}

function positionalModules(rest: readonly string[]): ServerTarget[] {
  return rest
    .filter((word, at) => isTarget(word) && !isValue(rest, at))
    .map((text): ServerTarget => ({ kind: "module", text }));
}

function positionalObjects(rest: readonly string[]): ServerTarget[] {
  return rest
    .filter((word, at) => isTarget(word) && word.includes(".") && !isValue(rest, at))
    .map((text): ServerTarget => ({ kind: "object", text }));
}

/** `streamlit run app.py`, `fastapi run app/main.py`. */
function runFile(rest: readonly string[]): ServerTarget[] {
  const [verb, ...words] = rest;
  if (verb !== "run" && verb !== "dev") return [];
  const file = words.find((word) => word.endsWith(".py"));
  return file === undefined ? [] : [{ kind: "file", text: file }];
}

/** `torchrun --nproc-per-node 2 train.py …`, `-m pkg.train`. */
function launcher(rest: readonly string[]): ServerTarget[] {
  const at = rest.findIndex((word) => word === "-m" || word === "--module");
  const module = rest[at + 1];
  if (at !== -1 && module !== undefined) return [{ kind: "module", text: module }];
  const file = rest.find((word) => word.endsWith(".py"));
  return file === undefined ? [] : [{ kind: "file", text: file }];
}
