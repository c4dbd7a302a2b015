import { spawn } from "node:child_process";
import { judgeVersion } from "../../src/core/advisory/osv/judge-version.ts";
import type { VersionOrder } from "../../src/core/advisory/osv/version-order.ts";
import type { RangeCase } from "./version-ranges.ts";

/** A comparison that dpkg was not asked for yet. */
class Unasked extends Error {
  readonly a: string;
  readonly b: string;

  constructor(a: string, b: string) {
    super("unasked");
    this.a = a;
    this.b = b;
  }
}

/**
 * What `dpkg --compare-versions` says of ranges, one letter each as `ourVerdicts` has it. The steps of a range are walked by our
 * code, which another program holds to the schema (osv_ranges.py); every comparison is dpkg's: what it was not asked yet is
 * asked, of all cases together, and the case judged anew.
 */
export async function dpkgVerdicts(cases: readonly RangeCase[], shells = 2): Promise<string> {
  const known = new Map<string, number>();
  const order = orderOf(known);
  const letters: string[] = [];
  let open = cases.map((each, index) => ({ each, index }));
  while (open.length > 0) {
    const asked = new Map<string, readonly [string, string]>();
    open = open.filter(({ each, index }) => {
      try {
        letters[index] = verdict(each, order);
        return false;
      } catch (thrown) {
        if (!(thrown instanceof Unasked)) throw thrown;
        asked.set(`${thrown.a} ${thrown.b}`, [thrown.a, thrown.b]);
        return true;
      }
    });
    const answers = await askDpkg([...asked.values()], shells);
    for (const [index, key] of [...asked.keys()].entries()) known.set(key, answers[index] ?? Number.NaN);
  }
  return letters.join("");
}

function verdict({ version, ranges, versions }: RangeCase, order: VersionOrder<string>): string {
  const all = { ranges: ranges.map((events) => ({ type: "ECOSYSTEM" as const, events })), versions };
  return judgeVersion(version, all, order).state === "affected" ? "1" : "0";
}

function orderOf(known: ReadonlyMap<string, number>): VersionOrder<string> {
  const compare = (a: string, b: string): number => {
    if (a === b) return 0;
    const order = known.get(`${a} ${b}`);
    const other = order === undefined ? known.get(`${b} ${a}`) : undefined;
    if (order !== undefined) return order;
    if (other !== undefined) return -other;
    throw new Unasked(a, b);
  };
  return { parse: (text) => text, compare, against: compare };
}

/** -1, 0 or 1 for each pair. */
async function askDpkg(
  pairs: readonly (readonly [string, string])[],
  shells: number,
): Promise<readonly number[]> {
  const size = Math.ceil(pairs.length / shells);
  const parts = Array.from({ length: shells }, (_, index) => pairs.slice(index * size, (index + 1) * size));
  return (await Promise.all(parts.map(askOneShell))).flat();
}

async function askOneShell(pairs: readonly (readonly [string, string])[]): Promise<readonly number[]> {
  if (pairs.length === 0) return [];
  const shell = spawn("sh", [], { stdio: ["pipe", "pipe", "inherit"] });
  const calls = pairs.map(
    ([a, b]) =>
      `if dpkg --compare-versions '${a}' lt '${b}'; then echo -1; elif dpkg --compare-versions '${a}' eq '${b}'; then echo 0; else echo 1; fi`,
  );
  shell.stdin.end(`${calls.join("\n")}\n`);
  let text = "";
  for await (const chunk of shell.stdout) text += String(chunk);
  const answers = text.trim().split("\n").map(Number);
  if (answers.length !== pairs.length || answers.some(Number.isNaN))
    throw new Error(`asked dpkg ${pairs.length} times, it answered ${answers.length}`);
  return answers;
}
