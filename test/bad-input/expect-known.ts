import { expect } from "vitest";
import type { Answer, CallOptions, DiskFleet } from "./on-disk.ts";

export interface Expected {
  readonly exit: number;
  /** Of the error, or of one of its problems. */
  readonly code: string;
  /** Of that problem; undefined where the mistake is in no file that people edit. */
  readonly at?: { readonly file: string; readonly line: number };
}

interface ErrorDocument {
  readonly version: number;
  readonly error: {
    readonly code: string;
    readonly exit: number;
    readonly problems: readonly {
      readonly code: string;
      readonly message: string;
      readonly at?: { readonly file: string; readonly line: number; readonly column: number };
      readonly hint?: string;
    }[];
  };
}

/** What may never reach a person who did not ask for --debug. */
const INNARDS = /^\s+at .+:\d+:\d+\)?$|node:internal|UnhandledPromise|\[object |TypeError|undefined/m;

/**
 * Runs the command line for people and for programs, and holds both answers to the rule: a known code, its exit code, one
 * line with place and code, no innards, one JSON document. Gives the text for people and the problems for programs.
 */
export async function expectKnown(
  fleet: DiskFleet,
  argv: readonly string[],
  { exit, code, at, ...options }: Expected & CallOptions,
): Promise<{ readonly err: string; readonly problems: ErrorDocument["error"]["problems"] }> {
  const people = await fleet.call(argv, options);
  expectNoInnards(people);
  expect({ exit: people.exit, out: people.out }, people.err).toEqual({ exit, out: "" });
  const programs = await fleet.call([...argv, "--json"], options);
  expectNoInnards(programs);
  expect(programs.exit).toBe(exit);
  // The document is ours; what matters of it is asserted below.
  const { version, error } = JSON.parse(programs.out) as ErrorDocument;
  expect({ version, exit: error.exit }).toEqual({ version: 1, exit });
  expect([error.code, ...error.problems.map((each) => each.code)]).toContain(code);
  for (const problem of error.problems) expect(people.err).toContain(`[${problem.code}]`);
  const found = error.problems.find((each) => each.code === code);
  if (at !== undefined) {
    expect(found?.at).toMatchObject(at);
    expect(people.err).toContain(`${at.file}:${at.line}:`);
  }
  for (const { message } of error.problems) expect(message).toMatch(/\S/);
  return { err: people.err, problems: error.problems };
}

export function expectNoInnards({ out, err, exit }: Answer): void {
  expect(`${out}${err}`).not.toMatch(INNARDS);
  expect(exit).not.toBe(70);
}
