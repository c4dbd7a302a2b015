import * as fc from "fast-check";
import { digestOf } from "../../src/core/base/digest.ts";
import type { IdentityInputs, InputFile } from "../../src/core/graph/identity.ts";

export const INPUTS: IdentityInputs = {
  instructions: [
    { do: "FROM", base: "base", platform: null },
    { do: "RUN", args: ["make"] },
  ],
  args: { VERSION: "1" },
  target: undefined,
  platforms: ["linux/amd64"],
  compression: "gzip",
  frontend: undefined,
  secretIds: ["token"],
  parents: { base: digestOf("base") },
  index: undefined,
  files: [file("a.txt", "a"), file("b.txt", "b")],
};

export function file(path: string, content: string, more: Partial<InputFile> = {}): InputFile {
  return { context: "", path, type: "file", mode: 0o644, digest: digestOf(content), ...more };
}

// Few and nasty words, so that equal documents come up, and near misses too.
const word = fc.constantFrom("a", "b", "a,b", "", "none", "(none)", "__proto__", "constructor", "null");
const digest = word.map((text) => digestOf(text));
const record = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(word, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));

const files = fc.uniqueArray(
  fc.record({
    context: fc.constantFrom("", "x"),
    path: fc.constantFrom("a", "b", "b/c"),
    type: fc.constantFrom("file", "directory", "symlink"),
    mode: fc.constantFrom(0o644, 0o755),
  }),
  { maxLength: 3, selector: ({ context, path }) => `${context} ${path}` },
);

/** Inputs with unique files, as a tree gives them. */
export const inputs: fc.Arbitrary<IdentityInputs> = fc.record({
  instructions: fc.array(
    fc.oneof(word, fc.record({ do: fc.constantFrom("RUN", "COPY"), args: fc.array(word, { maxLength: 2 }) })),
    { maxLength: 3 },
  ),
  args: record(word),
  target: fc.option(word, { nil: undefined }),
  platforms: fc.array(word, { maxLength: 2 }),
  compression: fc.constantFrom("gzip", "zstd"),
  frontend: fc.option(word, { nil: undefined }),
  secretIds: fc.array(word, { maxLength: 2 }),
  parents: record(digest),
  index: fc.option(digest, { nil: undefined }),
  files: files.chain((all) =>
    fc.tuple(...all.map((each) => fc.option(digest, { nil: undefined }).map((of) => withDigest(each, of)))),
  ),
});

function withDigest(each: Omit<InputFile, "digest">, of: InputFile["digest"]): InputFile {
  return of === undefined ? each : { ...each, digest: of };
}
