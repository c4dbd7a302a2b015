import type { Attempt, ImportContext } from "../python-source.ts";
import { allOf, type Conditions, negated, type Test } from "./conditions.ts";
import { expectsFailure, handlesImportError } from "./guards.ts";
import type { Names } from "./names.ts";
import { meaningful, type SyntaxNode, type SyntaxPath, type SyntaxTree, textOf } from "./syntax.ts";

export interface ContextReader {
  readonly tree: SyntaxTree;
  readonly names: Names;
  readonly conditions: Conditions;
  /** What is known of chains of `elif`, by the id of their statement. */
  readonly arms: Map<number, ReadonlyMap<number, ArmTests>>;
  /** Of the source. */
  readonly lines: () => readonly string[];
}

interface HostTest {
  readonly text: string;
  readonly run: boolean | undefined;
}

/** What holds before an arm: whether only a type checker gets there, and the tests on the host. */
export interface ArmTests {
  readonly typing: boolean;
  /** Some test before it is of something that nobody knows before it runs. */
  readonly branch: boolean;
  readonly tests: HostTest | undefined;
}

/** Nobody tries more alternatives within each other, or has a longer body of imports. */
const MAX_ATTEMPTS = 8;
const MAX_BODY = 50;
const MAX_BODY_LINE = 500;
/** Longest text of the tests that an import stands under. */
const MAX_CONDITION = 200;

const MAIN_TEST = /^\(?\s*(?:__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__)\s*\)?$/;

interface Found {
  deferred: boolean;
  typing: boolean;
  guard: ImportContext["guard"];
  branch: boolean;
  main: boolean;
  attempts: readonly Attempt[];
  readonly tests: HostTest[];
}

/** What is around the node at the end of a path: functions, tests, `try`, `with`. */
export function contextOf(reader: ContextReader, path: SyntaxPath): ImportContext {
  const found: Found = {
    deferred: false,
    typing: false,
    guard: "none",
    branch: false,
    main: false,
    attempts: [],
    tests: [],
  };
  for (let at = 1; at < path.length; at++) {
    const [parent, child] = [path[at - 1], path[at]];
    if (parent !== undefined && child !== undefined) enter(reader, found, { parent, child });
  }
  const { deferred, typing, guard, tests } = found;
  const around = {
    deferred,
    typing,
    guard,
    ...(found.branch ? { branch: true as const } : {}),
    ...(found.main ? { main: true as const } : {}),
    ...(found.attempts.length > 0 ? { attempts: found.attempts } : {}),
  };
  if (tests.length === 0) return around;
  const condition = shortened(tests.map(({ text }) => text).join(" and "));
  const holds = allOf(tests.map(({ run }) => run));
  return { ...around, condition, ...(holds === undefined ? {} : { holds }) };
}

