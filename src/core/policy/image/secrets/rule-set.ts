import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import { ALLOWED } from "./allowed.ts";
import { kindOf } from "./kind-of.ts";

/** Of the package whose rules these are, at its exact version: what a layer was asked is kept under it. */
export const RULE_SET = "secretlint-12.0.0";

export interface RuleHit {
  readonly rule: string;
  readonly kind: string;
  /** Index of the first character, and of the one behind the last. */
  readonly range: readonly [start: number, end: number];
}

/** A rule of the package, as far as it is used here. */
interface Rule {
  readonly meta: { readonly id: string };
  create(
    context: Context,
    options: { readonly allows: readonly string[] },
  ): { file(source: Source): unknown };
}

interface Context {
  createTranslator(messages: unknown): (messageId: string, found: unknown) => { readonly messageId: string };
  report(found: { readonly message: { readonly messageId: string }; readonly range: RuleHit["range"] }): void;
  ignore(): void;
}

interface Source {
  readonly content: string;
  readonly filePath: string;
  readonly ext: string;
  readonly contentType: "text";
}

const PACKAGE = "@secretlint/secretlint-rule-";

/** Comments in a file that switch rules off are for its author; what an image says of itself excuses nothing. */
const NOT_HEARD = "filter-comments";

// The package's types are in another one, which it does not bring; this is what its rules are.
const RULES: readonly Rule[] = (rules as readonly Rule[]).filter(({ meta }) => nameOf(meta.id) !== NOT_HEARD);

export const RULE_NAMES: readonly string[] = RULES.map(({ meta }) => nameOf(meta.id));

/**
 * What the rules say of a text. They are asked directly and answer at once: the package's own runner waits for each, and a
 * layer's reader cannot. `path` tells some of them what kind of file it is; nothing is read by it.
 */
export function askRules(content: string, path: string): readonly RuleHit[] {
  const source: Source = { content, filePath: path, ext: extensionOf(path), contentType: "text" };
  return RULES.flatMap((rule) => askRule(rule, source));
}

function askRule({ meta, create }: Rule, source: Source): readonly RuleHit[] {
  const rule = nameOf(meta.id);
  const hits: RuleHit[] = [];
  const context: Context = {
    // A message would hold what was found; its name alone is taken.
    createTranslator: () => (messageId) => ({ messageId }),
    report: ({ message, range }) => void hits.push({ rule, kind: kindOf(message.messageId), range }),
    ignore: () => {},
  };
  const answered = create(context, { allows: ALLOWED.get(rule) ?? [] }).file(source);
  // Whatever it would find later, nobody would hear.
  if (answered instanceof Promise) throw new TypeError(`the rule ${rule} does not answer at once`);
  return hits;
}

function nameOf(id: string): string {
  return id.slice(PACKAGE.length);
}

/** One rule reads `.p12` files from the disk by their path: those of an image are not there. */
function extensionOf(path: string): string {
  return path.endsWith(".json") ? ".json" : "";
}
