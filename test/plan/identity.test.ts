import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import {
  contentTag,
  type IdentityInputs,
  identityDocument,
  identityOf,
} from "../../src/core/graph/identity.ts";
import { isTag } from "../../src/core/oci/reference.ts";
import { diffIdentity, formatReason, type Reason } from "../../src/core/plan/reason.ts";
import { file, INPUTS, inputs } from "./documents.ts";

const id = (given: IdentityInputs) => identityOf(identityDocument(given));
const diff = (changes: Partial<IdentityInputs>): readonly Reason[] =>
  diffIdentity(identityDocument(INPUTS), identityDocument({ ...INPUTS, ...changes }));
const other = digestOf("other");

describe("the identity", () => {
  it("is what it was when it was fixed: a change of it rebuilds every fleet", () => {
    expect(canonicalJson(identityDocument(INPUTS) as unknown as Json)).toMatchInlineSnapshot(
      `"{"args":{"VERSION":"1"},"compression":"gzip","files":[["","a.txt","file",420,"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"],["","b.txt","file",420,"sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"]],"frontend":null,"index":null,"instructions":[{"base":"base","do":"FROM","platform":null},{"args":["make"],"do":"RUN"}],"parents":{"base":"sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2"},"platforms":["linux/amd64"],"scheme":1,"secretIds":["token"],"target":null}"`,
    );
    expect(id(INPUTS)).toMatchInlineSnapshot(
      `"sha256:9a7e490be1ef3e6ebd00db97cc94c568e44920d8d3feb63a32127e836bafc4c4"`,
    );
  });

  it("makes a tag", () => {
    expect(isTag(contentTag(id(INPUTS)))).toBe(true);
  });

  it("does not depend on the order of files, secrets, platforms and keys", () => {
    const some: IdentityInputs = {
      ...INPUTS,
      platforms: ["a", "b"],
      secretIds: ["x", "y"],
      args: { A: "1", B: "2" },
    };
    const turned: IdentityInputs = {
      ...some,
      platforms: ["b", "a"],
      secretIds: ["y", "x"],
      args: { B: "2", A: "1" },
      files: [...some.files].reverse(),
    };
    expect(id(turned)).toBe(id(some));
  });

  it("depends on the order of instructions", () => {
    expect(id({ ...INPUTS, instructions: [...INPUTS.instructions].reverse() })).not.toBe(id(INPUTS));
  });

  it("is equal exactly where the documents are, and then nothing differs", () => {
    const pairs = fc.oneof(
      fc.tuple(inputs, inputs),
      // Two that differ in one member alone: where collisions would hide.
      fc
        .tuple(inputs, inputs, fc.constantFrom(...(Object.keys(INPUTS) as (keyof IdentityInputs)[])))
        .map(([a, b, key]): [IdentityInputs, IdentityInputs] => [a, { ...a, [key]: b[key] }]),
    );
    let equal = 0;
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [left, right] = [identityDocument(a), identityDocument(b)];
        const isSame = canonicalJson(left as unknown as Json) === canonicalJson(right as unknown as Json);
        if (isSame) equal++;
        expect(identityOf(left) === identityOf(right)).toBe(isSame);
        expect(diffIdentity(left, right).length === 0).toBe(isSame);
      }),
      { numRuns: 1500 },
    );
    expect(equal).toBeGreaterThan(20);
  });

  it("takes every kind of input in: no two documents of one member's change are equal", () => {
    fc.assert(
      fc.property(inputs, (given) => {
        expect(id({ ...given, files: [...given.files, file("new", "x")] })).not.toBe(id(given));
        expect(id({ ...given, args: { ...given.args, NEW: "" } })).not.toBe(id(given));
        expect(id({ ...given, instructions: [...given.instructions, {}] })).not.toBe(id(given));
      }),
    );
  });
});

