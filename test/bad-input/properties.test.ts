import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LapstrakeError } from "../../src/core/base/error.ts";
import type { MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { loadFleet } from "../../src/flow/load-fleet.ts";
import { prepare } from "../../src/flow/prepare.ts";
import { sampleFiles } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";

/** Pieces that mean something to one of the readers; in the wrong place they are what people mistype. */
const TOKENS: readonly string[] = [
  ...Array.from("{}[]:,\"'#&*!|>%@`$\\=-?~<(\n\t\r\0 /."),
  ..."\n\n;---\n;...\n;<<;&a;*a;!!binary ;version: 2\n;images:\n;roots: {}\n;1e999;0x10;null".split(";"),
  ..."dockerfile: ;context: ..\n;machines: [m]\n;args: { A: b }\n;__proto__;constructor".split(";"),
  ..."FROM base\n;FROM api AS x\n;FROM $A\n;ARG A\n;ARG A=$A$A\n;ONBUILD FROM x\n".split(";"),
  ..."COPY . .\n;COPY --from=web / /\n;COPY --parents a/**/b /\n;--chmod=9z ".split(";"),
  ..."RUN <<E\n;E\n;\\\n;# syntax=x\n;# escape=`\n;--mount=type=bind,from=cpu,target=/x ".split(";"),
  ..."$;{A:-;{A#*};{A/x/y};${A;$(;**/;!**\n;../;[a-;{a,b}".split(";"),
  ..."caf\u00e9;\ufffd;\u{1f4a9};\u2028;\ufeff".split(";"),
];

/** One edit of a text: where (as a share of its length), how much goes, what comes. */
interface Edit {
  readonly file: number;
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  file: fc.nat(),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, fc.nat(80)),
  insert: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...TOKENS) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
    fc.tuple(fc.constantFrom(...TOKENS), fc.nat(400)).map(([token, count]) => token.repeat(count)),
  ),
});

const FILES: Record<string, MemoryFile> = {
  ...sampleFiles(),
  "base/.dockerignore": "*.log\n!etc/**\n",
  "api/Dockerfile.dockerignore": "# nothing\ndocs/\n",
};
const TEXTS = Object.entries(FILES).flatMap(([path, file]) =>
  typeof file === "string" && /Dockerfile|lapstrake|ignore/.test(path) ? [[path, file] as const] : [],
);

function edited(edits: readonly Edit[]): Record<string, MemoryFile> {
  const files = { ...FILES };
  for (const { file, at, drop, insert } of edits) {
    const [path] = TEXTS[file % TEXTS.length] ?? [""];
    // Only texts are in TEXTS.
    const text = files[path] as string;
    const start = Math.floor(at * text.length);
    files[path] = text.slice(0, start) + insert + text.slice(start + drop);
  }
  return files;
}

/** Ends well, or with an error of ours: its code. Anything else is thrown on. */
async function outcomeOf(machine: TestMachine): Promise<string> {
  try {
    const fleet = await loadFleet(machine.world());
    const { findings } = await prepare(fleet);
    return [...fleet.findings, ...findings].some(({ level }) => level === "error") ? "findings" : "sound";
  } catch (error) {
    if (!(error instanceof LapstrakeError)) throw error;
    if (error.exit !== 2 || error.message === "")
      throw new Error("an own error that is not as it should", { cause: error });
    return error.code;
  }
}

describe("a fleet with mistyped files", () => {
  it("is read, or refused with our own errors, and quickly", async () => {
    const machine = await createTestMachine();
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        Object.assign(machine.files, edited(edits));
        const started = performance.now();
        const outcome = await outcomeOf(machine);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        expect(performance.now() - started).toBeLessThan(3000);
      }),
      { numRuns: 1500 },
    );
    // The canary: the edits reach past the first reader, and some do no harm.
    expect([...seen.keys()]).toEqual(expect.arrayContaining(["sound", "findings", "BLUEPRINT_YAML"]));
    expect(seen.get("findings")).toBeGreaterThan(50);
  }, 120_000);

  it("of any text at all", async () => {
    const machine = await createTestMachine();
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.array(fc.constantFrom(...TOKENS), { maxLength: 80 }).map((tokens) => tokens.join("")),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TEXTS.map(([path]) => path)), text, async (path, content) => {
        Object.assign(machine.files, FILES, { [path]: content });
        await outcomeOf(machine);
      }),
      { numRuns: 1500 },
    );
    expect(await outcomeOf(Object.assign(machine, { files: { ...FILES } }))).toBe("sound");
  }, 120_000);

  it("of any bytes at all", async () => {
    const machine = await createTestMachine();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TEXTS.map(([path]) => path)),
        fc.uint8Array({ maxLength: 200 }),
        async (path, content) => {
          Object.assign(machine.files, FILES, { [path]: content });
          await outcomeOf(machine);
        },
      ),
      { numRuns: 500 },
    );
    expect(Object.keys(machine.files).length).toBeGreaterThan(0);
  }, 120_000);
});
