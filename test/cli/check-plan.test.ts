import { beforeEach, describe, expect, it } from "vitest";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { edit } from "../tags/machine.ts";
import { call, json } from "./call.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.files["guide.md"] = "# Guide\n\nUse `FORCE_IMAGE_TAG`.\n";
  edit(machine.files, "build:", "guides: [guide.md]\nbuild:");
});

const decide = (id: string) =>
  edit(
    machine.files,
    "build:",
    `decisions:\n  - { id: ${id}, decision: it pins one service, who: owners, when: 2026-03-01, why: a fleet is too much }\nbuild:`,
  );

describe("check --plan", () => {
  it("exits 1 for a contradiction that is open, and shows both places, the proposal and its id", async () => {
    const { exit, out } = await call(machine, ["check", "--plan"]);
    expect(exit).toBe(1);
    expect(out).toContain("guide.md:3:6: warning: FORCE_IMAGE_TAG: no document says");
    expect(out).toContain("[undefined-scope/FORCE_IMAGE_TAG]");
    expect(out).toMatch(/\n {2}lapstrake\.yaml:\d+:\d+: the fleet has 4 images/);
    expect(out).toContain("\n  hint: say beside FORCE_IMAGE_TAG");
    expect(out).toContain("4 images, no errors, 1 warning\n");
  });

  it("exits 0 once it is decided: counted, and shown by --all with who, when and why", async () => {
    decide("undefined-scope/FORCE_IMAGE_TAG");
    const { exit, out } = await call(machine, ["check", "--plan"]);
    expect([exit, out]).toEqual([0, "4 images, no errors, no warnings, 1 decided\n"]);
    const all = await call(machine, ["check", "--plan", "--all"]);
    expect(all.out).toContain("decided: FORCE_IMAGE_TAG");
    expect(all.out).toContain(
      "decision: it pins one service (owners, 2026-03-01)\n  why: a fleet is too much",
    );
  });

  it("gives a program both lists", async () => {
    expect(await json(machine, ["check", "--plan"])).toMatchObject({
      version: 1,
      findings: [
        {
          id: "undefined-scope/FORCE_IMAGE_TAG",
          at: { file: "guide.md", line: 3 },
          against: { file: "lapstrake.yaml" },
        },
      ],
      decided: [],
    });
    decide("undefined-scope");
    expect(await json(machine, ["check", "--plan"])).toMatchObject({
      findings: [],
      decided: [
        { id: "undefined-scope/FORCE_IMAGE_TAG", decision: { id: "undefined-scope", who: "owners" } },
      ],
    });
  });

  it("exits 1 for a decision that settles nothing any more", async () => {
    decide("undefined-scope/FORCE_IMAGE_TAG");
    machine.files["guide.md"] = "# Guide\n";
    const { exit, out } = await call(machine, ["check", "--plan"]);
    expect(exit).toBe(1);
    expect(out).toContain("[stale-decision]");
    expect((await call(machine, ["check"])).exit).toBe(0);
  });

  it("without the flag reads no document", async () => {
    expect(await call(machine, ["check"])).toMatchObject({
      exit: 0,
      out: "4 images, no errors, no warnings\n",
    });
  });

  it.each([
    ["is missing", () => void delete machine.files["guide.md"]],
    ["is too big", () => void (machine.files["guide.md"] = "x".repeat(1024 * 1024 + 1))],
  ])("names a document that %s, and then calls no decision stale", async (_, spoil) => {
    decide("undefined-scope/FORCE_IMAGE_TAG");
    spoil();
    const { exit, out } = await call(machine, ["check", "--plan"]);
    expect(exit).toBe(1);
    expect(out).toContain("error: ");
    expect(out).toContain("[guide-unreadable]");
    expect(out).not.toContain("stale-decision");
  });

  it("takes bytes that are no text for a document without sense, not for a crash", async () => {
    machine.files["guide.md"] = "\u0000\ufffd```\u001b[2J\r`".repeat(1000);
    const { exit, err } = await call(machine, ["check", "--plan"]);
    expect([exit, err]).toEqual([0, ""]);
  });
});
