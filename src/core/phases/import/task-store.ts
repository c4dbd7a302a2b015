import type { SourcePosition } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { PhasePlan } from "../../blueprint/phase-plan.ts";
import { type PlacedJson, readPlacedJson } from "./json-places.ts";
import { StoreError } from "./store-error.ts";

/** A task of the store that todo_manager keeps: an array of these. */
export interface StoredTask {
  readonly id: string;
  readonly todos: readonly { readonly text: string; readonly done: boolean }[];
}

/** What a store says of a plan's phases. */
export interface StoreClaims {
  readonly claims: readonly { readonly phase: string; readonly done: boolean }[];
  /** Tasks that are no plan of this fleet. */
  readonly otherTasks: readonly string[];
  /** Todos that are no phase of the plan, in their own words. */
  readonly unplaced: readonly string[];
}

/**
 * Reads the store. Throws StoreError STORE_INVALID with the place where it is broken: a file that somebody edited by hand is
 * refused, never taken for an empty one.
 */
export function parseTaskStore(text: string, file: string): readonly StoredTask[] {
  const read = readPlacedJson(text);
  if ("expected" in read) throw broken(text, file, read.offset, read.expected);
  const reader = new StoreReader(read, (path, expected) => broken(text, file, placeOf(read, path), expected));
  return reader.tasks();
}

/** The claims of the task that has the plan's id. Throws StoreError STORE_WITHOUT_PLAN where none has. */
export function claimsIn(tasks: readonly StoredTask[], { id, phases }: PhasePlan): StoreClaims {
  const task = tasks.find((each) => each.id === id);
  const otherTasks = tasks.map((each) => each.id).filter((each) => each !== id);
  if (task === undefined) {
    throw new StoreError("STORE_WITHOUT_PLAN", `the store has no task ${id}`, {
      hint: otherTasks.length === 0 ? "it is empty" : `it has ${otherTasks.slice(0, 10).join(", ")}`,
    });
  }
  const known = new Set(phases.map((phase) => phase.id));
  const placed = task.todos.map(({ text, done }, index) => ({ phase: phaseOf(text, index), done, text }));
  return {
    claims: placed.filter(({ phase }) => known.has(phase)).map(({ phase, done }) => ({ phase, done })),
    otherTasks,
    unplaced: placed
      .filter(({ phase }) => !known.has(phase))
      .map(({ text }) => (text.split("\n", 1)[0] ?? "").slice(0, 100)),
  };
}

/** `PHASE 4.1: …` at its beginning says which it is; otherwise its place does, as todo_manager's indexes have it. */
function phaseOf(text: string, index: number): string {
  return /^[\s#*]*phase\s+(\d{1,3}(?:\.\d{1,3})?)\b/i.exec(text.slice(0, 200))?.[1] ?? String(index);
}

type Refuse = (path: string, expected: string) => StoreError;

class StoreReader {
  readonly #value: Json;
  readonly #refuse: Refuse;

  constructor({ value }: PlacedJson, refuse: Refuse) {
    this.#value = value;
    this.#refuse = refuse;
  }

  tasks(): readonly StoredTask[] {
    const seen = new Set<string>();
    return this.#list(this.#value, "", "an array of tasks").map((task, index) => {
      const path = `/${index}`;
      const members = this.#object(task, path, "a task");
      const id = this.#text(members["id"], `${path}/id`, path, "id");
      if (seen.has(id)) throw this.#refuse(`${path}/id`, `each task once, not ${JSON.stringify(id)} again`);
      seen.add(id);
      return { id, todos: this.#todos(members["todos"], path) };
    });
  }

  #todos(value: Json | undefined, path: string): StoredTask["todos"] {
    if (value === undefined) throw this.#refuse(path, 'a task with "todos"');
    return this.#list(value, `${path}/todos`, "an array of todos").map((todo, index) => {
      const own = `${path}/todos/${index}`;
      const members = this.#object(todo, own, "a todo");
      const { done } = members;
      if (typeof done !== "boolean")
        throw this.#refuse(done === undefined ? own : `${own}/done`, 'a todo whose "done" is true or false');
      return { text: this.#text(members["text"], `${own}/text`, own, "text"), done };
    });
  }

  #list(value: Json, path: string, expected: string): readonly Json[] {
    if (!Array.isArray(value)) throw this.#refuse(path, expected);
    // An array of JSON holds JSON; the check forgets that.
    return value as readonly Json[];
  }

  #object(value: Json, path: string, expected: string): Readonly<Record<string, Json | undefined>> {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#refuse(path, `${expected} as an object`);
    return value as Readonly<Record<string, Json | undefined>>;
  }

  #text(value: Json | undefined, path: string, parent: string, name: string): string {
    if (typeof value === "string") return value;
    throw this.#refuse(value === undefined ? parent : path, `a text as "${name}"`);
  }
}

function placeOf({ places }: PlacedJson, path: string): number {
  return places.get(path) ?? 0;
}

function broken(text: string, file: string, offset: number, expected: string): StoreError {
  const at = positionAt(text, file, offset);
  const found = text.slice(offset, offset + 20).split("\n", 1)[0] ?? "";
  const what = offset >= text.length ? "the end of the file" : JSON.stringify(found);
  return new StoreError(
    "STORE_INVALID",
    `${file}:${at.line}:${at.column}: expected ${expected}, found ${what}`,
    {
      at,
      hint: "nothing was imported; mend the file, or take it out of its history (git log -p)",
    },
  );
}

function positionAt(text: string, file: string, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { file, line, column: offset - before.lastIndexOf("\n") };
}