export function shortened(text: string, limit = MAX_CONDITION): string {
  const line = text
    .slice(0, limit * 4)
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

interface Step {
  readonly parent: SyntaxNode;
  readonly child: SyntaxNode;
}

function enter(reader: ContextReader, found: Found, step: Step): void {
  const { parent, child } = step;
  switch (parent.type) {
    case "function_definition":
    case "lambda":
      if (parent.field("body")?.id !== child.id) return;
      found.deferred = true;
      // Whatever handled errors where it was defined is over when it is called.
      found.guard = "none";
      found.attempts = [];
      return;
    case "if_statement":
      return enterIf(reader, found, step);
    case "elif_clause":
      if (parent.field("consequence")?.id === child.id)
        underTest(reader, found, parent.field("condition"), true);
      return;
    case "conditional_expression": {
      const [yes, test, no] = meaningful(parent);
      if (child.id === yes?.id) underTest(reader, found, test, true);
      if (child.id === no?.id) underTest(reader, found, test, false);
      return;
    }
    case "for_statement":
    case "while_statement":
      if (parent.field("body")?.id === child.id) found.branch = true;
      return;
    case "match_statement":
      return enterMatch(reader, found, step);
    case "try_statement":
      return enterTry(reader, found, step);
    case "with_statement":
      if (parent.field("body")?.id === child.id && expectsFailure(reader.tree, reader.names, parent))
        found.guard = "optional";
      return;
    default:
  }
}

/** Later arms run only where all tests before them failed. */
function enterIf(reader: ContextReader, found: Found, { parent, child }: Step): void {
  if (parent.field("consequence")?.id === child.id)
    return underTest(reader, found, parent.field("condition"), true);
  if (child.type !== "elif_clause" && child.type !== "else_clause") return;
  const before = armsOf(reader, parent).get(child.id);
  if (before === undefined) return;
  found.typing ||= before.typing;
  found.branch ||= before.branch;
  if (before.tests !== undefined) found.tests.push(before.tests);
}

/**
 * For each later arm, all tests before it as one. Kept for the statement, and each made of the one before: a chain of ten
 * thousand arms would otherwise be read ten thousand times.
 */
function armsOf(reader: ContextReader, statement: SyntaxNode): ReadonlyMap<number, ArmTests> {
  const known = reader.arms.get(statement.id);
  if (known !== undefined) return known;
  const arms = new Map<number, ArmTests>();
  const failed = (sofar: ArmTests, condition: SyntaxNode | undefined): ArmTests => {
    const one: Found = {
      deferred: false,
      typing: sofar.typing,
      guard: "none",
      branch: sofar.branch,
      main: false,
      attempts: [],
      tests: [],
    };
    underTest(reader, one, condition, false);
    const { typing, branch } = one;
    const [test] = one.tests;
    if (test === undefined) return { ...sofar, typing, branch };
    if (sofar.tests === undefined) return { typing, branch, tests: test };
    const { text, run } = sofar.tests;
    // No more than is shown of it in the end.
    const both = text.length > MAX_CONDITION * 4 ? text : `${text} and ${test.text}`;
    return { typing, branch, tests: { text: both, run: allOf([run, test.run]) } };
  };
  let sofar = failed({ typing: false, branch: false, tests: undefined }, statement.field("condition"));
  for (const arm of statement.children) {
    if (arm.type !== "elif_clause" && arm.type !== "else_clause") continue;
    arms.set(arm.id, sofar);
    if (arm.type === "elif_clause") sofar = failed(sofar, arm.field("condition"));
  }
  reader.arms.set(statement.id, arms);
  return arms;
}

function underTest(reader: ContextReader, found: Found, node: SyntaxNode | undefined, isTrue: boolean): void {
  if (node === undefined) return;
  if (isTrue && MAIN_TEST.test(textOf(reader.tree, node))) {
    found.main = true;
    return;
  }
  const plain = reader.conditions.test(node);
  const test: Test = isTrue ? plain : negated(plain);
  if (test.run === false && test.typed !== false) found.typing = true;
  else if (test.aboutHost) {
    const written = textOf(reader.tree, node);
    found.tests.push({ text: isTrue ? written : `not (${written})`, run: test.run });
  } else if (test.run !== true) found.branch = true;
}

/** `match sys.platform: case "win32": …` is kept as it is written; patterns are not decided. */
function enterMatch(reader: ContextReader, found: Found, { parent, child }: Step): void {
  const [subject] = meaningful(parent);
  const block = parent.field("body");
  if (subject === undefined || block?.id !== child.id) return;
  if (!reader.conditions.test(subject).aboutHost) {
    found.branch = true;
    return;
  }
  found.tests.push({ text: `match ${textOf(reader.tree, subject)}`, run: undefined });
}

function enterTry(reader: ContextReader, found: Found, { parent, child }: Step): void {
  const handlers = parent.children.filter(
    ({ type }) => type === "except_clause" || type === "except_group_clause",
  );
  const { tree } = reader;
  const goesOn = handlers.some((each) => handlesImportError(tree, each) === "goes on");
  // Within what may fail anyhow, no other attempt says more.
  if (goesOn && found.guard !== "optional") {
    const isDeep = found.attempts.length >= MAX_ATTEMPTS;
    const part = isDeep ? "other" : partOf(reader, { parent, child }, handlers);
    found.attempts = [...found.attempts.slice(0, MAX_ATTEMPTS - 1), { line: parent.line, part }];
  }
  if (parent.field("body")?.id === child.id) {
    if (goesOn) found.guard = "optional";
    return;
  }
  if (found.guard === "optional") return;
  const isHandler = handlers.some((each) => each.id === child.id);
  if (isHandler && handlesImportError(tree, child) === "no") found.branch = true;
  if (isHandler ? handlesImportError(tree, child) !== "no" : isElseOf(tree, handlers, child))
    found.guard = "alternative";
}

function partOf(
  reader: ContextReader,
  { parent, child }: Step,
  handlers: readonly SyntaxNode[],
): Attempt["part"] {
  if (parent.field("body")?.id === child.id) return "body";
  const { tree } = reader;
  const first = handlers.find((each) => handlesImportError(tree, each) !== "no");
  if (child.id === first?.id) return "handler";
  const [handler] = handlers;
  if (child.type !== "else_clause" || handler === undefined) return "other";
  // The text may be an outline, which leaves statements out that may raise: the source has them.
  if (handler.line - parent.line > MAX_BODY) return "other";
  const lines = reader.lines().slice(parent.line - 1, handler.line - 1);
  return lines.every((line) => line.length < MAX_BODY_LINE && ONLY_IMPORTS.test(line)) ? "else" : "other";
}

const ONLY_IMPORTS = /^\s*(?:try\s*:\s*)?(?:(?:import|from)\s[\w \t.,*]*)?(?:#.*)?\s*$/;

function isElseOf(tree: SyntaxTree, handlers: readonly SyntaxNode[], child: SyntaxNode): boolean {
  return (
    child.type === "else_clause" && handlers.some((each) => handlesImportError(tree, each) === "goes on")
  );
}
