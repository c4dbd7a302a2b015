import { suggest } from "../base/suggest.ts";
import type { Flag, Instruction } from "./dockerfile.ts";
import { ArgsError } from "./instruction-args.ts";

type FlagKind = "text" | "bool" | "list";

const COPY: Readonly<Record<string, FlagKind>> = {
  from: "text",
  chown: "text",
  chmod: "text",
  link: "bool",
  exclude: "list",
  parents: "bool",
};

const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  FROM: { platform: "text" },
  RUN: { mount: "list", network: "text", device: "list", security: "text" },
  COPY,
  ADD: {
    chown: "text",
    chmod: "text",
    link: "bool",
    exclude: "list",
    checksum: "text",
    unpack: "bool",
    "keep-git-dir": "bool",
  },
  HEALTHCHECK: {
    interval: "text",
    timeout: "text",
    "start-period": "text",
    "start-interval": "text",
    retries: "text",
  },
};

/**
 * Flags that only a frontend image of the labs channel knows; the frontend built into the engine refuses them (tried
 * with Docker 28.5.2). They parse here, since a `# syntax=` line may name such a frontend; the resolver reports them.
 */
export const LABS_FLAGS: Readonly<Record<string, readonly string[]>> = {
  COPY: ["parents"],
  RUN: ["security", "device"],
};

/** Refuses unknown and repeated flags and missing values. Throws ArgsError. */
export function checkFlags(name: string, flags: readonly Flag[]): void {
  const known = FLAGS[name] ?? {};
  const seen = new Set<string>();
  for (const { name: flag, value } of flags) {
    const kind = Object.hasOwn(known, flag) ? known[flag] : undefined;
    if (kind === undefined) {
      const near = suggest(flag, Object.keys(known));
      throw new ArgsError(`unknown flag --${flag}${near === undefined ? "" : ` (did you mean --${near}?)`}`);
    }
    if (seen.has(flag) && kind !== "list") throw new ArgsError(`the flag --${flag} is given twice`);
    seen.add(flag);
    if (kind === "bool") checkBool(flag, value);
    else if (value === undefined) throw new ArgsError(`the flag --${flag} needs a value`);
  }
}

/** The value of a flag that is given once; undefined where it is not given. */
export function flagValue({ flags }: Pick<Instruction, "flags">, name: string): string | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}

export function flagValues({ flags }: Pick<Instruction, "flags">, name: string): readonly string[] {
  return flags.flatMap((flag) => (flag.name === name ? (flag.value ?? []) : []));
}

/** Undefined where the flag is not given. */
export function flagBool({ flags }: Pick<Instruction, "flags">, name: string): boolean | undefined {
  const flag = flags.find((candidate) => candidate.name === name);
  return flag === undefined ? undefined : flag.value?.toLowerCase() !== "false";
}

function checkBool(flag: string, value: string | undefined): void {
  if (value === undefined || ["true", "false"].includes(value.toLowerCase())) return;
  throw new ArgsError(`the flag --${flag} is true or false, not "${value}"`);
}
