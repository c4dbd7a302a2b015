import { describe, expect, test } from "vitest";
import { verifyChain } from "../../../src/core/record/chain.ts";
import { PREDICATE_TYPE, type Statement } from "../../../src/core/record/statement.ts";
import { releaseBody } from "../../record/sample.ts";
import { firstMachine, type RealMachine } from "./two-machines.ts";

/** Twenty-two builds, and a release after the first two. */
async function filled(): Promise<RealMachine> {
  const machine = firstMachine();
  await machine.build("a", "b");
  await (await machine.fleet()).ledger.append("release", releaseBody("t1"));
  await machine.build(...Array.from({ length: 20 }, (_, n) => `i${n}`));
  machine.now = Date.now();
  return machine;
}

describe("ledger show", () => {
  test("gives the last twenty, those since, of a kind, of an image, and so many of them", async () => {
    const machine = await filled();
    const seqs = async (...argv: string[]) => {
      const { exit, value } = await machine.json("ledger", "show", ...argv);
      expect(exit).toBe(0);
      return (value as { entries: { seq: number }[] }).entries.map(({ seq }) => seq);
    };
    expect(await seqs()).toHaveLength(20);
    expect(await seqs("--last", "2")).toEqual([22, 23]);
    expect(await seqs("--since", "2")).toHaveLength(22);
    expect(await seqs("--since", "2", "--last", "1")).toEqual([23]);
    expect(await seqs("--since", "1h", "--kind", "release")).toEqual([3]);
    expect(await seqs("--kind", "release,promotion")).toEqual([3]);
    expect(await seqs("--image", "b")).toEqual([2]);
    expect(await seqs("--image", "nobody")).toEqual([]);
    const [today, tomorrow] = [0, 86_400_000].map((ms) => new Date(machine.now + ms).toISOString());
    expect(await seqs("--since", today!.slice(0, 10))).toHaveLength(23);
    expect(await seqs("--since", tomorrow!)).toEqual([]);
    expect(await seqs("--since", `${tomorrow!.slice(0, 16)}+01:00`)).toEqual([]);
  });

  test("says so where nothing fits, or nothing is there", async () => {
    const machine = await filled();
    expect((await machine.cli("ledger", "show", "--image", "nobody")).out).toBe(
      "none of the 23 entries is so\n",
    );
    expect((await firstMachine().cli("ledger", "show")).out).toBe("the ledger is empty\n");
  });

  test.each([
    [["show", "--since", "yesterday"], "--since"],
    [["show", "--since", "2026-02-30"], "--since"],
    [["show", "--since", "2026-02-03T25:00Z"], "--since"],
    [["show", "--kind", "releases"], "--kind"],
    [["show", "--format", "jsonl"], "no option --format"],
    [["verify", "--last", "3"], "no option --last"],
    [["checkpoint", "--accept", "x"], "no option --accept"],
    [["verify", "FILE"], "no operand"],
    [["export", "--format", "xml"], "--format"],
    [["toString"], "one of show, verify"],
  ])("%j is a usage error that says what", async (argv, text) => {
    const machine = firstMachine();
    await machine.build("a");
    expect(await machine.cli("ledger", ...argv)).toMatchObject({
      exit: 2,
      out: "",
      err: expect.stringContaining(text),
    });
  });
});

describe("ledger export", () => {
  test("gives the ledger's own lines, which verify anywhere", async () => {
    const machine = await filled();
    const { exit, out } = await machine.cli("ledger", "export");
    expect(exit).toBe(0);
    expect(verifyChain(out.trimEnd().split("\n"))).toMatchObject({ ok: true, entries: 23 });
    const { value } = await machine.json("ledger", "export", "--format", "jsonl", "--kind", "release");
    expect(value).toMatchObject({ version: 1, entries: [{ seq: 3 }] });
  });

  test("gives in-toto statements, one a line or all in one document", async () => {
    const machine = await filled();
    const { out } = await machine.cli("ledger", "export", "--format", "in-toto", "--image", "a");
    const statement = JSON.parse(out) as Statement;
    expect(statement).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      predicateType: PREDICATE_TYPE,
      subject: [{ name: "a", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
    });
    const { value } = await machine.json("ledger", "export", "--format", "in-toto");
    expect((value as { statements: Statement[] }).statements).toHaveLength(23);
  });
});
