import type { ExitCode } from "../../../core/base/error.ts";
import { suggest } from "../../../core/base/suggest.ts";
import type { Call } from "../command.ts";
import { UsageError } from "../error.ts";

interface Verb {
  /** The options that it takes, of those of the command. */
  readonly flags: readonly string[];
  readonly maxOperands: number;
  load(): Promise<{ run(call: Call): Promise<ExitCode> }>;
}

const FILTERS = ["since", "kind", "image", "last"];
const VOUCH = ["notes", "name", "wait"];

const VERBS: Readonly<Record<string, Verb>> = {
  show: { flags: FILTERS, maxOperands: 0, load: () => import("./ledger/show.ts") },
  verify: { flags: [], maxOperands: 0, load: () => import("./ledger/verify.ts") },
  export: { flags: [...FILTERS, "format"], maxOperands: 0, load: () => import("./ledger/export.ts") },
  checkpoint: { flags: VOUCH, maxOperands: 0, load: () => import("./ledger/checkpoint.ts") },
  witness: { flags: [...VOUCH, "accept"], maxOperands: 1, load: () => import("./ledger/witness.ts") },
};
const OWN_FLAGS = new Set(Object.values(VERBS).flatMap(({ flags }) => flags));

/** `lapstrake ledger VERB`: each verb is a file of its own, which is given the operands after the verb. */
export async function run(call: Call): Promise<ExitCode> {
  const [name = "", ...operands] = call.operands;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) {
    const known = Object.keys(VERBS);
    const like = suggest(name, known);
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake ledger\` takes one of ${known.join(", ")}, got "${name}"`,
      like === undefined ? {} : { hint: `did you mean \`lapstrake ledger ${like}\`?` },
    );
  }
  if (operands.length > verb.maxOperands) {
    const expected = verb.maxOperands === 0 ? "no operand" : "at most one FILE";
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake ledger ${name}\` takes ${expected}, got "${operands.join(" ")}"`,
    );
  }
  const wrong = Object.keys(call.flags).find((flag) => OWN_FLAGS.has(flag) && !verb.flags.includes(flag));
  if (wrong !== undefined)
    throw new UsageError("USAGE_FLAG", `\`lapstrake ledger ${name}\` has no option --${wrong}`);
  return (await verb.load()).run({ ...call, operands });
}
