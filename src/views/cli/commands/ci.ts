import type { ExitCode } from "../../../core/base/error.ts";
import { suggest } from "../../../core/base/suggest.ts";
import type { Call } from "../command.ts";
import { UsageError } from "../error.ts";

interface Verb {
  /** The options that it takes, of those of the command. */
  readonly flags: readonly string[];
  readonly operands: readonly [min: number, max: number, what: string];
  load(): Promise<{ run(call: Call): Promise<ExitCode> }>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  generate: {
    flags: ["dry-run", "force"],
    operands: [1, 1, "the server: github"],
    load: () => import("./ci/generate.ts"),
  },
  check: { flags: [], operands: [0, 0, "no operand"], load: () => import("./ci/check.ts") },
  run: {
    flags: ["dry-run", "tier"],
    operands: [0, 1, "at most one JOB"],
    load: () => import("./ci/run.ts"),
  },
  plan: { flags: ["tier"], operands: [0, 0, "no operand"], load: () => import("./ci/plan.ts") },
  confirm: { flags: [], operands: [1, 1, "one DIR"], load: () => import("./ci/confirm.ts") },
  prepare: { flags: [], operands: [0, 0, "no operand"], load: () => import("./ci/prepare.ts") },
  issue: { flags: [], operands: [2, 2, "REPORT and BODY"], load: () => import("./ci/issue.ts") },
};
const OWN_FLAGS = new Set(Object.values(VERBS).flatMap(({ flags }) => flags));

/** `lapstrake ci VERB`: each verb is a file of its own, which is given the operands after the verb. */
export async function run(call: Call): Promise<ExitCode> {
  const [name = "", ...operands] = call.operands;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) {
    const known = Object.keys(VERBS);
    const like = suggest(name, known);
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake ci\` takes one of ${known.join(", ")}, got "${name}"`,
      like === undefined ? {} : { hint: `did you mean \`lapstrake ci ${like}\`?` },
    );
  }
  const [min, max, what] = verb.operands;
  if (operands.length < min || operands.length > max) {
    const got = operands.length === 0 ? "none" : `"${operands.join(" ")}"`;
    throw new UsageError("USAGE_OPERAND", `\`lapstrake ci ${name}\` takes ${what}, got ${got}`);
  }
  const wrong = Object.keys(call.flags).find((flag) => OWN_FLAGS.has(flag) && !verb.flags.includes(flag));
  if (wrong !== undefined)
    throw new UsageError("USAGE_FLAG", `\`lapstrake ci ${name}\` has no option --${wrong}`);
  return (await verb.load()).run({ ...call, operands });
}
