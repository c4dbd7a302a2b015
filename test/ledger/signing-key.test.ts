import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isSignedBy } from "../../src/core/base/signature.ts";
import { createMemoryKey, openSigningKey, type SigningKey } from "../../src/edge/ledger/signing-key.ts";
import { compileProgram } from "../kit/compile-program.ts";

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "lap-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.each<[string, () => SigningKey]>([
  ["a file", () => openSigningKey(join(scratch(), "made/on/demand/ledger.key"))],
  ["memory", createMemoryKey],
])("a key in %s", (_, open) => {
  test("is made on first use, and is the same from then on", () => {
    const key = open();
    expect(key.known()).toBeUndefined();
    const made = key.make();
    expect(key.known()).toEqual(made);
    expect(key.make()).toEqual(made);
    expect(isSignedBy(made, "text", key.sign("text"))).toBe(true);
  });

  test("is made by the first signature, too", () => {
    const key = open();
    const signature = key.sign("text");
    expect(isSignedBy(key.make(), "text", signature)).toBe(true);
  });
});

test("is only for its owner, whole from its first moment, and leaves nothing else", () => {
  const folder = scratch();
  const path = join(folder, "ledger.key");
  openSigningKey(path).make();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["ledger.key"]);
  expect(readFileSync(path, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});

test("that others could read signs nothing any more", () => {
  const path = join(scratch(), "ledger.key");
  const key = openSigningKey(path);
  key.make();
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    chmodSync(path, mode);
    expect(() => key.sign("text")).toThrowError(expect.objectContaining({ code: "LEDGER_KEY", exit: 3 }));
    expect(() => key.known()).toThrowError(expect.objectContaining({ code: "LEDGER_KEY" }));
  }
  chmodSync(path, 0o600);
  expect(key.sign("text")).not.toBe("");
});

test("that is damaged is never replaced by a new one in silence", () => {
  const path = join(scratch(), "ledger.key");
  for (const text of ["", "no key", openSsh()]) {
    writeFileSync(path, text, { mode: 0o600 });
    expect(() => openSigningKey(path).make()).toThrowError(expect.objectContaining({ code: "LEDGER_KEY" }));
    expect(readFileSync(path, "utf8")).toBe(text);
  }
});

test("that several processes make at once is one key", async () => {
  const folder = scratch();
  const module = compileProgram("src/edge/ledger/signing-key.ts", scratch());
  const path = join(folder, "ledger.key");
  const source = `
    const { openSigningKey } = await import(${JSON.stringify(module)});
    const { existsSync } = await import("node:fs");
    while (!existsSync(${JSON.stringify(join(folder, "go"))})) await new Promise(setImmediate);
    console.log(openSigningKey(${JSON.stringify(path)}).make().id);`;
  const said = [1, 2, 3, 4].map(async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (data) => (text += String(data)));
    await once(child, "close");
    return text;
  });
  writeFileSync(join(folder, "go"), "");
  const ids = await Promise.all(said);
  expect(new Set(ids)).toEqual(new Set([`${openSigningKey(path).known()!.id}\n`]));
  expect(existsSync(path)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(["go", "ledger.key"]);
}, 30_000);

/** A key of another kind. */
function openSsh(): string {
  return "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
}
