import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { programPath, startProgram } from "../kit/program.ts";
import { blueprintOf, type DiskFleet, diskFleet } from "./on-disk.ts";

function fleetAt(host: string): DiskFleet {
  return diskFleet({
    "lapstrake.yaml": blueprintOf(["free"], `${host}/bad`),
    "free/Dockerfile": "FROM scratch\nENV A=b\n",
  });
}

it.each(["plan", "release"])(
  "one Ctrl-C ends a %s that nobody answers: no build is waited for",
  async (command) => {
    let take = (): void => {};
    const taken = new Promise<void>((resolve) => (take = resolve));
    const server = createServer(() => take());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const fleet = fleetAt(`127.0.0.1:${port}`);
    const run = startProgram([command], { cwd: fleet.folder, env: { LAPSTRAKE_STATE: fleet.state } });
    await taken;
    run.child.kill("SIGINT");
    expect(await run.ended).toMatchObject({ code: 130, err: "lapstrake: cancelled\n" });
    server.close();
  },
);

it("an answer that cannot be written exits 3 and says so", () => {
  const fleet = fleetAt("127.0.0.1:1");
  const { status, stderr } = spawnSync(process.execPath, [programPath(), "graph"], {
    cwd: fleet.folder,
    env: { ...process.env, LAPSTRAKE_STATE: fleet.state },
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 3, stderr: "lapstrake: cannot write the answer: ENOSPC\n" });
});
