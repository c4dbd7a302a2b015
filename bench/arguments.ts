import { parseArgs } from "node:util";
import { BenchFailure } from "./failure.ts";

export interface Arguments {
  readonly list: boolean;
  readonly json: boolean;
  readonly name: string | undefined;
  readonly runs: number | undefined;
  readonly program: string | undefined;
}

export const USAGE =
  "usage: npm run bench -- NAME [--json] [--runs N] [--program FILE]\n       npm run bench -- --list";

/** Throws BenchFailure (exit 2) for what it does not know. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parsed(argv);
  const { list = false, json = false, program } = values;
  if (positionals.length > 1) throw new BenchFailure(`expected one benchmark\n${USAGE}`, 2);
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) {
    throw new BenchFailure(`--runs: expected a whole number from 1, got ${values.runs}`, 2);
  }
  return { list, json, name: positionals[0], runs, program };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        list: { type: "boolean" },
        json: { type: "boolean" },
        runs: { type: "string" },
        program: { type: "string" },
      },
    });
  } catch (error) {
    throw new BenchFailure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}
