import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPlacedJson } from "../../src/core/phases/import/json-places.ts";
import { StoreError } from "../../src/core/phases/import/store-error.ts";
import { claimsIn, parseTaskStore } from "../../src/core/phases/import/task-store.ts";
import { planOf } from "./history.ts";

const STORE = `[
  {
    "id": "old_plan",
    "description": "an earlier one",
    "todos": [],
    "status": "completed",
    "created": "2025-08-10T09:00:00+08:00",
    "updated": "2025-08-10T09:00:00+08:00"
  },
  {
    "id": "p",
    "description": "the plan",
    "todos": [
      { "text": "PHASE 0: SETUP & PROTOCOL (READ FIRST)\\n\\nIMPORTANT NOTE: …", "done": true },
      { "text": "build it", "done": true },
      { "text": "## Phase 1.1: on machines", "done": false },
      { "text": "PHASE 9: party\\nwith cake", "done": true }
    ],
    "status": "in_progress"
  }
]
`;

function refusal(text: string): string {
  try {
    parseTaskStore(text, "tasks_active.json");
  } catch (error) {
    if (error instanceof StoreError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("the store of todo_manager", () => {
  test("says which phases it claims; what is no phase, and other tasks, are told", () => {
    expect(claimsIn(parseTaskStore(STORE, "tasks_active.json"), planOf())).toEqual({
      claims: [
        { phase: "0", done: true },
        { phase: "1", done: true },
        { phase: "1.1", done: false },
      ],
      otherTasks: ["old_plan"],
      unplaced: ["PHASE 9: party"],
    });
  });

  test.each([
    [
      "prose",
      "All phases are complete.\n",
      'tasks_active.json:1:1: expected a value, found "All phases are compl"',
    ],
    ["nothing", "", "tasks_active.json:1:1: expected a value, found the end of the file"],
    ["white space", " \n\n", "tasks_active.json:3:1: expected a value, found the end of the file"],
    [
      "a comma too many",
      '[\n  { "id": "p", "todos": [] },\n]\n',
      'tasks_active.json:3:1: expected a value, found "]"',
    ],
    [
      "a comma too few",
      '[\n  { "id": "p" "todos": [] }\n]\n',
      'tasks_active.json:2:15: expected a comma, or }, found "\\"todos\\": [] }"',
    ],
    [
      "cut off",
      '[\n  { "id": "p", "todos": [\n',
      "tasks_active.json:3:1: expected a value, or ], found the end of the file",
    ],
    ["cut off in a text", '[{"id": "p', 'tasks_active.json:1:9: expected a text that ends, found "\\"p"'],
    ["two stores", "[]\n[]\n", 'tasks_active.json:2:1: expected the end of the text, found "[]"'],
    [
      "single quotes",
      "[{'id': 1}]",
      "tasks_active.json:1:3: expected a member in quotes, found \"'id': 1}]\"",
    ],
    ["a comment", "[ // none\n]", 'tasks_active.json:1:3: expected a value, found "// none"'],
    [
      "a line break in a text",
      '["a\nb"]',
      'tasks_active.json:1:4: expected a text that ends on its line, found ""',
    ],
    [
      "an escape that is none",
      '["\\x"]',
      'tasks_active.json:1:2: expected a text with escapes as JSON has them, found "\\"\\\\x\\"]"',
    ],
    [
      "an object",
      '{"id": "p"}',
      'tasks_active.json:1:1: expected an array of tasks, found "{\\"id\\": \\"p\\"}"',
    ],
    ["a task that is none", "[1]", 'tasks_active.json:1:2: expected a task as an object, found "1]"'],
    [
      "no id",
      '[{"todos": []}]',
      'tasks_active.json:1:2: expected a text as "id", found "{\\"todos\\": []}]"',
    ],
    [
      "no todos",
      '[{"id": "p"}]',
      'tasks_active.json:1:2: expected a task with "todos", found "{\\"id\\": \\"p\\"}]"',
    ],
    [
      "done as text",
      '[{"id": "p",\n "todos": [{"text": "a", "done": "yes"}]}]',
      'tasks_active.json:2:34: expected a todo whose "done" is true or false, found "\\"yes\\"}]}]"',
    ],
    [
      "a todo without done",
      '[{"id": "p", "todos": [{"text": "a"}]}]',
      'tasks_active.json:1:24: expected a todo whose "done" is true or false, found "{\\"text\\": \\"a\\"}]}]"',
    ],
    [
      "a task twice",
      '[{"id": "p", "todos": []},\n{"id": "p", "todos": []}]',
      'tasks_active.json:2:8: expected each task once, not "p" again, found "\\"p\\", \\"todos\\": []}]"',
    ],
    [
      "a member twice",
      '[{"id": "p", "id": "q", "todos": []}]',
      'tasks_active.json:1:14: expected each member once, not "id" again, found "\\"id\\": \\"q\\"',
    ],
    [
      "a tower of brackets",
      "[".repeat(100_000),
      "tasks_active.json:1:66: expected at most 64 levels of nesting",
    ],
  ])("refuses %s with its place", (_, text, message) => {
    const refused = refusal(text);
    expect(refused.startsWith(`STORE_INVALID ${message}`)).toBe(true);
  });

  test("has no task of the plan", () => {
    expect(() => claimsIn(parseTaskStore("[]", "t.json"), planOf())).toThrow(
      expect.objectContaining({ code: "STORE_WITHOUT_PLAN" }),
    );
  });
});

describe("the reader of JSON", () => {
  test("reads what JSON.parse reads, and refuses what it refuses", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const read = readPlacedJson(text);
        expect("value" in read && JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('[]{},:"\\tru12.e- \n')) }), (text) => {
        const read = readPlacedJson(text);
        const hasTwice = "expected" in read && read.expected.startsWith("each member once");
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect("value" in read || hasTwice).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });

  test("says where each value stands", () => {
    const read = readPlacedJson('[ {"a": [1, true]} ]');
    expect("places" in read && [...read.places]).toEqual([
      ["", 0],
      ["/0", 2],
      ["/0/a", 8],
      ["/0/a/0", 9],
      ["/0/a/1", 12],
    ]);
  });

  test("takes a megabyte in bounded time, whatever is in it", () => {
    const started = performance.now();
    readPlacedJson(`["${"x".repeat(2 ** 20)}`);
    readPlacedJson(" ".repeat(2 ** 20));
    readPlacedJson(`[${"1,".repeat(2 ** 19)}`);
    readPlacedJson("9".repeat(2 ** 20));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
