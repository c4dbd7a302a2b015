import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/views/cli/table.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { call } from "./call.ts";

let machine: TestMachine;
beforeAll(async () => {
  machine = await createTestMachine();
});

describe("a wrong command line exits 2 with a hint", () => {
  it.each([
    [["buld"], "USAGE_COMMAND", "did you mean `lapstrake build`?"],
    [["relase", "--partial"], "USAGE_COMMAND", "did you mean `lapstrake release`?"],
    [["nothing-like-it"], "USAGE_COMMAND", "`lapstrake --help` lists the commands"],
    [["--json"], "USAGE_COMMAND", "`lapstrake --help` lists them"],
    [["help", "buld"], "USAGE_COMMAND", "did you mean `lapstrake build`?"],
    [["build", "--fail-fats"], "USAGE_FLAG", "did you mean --fail-fast?"],
    [["build", "--zzzzzzzz"], "USAGE_FLAG", "`lapstrake build --help` lists its options"],
    [["plan", "-j", "2"], "USAGE_FLAG", "--help"],
    [["--debg", "plan"], "USAGE_FLAG", "did you mean --debug?"],
    [["build", "--progress", "fancy"], "USAGE_FLAG", ""],
    [["build", "--progress=plan"], "USAGE_FLAG", "did you mean plain?"],
    [["build", "--progress", "--json"], "USAGE_FLAG", ""],
    [["build", "--progress"], "USAGE_FLAG", ""],
    [["plan", "-C"], "USAGE_FLAG", ""],
    [["plan", "--json=yes"], "USAGE_FLAG", ""],
    [["build", "-j", "0"], "USAGE_FLAG", ""],
    [["build", "-j", "two"], "USAGE_FLAG", ""],
    [["build", "--jobs=1.5"], "USAGE_FLAG", ""],
    [["release", "--wait=-1"], "USAGE_FLAG", ""],
    [["build", "--only"], "USAGE_OPERAND", ""],
    [["build", "web", "--only", "--with-dependents"], "USAGE_FLAG", ""],
    [["plan", "web", "--tier", "cpu"], "USAGE_FLAG", ""],
    [["plan", "--tier", "tpu"], "USAGE_FLAG", "did you mean"],
    [["release", "web"], "USAGE_OPERAND", "`lapstrake release --help`"],
    [["audit", "web", "--all"], "USAGE_FLAG", ""],
    [["audit", "--family", "web", "--all"], "USAGE_FLAG", ""],
    [["audit", "--json", "--sarif"], "USAGE_FLAG", ""],
    [["why"], "USAGE_OPERAND", "`lapstrake why --help`"],
    [["why", "web", "api"], "USAGE_OPERAND", ""],
    [["ledger", "burn"], "USAGE_OPERAND", ""],
    [["completion", "tcsh"], "USAGE_OPERAND", ""],
    [["graph", "--format", "svg"], "USAGE_FLAG", ""],
  ])("%j: %s", async (argv, code, hint) => {
    const { exit, out, err } = await call(machine, argv);
    expect({ exit, coded: err.includes(`[${code}]`) }).toEqual({ exit: 2, coded: true });
    expect(err).toContain(hint);
    // With --json the error is on stdout as well; otherwise there is no answer.
    expect(out === "" || argv.includes("--json")).toBe(true);
    expect(err).not.toContain("    at ");
  });
});

