interface Wrapper {
  /** Options that have the next word as value. */
  readonly valued?: RegExp;
  /** Words of its own before the command: a user, seconds. */
  readonly words?: number;
  /** A verb that must come first: `poetry run`. */
  readonly verb?: string;
}

/** Programs that start another one with the words that follow. */
const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ["tini", { valued: /^-[pev]$/ }],
  ["docker-init", { valued: /^-[pev]$/ }],
  ["dumb-init", { valued: /^(?:-r|--rewrite)$/ }],
  ["catatonit", {}],
  ["s6-setuidgid", { words: 1 }],
  ["gosu", { words: 1 }],
  ["su-exec", { words: 1 }],
  ["setpriv", { valued: /^--(?:reuid|regid|groups|securebits)$/ }],
  ["sudo", { valued: /^-[ugpChrt]$/ }],
  ["env", { valued: /^-[uC]$/ }],
  ["nice", { valued: /^-n$/ }],
  ["ionice", { valued: /^-[cn]$/ }],
  ["chrt", { words: 1 }],
  ["taskset", { words: 1 }],
  ["numactl", { valued: /^-[mNCil]$/ }],
  ["timeout", { valued: /^-[ks]$/, words: 1 }],
  ["stdbuf", { valued: /^-[ioe]$/ }],
  ["nohup", {}],
  ["setsid", {}],
  ["exec", {}],
  ["time", {}],
  ["xvfb-run", { valued: /^-[efnpsw]$/ }],
  ["dbus-run-session", {}],
  ["catchsegv", {}],
  ["strace", { valued: /^-[eopsP]$/ }],
  ["ddtrace-run", {}],
  ["opentelemetry-instrument", { valued: /^--\w+$/ }],
  ["newrelic-admin", { verb: "run-program" }],
  ["sentry-cli", { verb: "exec" }],
  ["poetry", { verb: "run" }],
  ["pipenv", { verb: "run" }],
  ["pdm", { verb: "run" }],
  ["hatch", { verb: "run" }],
  ["rye", { verb: "run" }],
  ["uv", { verb: "run", valued: /^(?:--(?:with|python|project|directory|env-file|extra|group)|-p)$/ }],
  ["conda", { verb: "run", valued: /^(?:-n|--name|-p|--prefix|--cwd)$/ }],
  ["micromamba", { verb: "run", valued: /^(?:-n|--name|-p|--prefix)$/ }],
]);

/** What a wrapper runs; undefined where the program is none, or runs nothing. */
export function unwrapped(name: string, rest: readonly string[]): readonly string[] | undefined {
  const wrapper = WRAPPERS.get(name);
  if (wrapper === undefined) return undefined;
  let at = 0;
  if (wrapper.verb !== undefined) {
    at = rest.indexOf(wrapper.verb) + 1;
    if (at === 0) return undefined;
  }
  for (; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (wrapper.valued?.test(word) === true) at++;
    else if (
      !word.startsWith("-") &&
      !(name === "env" && /^[A-Za-z_]\w*=/.test(word)) &&
      !(name === "sudo" && /^\w+=/.test(word))
    )
      break;
  }
  const inner = rest.slice(at + (wrapper.words ?? 0));
  return inner.length === 0 ? undefined : inner;
}