describe("the reasons", () => {
  it.each<[string, Partial<IdentityInputs>, readonly Reason[]]>([
    [
      "file a.txt changed",
      { files: [file("a.txt", "x"), file("b.txt", "b")] },
      [{ kind: "file", change: "content", context: "", path: "a.txt" }],
    ],
    [
      "file c.txt is new",
      { files: [...INPUTS.files, file("c.txt", "c")] },
      [{ kind: "file", change: "added", context: "", path: "c.txt" }],
    ],
    [
      "file b.txt is gone",
      { files: [file("a.txt", "a")] },
      [{ kind: "file", change: "removed", context: "", path: "b.txt" }],
    ],
    [
      "file a.txt changed its mode",
      { files: [file("a.txt", "a", { mode: 0o755 }), file("b.txt", "b")] },
      [{ kind: "file", change: "mode", context: "", path: "a.txt" }],
    ],
    [
      "file a.txt changed its type",
      { files: [file("a.txt", "a", { type: "symlink" }), file("b.txt", "b")] },
      [{ kind: "file", change: "type", context: "", path: "a.txt" }],
    ],
    [
      "file x:a.txt is new",
      { files: [...INPUTS.files, file("a.txt", "a", { context: "x" })] },
      [{ kind: "file", change: "added", context: "x", path: "a.txt" }],
    ],
    [
      "argument VERSION: 1 -> 2",
      { args: { VERSION: "2" } },
      [{ kind: "arg", name: "VERSION", before: "1", after: "2" }],
    ],
    ["argument VERSION: 1 -> (unset)", { args: {} }, [{ kind: "arg", name: "VERSION", before: "1" }]],
    [
      `parent base moved ${digestOf("base").slice(7, 19)} -> ${other.slice(7, 19)}`,
      { parents: { base: other } },
      [{ kind: "parent", name: "base", before: digestOf("base"), after: other }],
    ],
    [
      `package index in lapstrake.lock moved (none) -> ${other.slice(7, 19)}`,
      { index: other },
      [{ kind: "index", after: other }],
    ],
    [
      "target: (none) -> none",
      { target: "none" },
      [{ kind: "setting", name: "target", before: "(none)", after: "none" }],
    ],
    [
      "platforms: linux/amd64 -> linux/amd64, linux/arm64",
      { platforms: ["linux/arm64", "linux/amd64"] },
      [{ kind: "setting", name: "platforms", before: "linux/amd64", after: "linux/amd64, linux/arm64" }],
    ],
    [
      "compression: gzip -> zstd",
      { compression: "zstd" },
      [{ kind: "setting", name: "compression", before: "gzip", after: "zstd" }],
    ],
    [
      "frontend: (none) -> docker/dockerfile:1",
      { frontend: "docker/dockerfile:1" },
      [{ kind: "setting", name: "frontend", before: "(none)", after: "docker/dockerfile:1" }],
    ],
    [
      "secretIds: token -> ",
      { secretIds: [] },
      [{ kind: "setting", name: "secretIds", before: "token", after: "" }],
    ],
  ])("%s", (text, changes, reasons) => {
    expect(diff(changes)).toEqual(reasons);
    expect(diff(changes).map(formatReason)).toEqual([text]);
  });

  it("of instructions name the lines, once for each time, and a mere change of order", () => {
    const [from, run] = INPUTS.instructions;
    const changed = diff({ instructions: [from!, { do: "RUN", args: ["make all"] }] });
    expect(changed.map((reason) => ("change" in reason ? reason.change : ""))).toEqual(["removed", "added"]);
    expect(changed.map(formatReason)).toEqual([
      "instruction removed: RUN make",
      "instruction added: RUN make all",
    ]);
    expect(diff({ instructions: [from!, run!, run!] })).toHaveLength(1);
    expect(diff({ instructions: [run!, from!] })).toHaveLength(1);
  });

  it("tell parents first, then files: what is most likely meant", () => {
    const changed = diff({ parents: { base: other }, files: [], args: {}, instructions: [] });
    expect([...new Set(changed.map(({ kind }) => kind))]).toEqual(["parent", "file", "instruction", "arg"]);
  });
});