describe("help", () => {
  it.each(["--help", "-h", "help", undefined])(
    "%s is the overview: every command, every exit code",
    async (word) => {
      const { exit, out, err } = await call(machine, word === undefined ? [] : [word]);
      expect({ exit, err }).toEqual({ exit: 0, err: "" });
      for (const { name, summary } of COMMANDS)
        expect(out).toMatch(new RegExp(`^ {2}${name} +${summary.slice(0, 20)}`, "m"));
      for (const code of [0, 1, 2, 3, 4, 70, 130]) expect(out).toMatch(new RegExp(`^ {2}${code} `, "m"));
    },
  );

  it("beside other options is still the overview", async () => {
    expect((await call(machine, ["--quiet", "--help"])).out).toContain("Usage: lapstrake COMMAND");
    expect((await call(machine, ["help", "-q"])).out).toContain("Usage: lapstrake COMMAND");
  });

  it.each([[["help", "--json"]], [["--help", "--json"]], [["--json", "-h"]], [["--json", "help"]]])(
    "%j is the command table",
    async (argv) => {
      const { exit, out, err } = await call(machine, argv);
      expect([exit, err]).toEqual([0, ""]);
      const table = JSON.parse(out) as HelpDocument;
      expect(table.version).toBe(1);
      expect(table.commands.map(({ name, options }) => [name, options.map((each) => each.name)])).toEqual(
        COMMANDS.map(({ name, flags }) => [name, Object.keys(flags)]),
      );
      expect(table.commands.find(({ name }) => name === "why")?.operands).toEqual({
        words: "IMAGE",
        least: 1,
        most: 1,
      });
      expect(table.commands.find(({ name }) => name === "build")?.operands.most).toBeNull();
      expect(table.options.map(({ name }) => name)).toContain("json");
      expect(table.exitCodes.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 70, 130]);
    },
  );

  it("of one command is JSON where that is asked for", async () => {
    const answers = await Promise.all(
      [
        ["prune", "--help", "--json"],
        ["help", "prune", "--json"],
        ["--json", "help", "prune"],
      ].map((argv) => call(machine, argv)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const { command } = JSON.parse(answers[0]?.out ?? "") as { command: HelpDocument["commands"][number] };
    expect(command).toMatchObject({ name: "prune", usage: "lapstrake prune [OPTIONS]" });
    expect(command.options).toContainEqual(expect.objectContaining({ name: "keep", value: "N" }));
  });

  it.each(COMMANDS.map(({ name }) => name))(
    "of %s shows usage, options, examples, in lines that fit",
    async (name) => {
      const answers = await Promise.all(
        [
          [name, "--help"],
          ["help", name],
          ["-h", name],
          [name, "-h", "--quiet"],
        ].map((argv) => call(machine, argv)),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      const { exit, out } = answers[0]!;
      expect(exit).toBe(0);
      expect(out).toContain(`Usage: lapstrake ${name}`);
      expect(out).toContain("Examples:");
      for (const flag of Object.keys(COMMANDS.find((each) => each.name === name)?.flags ?? {}))
        expect(out).toContain(`--${flag}`);
      expect(out.split("\n").filter((line) => line.length > 130)).toEqual([]);
    },
  );

  it("--version says it", async () => {
    expect(await call(machine, ["--version"])).toEqual({ exit: 0, out: "lapstrake 1.2.3\n", err: "" });
  });
});

describe("options", () => {
  it("may stand before and after the command, short and long", async () => {
    const answers = await Promise.all(
      [
        ["plan", "--quiet", "-C", "/tree", "web"],
        ["-C", "/tree", "-q", "plan", "web"],
        ["--directory=/tree", "plan", "web", "--quiet"],
      ].map((argv) => call(machine, argv)),
    );
    expect(answers[0]?.exit).toBe(0);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it("every name and letter means one thing in one command", () => {
    for (const { flags, name } of COMMANDS) {
      const letters = Object.values(flags).flatMap(({ short }) => short ?? []);
      expect([name, ...letters, "q", "C", "h"].length).toBe(new Set([name, ...letters, "q", "C", "h"]).size);
    }
  });
});

describe("completion", () => {
  it.each(["bash", "zsh", "fish"])("for %s knows every command and its options", async (shell) => {
    const { exit, out } = await call(machine, ["completion", shell]);
    expect(exit).toBe(0);
    for (const { name, flags } of COMMANDS) {
      expect(out).toContain(name);
      for (const flag of Object.keys(flags)) expect(out).toContain(flag);
    }
    const { out: document } = await call(machine, ["completion", shell, "--json"]);
    expect(JSON.parse(document)).toEqual({ version: 1, shell, script: out });
  });
});

/** As much of the document as is looked at. */
interface HelpDocument {
  readonly version: number;
  readonly commands: readonly {
    readonly name: string;
    readonly operands: { readonly words: string; readonly least: number; readonly most: number | null };
    readonly options: readonly { readonly name: string }[];
  }[];
  readonly options: readonly { readonly name: string }[];
  readonly exitCodes: readonly { readonly code: number }[];
}
