import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { compileProgram } from "../kit/compile-program.ts";

const runner = createProcessRunner();
const node = (script: string): [string, ...string[]] => [process.execPath, "-e", script];

describe("the record of a program", () => {
  test("has its output, exit code and time", async () => {
    const record = await runner.run({
      argv: node("console.log('out'); console.error('err'); process.exit(3)"),
    });
    expect(record).toMatchObject({
      exitCode: 3,
      signal: undefined,
      stdout: "out\n",
      stderr: "err\n",
      outcome: "failed",
    });
    expect(record.durationMs).toBeGreaterThan(1);
  });

  test("is ok for exit 0 and hands arguments on as they are", async () => {
    const odd = ["a b", "$HOME", "*", "'\"", ""];
    const record = await runner.run({
      argv: [...node("console.log(JSON.stringify(process.argv.slice(1)))"), "--", ...odd],
    });
    expect(record.outcome).toBe("ok");
    expect(JSON.parse(record.stdout)).toEqual(odd);
  });

  test("says not-found for a missing program, and failed for a missing directory", async () => {
    expect((await runner.run({ argv: ["no-such-program-here"] })).outcome).toBe("not-found");
    const record = await runner.run({ argv: ["true"], cwd: "/no/such/folder" });
    expect(record).toMatchObject({ outcome: "failed", exitCode: undefined });
    expect(record.stderr).toContain("/no/such/folder");
  });

  test("does not throw for an argument that no program can get", async () => {
    expect((await runner.run({ argv: ["true", "a\0b"] })).outcome).toBe("failed");
  });

  test("says which signal killed a program", async () => {
    expect(await runner.run({ argv: ["sh", "-c", "kill -9 $$"] })).toMatchObject({
      outcome: "killed",
      signal: "SIGKILL",
    });
  });
});

describe("environment and input", () => {
  test("adds and removes variables", async () => {
    const script = "console.log(process.env.LAP_A, process.env.LAP_B, process.env.LAP_C)";
    const based = createProcessRunner({ ...process.env, LAP_A: "base", LAP_B: "base" });
    expect((await based.run({ argv: node(script), env: { LAP_B: undefined, LAP_C: "new" } })).stdout).toBe(
      "base undefined new\n",
    );
  });

  test("writes stdin, and survives a program that does not read it", async () => {
    expect((await runner.run({ argv: ["cat"], stdin: "given" })).stdout).toBe("given");
    expect((await runner.run({ argv: ["true"], stdin: "x".repeat(4_000_000) })).outcome).toBe("ok");
  });
});

describe("streams", () => {
  test("gives whole lines, also the last without an end, across chunks of a multi-byte letter", async () => {
    const lines: string[] = [];
    const script = `const b = Buffer.from("é\\r\\nlast");process.stdout.write(b.subarray(0, 1));
      setTimeout(() => process.stdout.write(b.subarray(1)), 50)`;
    await runner.run({ argv: node(script), onStdout: (line) => lines.push(line) });
    expect(lines).toEqual(["é", "last"]);
  });

  test("keeps a bounded tail where lines are read, and cuts a line without end", async () => {
    const lengths: number[] = [];
    const script = "process.stdout.write('x'.repeat(5e6) + '\\nend\\n')";
    const record = await runner.run({ argv: node(script), onStdout: (line) => lengths.push(line.length) });
    expect(lengths).toEqual([1024 * 1024, 3]);
    expect(record.stdout.length).toBe(64 * 1024);
    expect(record.truncated).toBeUndefined();
  });

  test("keeps stdout whole to 16 MiB, and says where it was more", async () => {
    const write = (bytes: number) => node(`process.stdout.write('x'.repeat(${bytes}))`);
    const whole = await runner.run({ argv: write(16 * 1024 * 1024) });
    expect(whole.stdout.length).toBe(16 * 1024 * 1024);
    expect(whole.truncated).toBeUndefined();
    expect((await runner.run({ argv: write(16 * 1024 * 1024 + 1) })).truncated).toBe(true);
  });

  test("hands bytes on that are no text", async () => {
    const chunks: Uint8Array[] = [];
    await runner.run({ argv: ["printf", "\\377\\000"], onStdoutBytes: (chunk) => chunks.push(chunk) });
    expect(Buffer.concat(chunks).toString("hex")).toBe("ff00");
  });

  test("does not wait for a background child that holds stdout", async () => {
    const record = await runner.run({ argv: ["sh", "-c", "sleep 8 & echo started"] });
    expect(record).toMatchObject({ outcome: "ok", stdout: "started\n" });
    expect(record.durationMs).toBeLessThan(4000);
  });
});

describe("stopping", () => {
  test("an abort ends the whole group", async () => {
    const folder = scratch();
    const abort = new AbortController();
    const script = `sh -c 'echo $$ > ${folder}/pid; exec sleep 60' & wait`;
    const running = runner.run({ argv: ["sh", "-c", script], signal: abort.signal });
    await sleep(300);
    abort.abort();
    expect((await running).outcome).toBe("cancelled");
    const grandchild = Number(readFileSync(join(folder, "pid"), "utf8"));
    await sleep(50);
    expect(isRunning(grandchild)).toBe(false);
  });

  test("SIGKILL follows where SIGTERM is ignored", async () => {
    const record = await runner.run({
      argv: ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"],
      timeout: 500,
      grace: 200,
    });
    expect(record).toMatchObject({ outcome: "timed-out", signal: "SIGKILL" });
  });

  test("an aborted signal starts nothing", async () => {
    const record = await runner.run({ argv: ["echo", "ran"], signal: AbortSignal.abort() });
    expect(record).toMatchObject({ outcome: "cancelled", stdout: "", exitCode: undefined });
  });

  test("the terminal's Ctrl-C goes to our group only: the program leads its own", async () => {
    const record = await runner.run({ argv: ["sh", "-c", "echo $$; ps -o pgid= -p $$"] });
    const [pid, group] = record.stdout.trim().split(/\s+/);
    expect(pid).toBe(group);
  });

  test("programs do not outlive a Lapstrake that exits", async () => {
    const module = JSON.stringify(compileProgram("src/edge/process/run-process.ts", scratch()));
    const script = `const { createProcessRunner } = await import(${module});
      const onStdout = (pid) => { console.log(pid); process.exit(0); };
      void createProcessRunner().run({ argv: ["sh", "-c", "echo $$; exec sleep 60"], onStdout });`;
    const record = await runner.run({ argv: [process.execPath, "--input-type=module", "-e", script] });
    const pid = Number(record.stdout);
    expect(pid).toBeGreaterThan(1);
    await sleep(100);
    expect(isRunning(pid)).toBe(false);
  });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "lap-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    // A zombie answers to signal 0 too; its state in /proc tells.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
