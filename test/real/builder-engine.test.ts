import { describe, expect, it } from "vitest";
import { createBuildxBuilder } from "../../src/edge/builder/buildx.ts";
import { probeBuilder } from "../../src/edge/builder/probe.ts";
import { createDockerEngine } from "../../src/edge/engine/docker-engine.ts";
import { probeEngine } from "../../src/edge/engine/probe.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { RealFixture } from "../builder/real-fixture.ts";
import { tinyProgram } from "../builder/tiny-program.ts";
import { requireEngine } from "../kit/engine.ts";

const record = await requireEngine();

describe.runIf(record)("a real engine", () => {
  // describe.runIf skips the tests where there is no engine; what they use is never reached then.
  const engine = record as EngineFile;
  const runner = createProcessRunner();

  it("has every capability that a fleet needs", async () => {
    const docker = createDockerEngine(engine);
    const all = [
      ...(await probeEngine(docker)).capabilities,
      ...(await probeBuilder({ engine, runner, registry: engine.registry })),
    ];
    expect(all.map(({ id, state }) => [id, state])).toEqual(
      ["engine", "containerd-store", "buildx", "call", "rawjson", "direct-push"].map((id) => [id, "ok"]),
    );
  });

  it("that is not there lacks them with a reason, and what was not tried is unknown", async () => {
    const nobody = { ...engine, dockerHost: "unix:///nonexistent/docker.sock" };
    const probe = await probeEngine(createDockerEngine(nobody));
    const builder = await probeBuilder({ engine: nobody, runner });
    expect([...probe.capabilities, ...builder].map(({ id, state }) => [id, state])).toEqual([
      ["engine", "lacking"],
      ["containerd-store", "unknown"],
      ["buildx", "ok"],
      ["call", "lacking"],
      ["rawjson", "unknown"],
      ["direct-push", "unknown"],
    ]);
  });

  it("pulls what was built, runs it, tells its output and exit code, and forgets it", async () => {
    const fixture = new RealFixture(engine.registry);
    const program = tinyProgram([{ say: "from inside" }, { say: "oops", to: "stderr" }, { exit: 5 }]);
    const dockerfile = 'FROM scratch\nCOPY program /\nENTRYPOINT ["/program"]\nLABEL a=b\n';
    const request = fixture.request("run", { Dockerfile: dockerfile, program });
    const built = await createBuildxBuilder({ engine, runner, env: {} }).build(request);
    expect(built.ok).toBe(true);
    const docker = createDockerEngine(engine);
    await docker.pullImage(request.name);
    const label = `lapstrake.test=${fixture.name("run")}`;
    const labels = { "lapstrake.test": fixture.name("run") };
    const id = await docker.createContainer({ image: request.name, labels, network: "none" });
    try {
      await docker.startContainer(id);
      expect(await docker.waitContainer(id)).toBe(5);
      expect(await docker.readLogs(id)).toEqual({ stdout: "from inside\n", stderr: "oops\n" });
      expect(await docker.inspectContainer(id)).toMatchObject({
        running: false,
        status: "exited",
        exitCode: 5,
      });
      expect(await docker.listContainers({ labels: [label] })).toEqual([]);
      const [listed] = await docker.listContainers({ all: true, labels: [label] });
      expect(listed).toMatchObject({ id, image: request.name, state: "exited" });
      const image = (await docker.listImages()).find((one) => one.repoTags.includes(request.name));
      expect(image?.repoDigests.join(" ")).toContain(built.ok ? built.digest : "no digest");
    } finally {
      await docker.removeContainer(id);
    }
    await docker.removeContainer(id);
    expect(await docker.listContainers({ all: true, labels: [label] })).toEqual([]);
    await expect(docker.inspectContainer(id)).rejects.toMatchObject({ code: "ENGINE_REFUSED" });
    await expect(docker.pullImage(`${request.name}-not`)).rejects.toMatchObject({ code: "ENGINE_REFUSED" });
  });
});
