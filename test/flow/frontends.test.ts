import { describe, expect, it } from "vitest";
import { pushImage, ROOT_HOST } from "../kit/memory-image.ts";
import { createTestMachine } from "../kit/world.ts";
import { codeOf, run } from "./run.ts";

const SYNTAX = `# syntax=${ROOT_HOST}/frontend:1\n`;

describe("a `# syntax=` line", () => {
  it("that no registry answers to ends the run before the first build, with its place", async () => {
    const machine = await createTestMachine();
    machine.files["web/Dockerfile"] = `${SYNTAX}ARG BASE_IMAGE\nFROM \${BASE_IMAGE}\nCOPY app/ /app/\n`;
    const attempt = run(machine);
    expect(await codeOf(attempt)).toBe("FRONTEND_MISSING");
    await expect(attempt).rejects.toMatchObject({
      problems: [{ code: "FRONTEND_MISSING", at: { file: "web/Dockerfile", line: 1 } }],
    });
    expect(machine.takeBuilt()).toEqual([]);
  });

  it("whose image a registry has stops nobody", async () => {
    const machine = await createTestMachine();
    await pushImage(
      machine.registry,
      { host: ROOT_HOST, repository: "frontend", tag: "1" },
      { layers: ["frontend"] },
    );
    machine.files["web/Dockerfile"] = `${SYNTAX}ARG BASE_IMAGE\nFROM \${BASE_IMAGE}\nCOPY app/ /app/\n`;
    expect(await run(machine)).toMatchObject({ state: "released" });
  });

  it("of an image that stands is not asked about", async () => {
    const machine = await createTestMachine();
    await run(machine);
    machine.takeCalls();
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
    expect(machine.takeCalls().filter((call) => call.includes("frontend"))).toEqual([]);
  });
});
