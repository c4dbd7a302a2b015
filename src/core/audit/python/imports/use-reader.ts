import { commandTargets, shellTargets } from "../command-targets.ts";
import type {
  ImportContext,
  LoadedLibrary,
  OpenName,
  PythonImport,
  StartedProgram,
} from "../python-source.ts";
import { argumentOf, type CallArguments, callArguments, keywordOf } from "./call-arguments.ts";
import { type Folded, iterate, textsOf } from "./constant.ts";
import { type ContextReader, contextOf, shortened } from "./context.ts";
import type { Folding } from "./fold.ts";
import type { KnownFunction } from "./known-functions.ts";
import type { KnownUse } from "./known-uses.ts";
import { stringParts } from "./string-literal.ts";
import { dottedText, meaningful, type SyntaxNode, textOf } from "./syntax.ts";

const MODULE = /^\.*[\p{ID_Start}_][\p{ID_Continue}]*(?:\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u;
const DISTRIBUTION = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const MAX_OPEN_TEXT = 120;
const HOLE = "$_";

interface Place {
  readonly use: KnownUse;
  readonly call: SyntaxNode;
  readonly given: CallArguments;
  readonly line: number;
  readonly context: ImportContext;
}

/** Turns each use of a known function into what it imports, loads or starts; collects it. */
export class UseReader {
  readonly imports: PythonImport[] = [];
  readonly libraries: LoadedLibrary[] = [];
  readonly programs: StartedProgram[] = [];
  /** Each with the first line that asks for it. */
  readonly groups = new Map<string, number>();
  readonly open: OpenName[] = [];
  readonly #reader: ContextReader;
  readonly #folding: Folding;

  constructor(reader: ContextReader, folding: Folding) {
    this.#reader = reader;
    this.#folding = folding;
  }

  read(use: KnownUse): void {
    const { call, known, path } = use;
    if (call === undefined) return this.#handedOn(use);
    const context = contextOf(this.#reader, path);
    const place: Place = { use, call, given: callArguments(call), line: call.line, context };
    switch (known.kind) {
      case "module":
        return this.#module(place, known);
      case "file":
        return this.#addOpen(call, "import");
      case "groups":
        return this.#groupsOf(place);
      case "library":
        return this.#library(place, known);
      case "program":
        return this.#program(place, known);
    }
  }

  /** `map(import_module, NAMES)` calls it with each; anything else may call it with anything. */
  #handedOn({ known, path }: KnownUse): void {
    const node = path.at(-1);
    const call = path.at(-3);
    if (
      node === undefined ||
      known.kind !== "module" ||
      (known.how !== "import_module" && known.how !== "__import__")
    )
      return;
    const callee = call?.type === "call" ? call.field("function") : undefined;
    const [first, second] = call === undefined ? [] : callArguments(call).positional;
    if (callee === undefined || first?.id !== node.id || dottedText(this.#reader.tree, callee) !== "map")
      return this.#addOpen(path.at(-2) ?? node, "import");
    const names = iterate(this.#folding.fold(second));
    if (names.open && call !== undefined) this.#addOpen(call, "import");
    const context = contextOf(this.#reader, path);
    for (const module of textsOf(names))
      if (MODULE.test(module))
        this.imports.push({ module, names: [], line: node.line, how: known.how, context });
  }

  #module(place: Place, known: Extract<KnownFunction, { kind: "module" }>): void {
    const { tree } = this.#reader;
    if (known.group !== undefined) this.#addGroups(place, argumentOf(tree, place.given, known.group));
    const argument = argumentOf(tree, place.given, known.argument);
    if (argument === undefined && known.how === "resources" && place.given.positional.length === 0) {
      // `files()` is about the module that says it.
      if (place.given.keywords.length === 0 && place.call.field("arguments")?.type === "argument_list")
        return;
    }
    const folded = this.#folding.fold(argument);
    let isOpen = folded.open;
    for (const text of textsOf(folded)) {
      const found = this.#imported(place, known, text);
      if (found === undefined) isOpen = true;
      else this.imports.push({ ...found, line: place.line, how: known.how, context: place.context });
    }
    if (folded.values.length === 0) isOpen = !this.#isOwnModule(known, argument);
    if (isOpen) this.#addOpen(place.call, "import");
  }

  /** `files(__name__)`, `version(__package__)`: the file itself. `files(module)` names what was imported elsewhere. */
  #isOwnModule(known: Extract<KnownFunction, { kind: "module" }>, argument: SyntaxNode | undefined): boolean {
    if (argument === undefined) return false;
    const text = dottedText(this.#reader.tree, argument);
    if (text === "__name__" || text === "__package__" || text === "__spec__.parent") return true;
    const [root = ""] = text?.split(".") ?? [];
    return known.how === "resources" && root !== "" && this.#reader.names.isBound(root);
  }

  #imported(
    place: Place,
    known: Extract<KnownFunction, { kind: "module" }>,
    text: string,
  ): { module: string; names: readonly string[] } | undefined {
    if (known.how === "metadata") {
      const name = DISTRIBUTION.exec(text)?.[0];
      return name === undefined ? undefined : { module: name, names: [] };
    }
    if (known.attribute === "colon" && text.includes(":")) {
      const [module = "", attribute = ""] = text.split(":", 2);
      return MODULE.test(module)
        ? { module, names: attribute === "" ? [] : [attribute.split(".")[0] ?? attribute] }
        : undefined;
    }
    if (!MODULE.test(text)) return undefined;
    if (known.attribute === "last") {
      const at = text.lastIndexOf(".");
      return at === -1 ? undefined : { module: text.slice(0, at), names: [text.slice(at + 1)] };
    }
    return {
      module: text.startsWith(".") ? this.#absolute(place, text) : text,
      names: this.#fromList(place, known),
    };
  }

  /** `import_module(".x", "a.b")` is `a.b.x`; where the package is not a literal it is the file's own, as a rule. */
  #absolute(place: Place, relative: string): string {
    const { tree } = this.#reader;
    const node = place.given.positional[1] ?? keywordOf(tree, place.given, "package");
    const packages = node === undefined ? [] : textsOf(this.#folding.fold(node));
    const [first] = packages;
    if (first === undefined || packages.length !== 1 || !MODULE.test(first)) return relative;
    const dots = /^\.+/.exec(relative)?.[0].length ?? 1;
    const parts = first.split(".");
    if (dots > parts.length) return relative;
    return [...parts.slice(0, parts.length - dots + 1), relative.slice(dots)].join(".");
  }

  /** `__import__("a", fromlist=["b"])`. */
  #fromList({ given }: Place, known: Extract<KnownFunction, { kind: "module" }>): readonly string[] {
    if (known.how !== "__import__") return [];
    const list = argumentOf(this.#reader.tree, given, { at: 3, keyword: "fromlist" });
    if (list === undefined) return [];
    return textsOf(iterate(this.#folding.fold(list))).filter(
      (name) => name !== "" && (name === "*" || MODULE.test(name)),
    );
  }

  /** `entry_points(group="x")`, `.select(group="x")`, `.get("x")`, `["x"]`. */
  #groupsOf(place: Place): void {
    const { tree } = this.#reader;
    const direct =
      keywordOf(tree, place.given, "group") ??
      (place.use.known.kind === "groups" && this.#calleeText(place).endsWith("iter_entry_points")
        ? place.given.positional[0]
        : undefined);
    if (direct !== undefined) return this.#addGroups(place, direct);
    const outer = place.use.path.at(-2);
    if (outer?.type === "subscript") return this.#addGroups(place, outer.field("subscript"));
    const call = place.use.path.at(-3);
    if (outer?.type !== "attribute" || call?.type !== "call") return this.#addOpen(place.call, "import");
    const given = callArguments(call);
    this.#addGroups(place, keywordOf(tree, given, "group") ?? given.positional[0]);
  }

  #calleeText(place: Place): string {
    const callee = place.call.field("function");
    const targets = callee === undefined ? [] : this.#reader.names.targetsOfNode(this.#reader.tree, callee);
    return targets[0] ?? "";
  }

  #addGroups(place: Place, node: SyntaxNode | undefined): void {
    const folded = this.#folding.fold(node);
    for (const group of textsOf(folded)) if (!this.groups.has(group)) this.groups.set(group, place.line);
    if (folded.open) this.#addOpen(place.call, "import");
  }

  #library(place: Place, known: Extract<KnownFunction, { kind: "library" }>): void {
    const argument = argumentOf(this.#reader.tree, place.given, known.argument);
    // `CDLL(None)` is the program itself.
    if (argument?.type === "none" || (argument === undefined && place.given.keywords.length === 0)) return;
    // `CDLL(find_library("x"))`: the inner call says it.
    const isLookedUp = argument?.type === "call" && this.#textOfCallee(argument).endsWith("find_library");
    if (isLookedUp) return;
    const folded = this.#folding.fold(argument);
    const names = new Set(textsOf(folded).map((text) => text.replace(/^.*[/\\]/, "")));
    // The folder may be known at run time only; what it ends in is what is looked for.
    const ending = folded.open && argument !== undefined ? this.#fileName(argument) : undefined;
    if (ending !== undefined) names.add(ending);
    for (const name of names)
      if (name !== "")
        this.libraries.push({ name, how: known.how, line: place.line, context: place.context });
    if (folded.open && ending === undefined) this.#addOpen(place.call, "library");
  }

  #textOfCallee(call: SyntaxNode): string {
    const callee = call.field("function");
    return callee === undefined ? "" : textOf(this.#reader.tree, callee);
  }

  /** `os.path.join(here, "libx.so")`, `here / "libx.so"`, `f"{here}/libx.so"`, `str(…)` of those. */
  #fileName(node: SyntaxNode, depth = 0): string | undefined {
    if (depth > 4) return undefined;
    if (node.type === "call") {
      const last = callArguments(node).positional.at(-1);
      const isPath = /(?:^|\.)(?:join|joinpath|str|fspath|abspath|realpath|Path)$/.test(
        this.#textOfCallee(node),
      );
      return isPath && last !== undefined ? this.#fileName(last, depth + 1) : undefined;
    }
    if (node.type === "binary_operator") {
      const right = node.field("right");
      return right === undefined ? undefined : this.#fileName(right, depth + 1);
    }
    if (node.type === "string") {
      const written = /\/?([\w.+-]+)['"]{1,3}$/.exec(textOf(this.#reader.tree, node));
      return written?.[1] !== undefined && written[1].includes(".") ? written[1] : undefined;
    }
    const [only, ...more] = textsOf(this.#folding.fold(node));
    return only !== undefined && more.length === 0 ? only.replace(/^.*[/\\]/, "") : undefined;
  }

  #program(place: Place, known: Extract<KnownFunction, { kind: "program" }>): void {
    const { tree } = this.#reader;
    const argument = argumentOf(tree, place.given, known.argument);
    if (argument === undefined) return this.#addOpen(place.call, "program");
    if (known.takes === "words") return this.#words(place, place.given.positional);
    const isList = argument.type === "list" || argument.type === "tuple";
    if (isList) return this.#words(place, meaningful(argument));
    const folded = this.#folding.fold(argument);
    let isOpen = folded.open;
    for (const value of folded.values) {
      if (value.kind === "text") this.#command(place, known.takes === "name" ? [value.text] : value.text);
      else if (value.kind === "list") isOpen = !this.#argv(place, value.items) || isOpen;
      else isOpen = true;
    }
    if (!isOpen || folded.values.length > 0) return;
    const line = known.takes === "name" ? undefined : this.#lineWithHoles(argument);
    const isKnown = line !== undefined && this.#command(place, line);
    if (!isKnown) this.#addOpen(place.call, "program");
  }

  /** A command line of which parts are not known: those stand as `$_`, as a shell's variable would. */
  #lineWithHoles(node: SyntaxNode): string | undefined {
    const { tree } = this.#reader;
    if (node.type === "string")
      return stringParts(tree, node)
        .map((part) => ("text" in part ? part.text : HOLE))
        .join("");
    if (node.type === "call") {
      const callee = node.field("function");
      const [owner, method] = [callee?.field("object"), callee?.field("attribute")];
      if (owner === undefined || method === undefined || textOf(tree, method) !== "format") return undefined;
      return this.#lineWithHoles(owner)?.replaceAll(/\{[^{}]*\}/g, HOLE);
    }
    if (node.type !== "binary_operator") return undefined;
    // The leftmost text of `"a" + b + c`.
    let left: SyntaxNode = node;
    for (
      let next: SyntaxNode | undefined = left;
      next !== undefined;
      next = left.type === "binary_operator" ? left.field("left") : undefined
    )
      left = next;
    const text = left.type === "string" ? this.#lineWithHoles(left) : undefined;
    return node.field("operator")?.type === "%"
      ? text?.replaceAll(/%[-#0-9. +]*[a-z]/g, HOLE)
      : text === undefined
        ? undefined
        : `${text}${HOLE}`;
  }

  #words(place: Place, nodes: readonly SyntaxNode[]): void {
    const items = nodes.map((node) => this.#folding.fold(node));
    if (!this.#argv(place, items)) this.#addOpen(place.call, "program");
  }

  /** False where not even the program is known. */
  #argv(place: Place, items: readonly Folded[]): boolean {
    const [program, ...rest] = items;
    if (program === undefined) return false;
    const names = textsOf(program);
    // Words after one that is not known might belong to anything.
    const stop = rest.findIndex((each) => textsOf(each).length !== 1);
    const known = (stop === -1 ? rest : rest.slice(0, stop)).map((each) => textsOf(each)[0] ?? "");
    for (const name of names) this.#command(place, [name, ...known]);
    return names.length > 0;
  }

  /** True where it names any program. */
  #command(place: Place, command: readonly string[] | string): boolean {
    const targets = typeof command === "string" ? shellTargets(command) : commandTargets(command);
    const { line, context } = place;
    for (const name of targets.programs) this.programs.push({ name, line, context });
    for (const { module } of targets.modules)
      this.imports.push({ module, names: [], line, how: "run_module", context });
    return targets.programs.length + targets.modules.length > 0;
  }

  #addOpen(node: SyntaxNode, what: OpenName["what"]): void {
    this.open.push({
      what,
      line: node.line,
      text: shortened(textOf(this.#reader.tree, node), MAX_OPEN_TEXT),
    });
  }
}
