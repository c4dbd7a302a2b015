import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { createMemoryTree } from "../../src/edge/tree/memory-tree.ts";
import { documentFiles, draftDocuments } from "../../src/flow/phases/draft-documents.ts";
import { PHASE_1, PHASE_2, PLAN, provenPhase, SampleLedger } from "./documents/sample.ts";

const POST = "docs/harbour_20261101_phase1_postreview.md";
const PRE = "docs/harbour_20261101_phase2_preanalysis.md";

/** A work tree with the ledger of phase 1. */
function machine(files: Record<string, string | Uint8Array> = {}) {
  const written: string[] = [];
  const tree = createMemoryTree({ root: "/fleet", files });
  const ports = documentFiles(
    {
      writeFile: async (path, text) => {
        written.push(path);
        files[path.replace("/fleet/", "")] = text;
      },
    },
    tree,
  );
  const ledger = new SampleLedger();
  const states = [PHASE_1, PHASE_2].map((phase) => provenPhase(phase, ledger));
  const ask = {
    plan: PLAN,
    states,
    documents: [
      { kind: "postreview", phase: PHASE_1, path: POST },
      { kind: "preanalysis", phase: PHASE_2, path: PRE },
    ],
  } as const;
  return { files, written, draft: () => draftDocuments(ports, ask) };
}

describe("drafting the documents of a gate", () => {
  it("writes both, each with the digest of its bytes", async () => {
    const { files, written, draft } = machine();
    const drafted = await draft();
    expect(drafted).toMatchObject([
      { kind: "postreview", phase: "1", path: POST, outcome: "written", moved: [] },
      { kind: "preanalysis", phase: "2", path: PRE, outcome: "written", moved: [] },
    ]);
    expect(written).toEqual([`/fleet/${POST}`, `/fleet/${PRE}`]);
    expect(drafted.map(({ digest }) => digest)).toEqual(
      [POST, PRE].map((path) => digestOf(files[path] ?? "")),
    );
  });

  it("touches nothing where nothing changed", async () => {
    const { written, draft } = machine();
    await draft();
    written.length = 0;
    expect((await draft()).map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
    expect(written).toEqual([]);
  });

  it("keeps what people wrote, and says what it moved", async () => {
    const { files, draft } = machine({ [POST]: "# Ours\n\nAll nine are there.\n" });
    const [drafted] = await draft();
    expect(drafted).toMatchObject({ outcome: "renewed", moved: [{ from: "Ours" }] });
    expect(files[POST]).toContain("All nine are there.");
  });

  it("writes neither where one cannot be read, and says which", async () => {
    for (const source of [new Uint8Array([0xff]), "a\n".repeat(1024 * 1024 + 1)]) {
      const { written, draft } = machine({ [PRE]: source });
      await expect(draft()).rejects.toMatchObject({ code: "DOCUMENT_UNREADABLE", details: { path: PRE } });
      expect(written).toEqual([]);
    }
  });
});
