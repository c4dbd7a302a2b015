import { beforeEach, describe, expect, it } from "vitest";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { released, run } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

/** Saves a file while `web` is built, just before the builder reads it. */
function saveWhileWebIsBuilt(path: string, text: string): void {
  machine.build = (request, push) => {
    if (request.image === "web") machine.files[path] = text;
    return push();
  };
}

describe("a file that is saved while its image is built", () => {
  it.each([
    ["web/app/main.py", "print('later')\n", "file app/main.py changed"],
    ["web/app/new.py", "print('new')\n", "file app/new.py is new"],
    ["web/Dockerfile", "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY app/ /srv/\n", "instruction removed"],
  ])("%s: no content name is given, and the next run builds what is there now", async (path, text, why) => {
    saveWhileWebIsBuilt(path, text);
    const report = await run(machine);
    if (report.state !== "stopped") throw new Error(`it ${report.state}`);
    const web = report.build.outcomes.get("web");
    expect(web).toMatchObject({ state: "failed", failure: { reason: "inputs-moved" } });
    expect(web?.state === "failed" && web.failure.message).toContain(why);
    const tags = await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/web` });
    expect(tags).toEqual(["unproven"]);
    machine.build = undefined;
    machine.takeBuilt();
    await released(machine);
    expect(machine.takeBuilt()).toEqual(["web", "api"]);
  });

  it("does not matter where the image does not read it", async () => {
    saveWhileWebIsBuilt("web/notes.txt", "nobody copies it\n");
    expect(await run(machine)).toMatchObject({ state: "released", built: 4 });
  });
});
