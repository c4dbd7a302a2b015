import type { Json } from "../base/json.ts";
import type { Instruction } from "./dockerfile.ts";
import { plainWord, type Word } from "./expander.ts";
import { unquoted } from "./meta-args.ts";
import type { StageContext } from "./stage-context.ts";

// Switches of the SBOM scanner: BuildKit keeps them out of the environment.
const NOT_VARIABLES: ReadonlySet<string> = new Set([
  "BUILDKIT_SBOM_SCAN_CONTEXT",
  "BUILDKIT_SBOM_SCAN_STAGE",
]);

/**
 * ARG inside a stage: a passed value wins, then the default, then an ARG of the same name from before the first FROM (or
 * a platform argument). It joins the same variables that ENV sets, and the later of the two wins.
 */
export function resolveArg({ pairs, at }: Instruction, context: StageContext): Json {
  const { options, environment, globals, expander, collector, args, usedArgs } = context;
  const declared = pairs.map(({ key, value: text }): Json => {
    const passed = Object.hasOwn(options.args, key) ? options.args[key] : undefined;
    const inherited = passed === undefined && text === undefined ? globals.lookup(key) : undefined;
    let word: Word | undefined;
    if (passed !== undefined) word = plainWord(passed);
    else if (text !== undefined) word = expander.word(text, environment, at);
    else if (inherited?.kind === "set") word = plainWord(inherited.value);
    if (word !== undefined && !NOT_VARIABLES.has(key))
      environment.set(key, word.known ? word.text : undefined);
    if (inherited?.kind !== "set") args.set(key, { value: word?.text ?? "", at, deps: new Set() });
    usedArgs.add(key);
    const shown = passed === undefined && word?.known === true ? word.text : unquoted(text ?? "");
    collector.declaredArgs.push({ name: key, at, ...(text === undefined ? {} : { default: shown }) });
    return [key, word?.canonical ?? null];
  });
  return { do: "ARG", declared };
}
