import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TreeFile } from "../../src/core/audit/image/file-tree.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import { CONTENT_QUESTION } from "../../src/core/policy/image/content-question.ts";
import { judgeRun } from "../../src/core/policy/image/judge-run.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { readConfig } from "../../src/flow/read-config.ts";
import { runTarget } from "../../src/flow/verify/run-target.ts";
import { requireEngine } from "../kit/engine.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";
import { createTestMachine } from "../kit/world.ts";
import { listTar, type TarLine } from "./tar-listing.ts";

const engine = await requireEngine();

/** What an engine puts into a container that was only created, whatever the image has there. */
const OF_THE_ENGINE =
  /^(?:\.dockerenv|dev|dev\/(?:console|pts|shm)|etc\/(?:hosts|hostname|resolv\.conf|mtab)|proc|sys)$/;

type Listed = Omit<TarLine, "path">;

describe.skipIf(engine === undefined)("images of the reference fleet, read from the registry", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);
  const registry = createHttpRegistry({});
  const reader = createLayerReader(createMemoryLayerCache());

  beforeAll(() => fleet.releaseAll("--tier", "cpu"), 900_000);
  afterAll(async () => {
    await fleet.cleanUp();
    registry.close();
  });

  async function flat(name: string): Promise<ReadonlyMap<string, Listed>> {
    const ref = fleet.refOf(name);
    const stored = await registry.readManifest(ref);
    if (stored?.content.kind !== "manifest") throw new Error("expected a manifest");
    const { manifest } = stored.content;
    const { rootfs } = await readConfig(registry, ref, manifest.config);
    const layers = await Promise.all(
      manifest.layers.map((blob, index) =>
        reader.read(
          {
            name: blob.digest,
            size: blob.size,
            diffId: rootfs.diffIds[index]!,
            open: (options) => registry.readBlob(ref, blob, options),
          },
          [CONTENT_QUESTION],
        ),
      ),
    );
    const { tree, skipped } = flatten(layers);
    expect([...layers.flatMap((layer) => layer.skipped), ...skipped]).toEqual([]);
    return new Map(
      [...tree.walk()]
        .filter(([path]) => !OF_THE_ENGINE.test(path))
        .map(([path, file]) => [path, listed(file)]),
    );
  }

  /** `docker export` of a container of it that never ran. */
  async function exported(name: string): Promise<ReadonlyMap<string, Listed>> {
    const { host, repository, digest } = fleet.refOf(name);
    const image = `${host}/${repository}@${digest}`;
    await fleet.docker.pullImage(image);
    const id = await fleet.docker.createContainer({ image });
    try {
      const [docker = "docker", ...args] = engine?.docker ?? [];
      const source = spawn(docker, [...args, "-H", engine?.dockerHost ?? "", "export", id], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = await listTar(["tar", "-f", "-"], source);
      const files = new Map<string, Listed>();
      for (const { path, ...line } of lines)
        files.set(path, line.type === "hardlink" ? { ...(files.get(line.target) ?? line) } : line);
      return new Map([...files].filter(([path]) => !OF_THE_ENGINE.test(path)));
    } finally {
      await fleet.docker.removeContainer(id);
    }
  }

  // One with apt's work over the root, one of the other root, one with hundreds of Python files and a service's own layer.
  it.each(["base-utils", "legacy-py310-cpu", "service_registry"])(
    "%s has the files that a container of it has, each as it is",
    async (name) => {
      const [mine, theirs] = await Promise.all([flat(name), exported(name)]);
      expect(theirs.size).toBeGreaterThan(2000);
      const wrong = [...new Set([...mine.keys(), ...theirs.keys()])].filter(
        (path) => JSON.stringify(mine.get(path)) !== JSON.stringify(theirs.get(path)),
      );
      expect(wrong.map((path) => [path, mine.get(path), theirs.get(path)])).toEqual([]);
    },
  );

  it("hold by every rule, run as well as read", async () => {
    const names = ["base-python", "service_registry"];
    const report = JSON.parse(
      await fleet.lapstrake("verify", ...names, "--run", "--json", "--progress", "none"),
    ) as {
      outcome: string;
      images: readonly { name: string; digest: string; verdicts: readonly Verdict[] }[];
    };
    expect(report.images.map(({ name, digest }) => [name, digest])).toEqual(
      names.map((name) => [name, fleet.refOf(name).digest]),
    );
    const all = report.images.flatMap(({ verdicts }) => verdicts);
    expect(all.filter(({ outcome }) => outcome !== "holds")).toEqual([]);
    expect(all.filter(({ rule }) => rule.startsWith("run-")).map(({ rule }) => rule)).toEqual([
      "run-identity",
      "run-identity",
      "run-health",
      "run-stop",
    ]);
    expect(report.outcome).toBe("holds");
  });

  it("are told from one that runs as root without an init, and from a service that says nothing (canary)", async () => {
    const { host, repository } = fleet.refOf("base-python");
    const namespace = repository.replace(/\/base-python$/, "");
    const at = { host, repository: `${namespace}/roots/python-3.11` };
    const [tag] = await registry.listTags(at);
    const root = await registry.resolve({ ...at, tag: tag ?? "" });
    const world = { ...(await createTestMachine()).world(), clock: Date.now };
    const image = `${host}/${at.repository}@${root?.digest}`;
    const facts = await runTarget(world, fleet.docker, { image, service: { healthPort: 9 } });
    expect(facts.identity).toMatchObject({ state: "told", uid: "0", gid: "0" });
    const outcomes = judgeRun({ kind: "image", name: "root" }, facts, "10001:10001").map(
      ({ rule, outcome }) => `${rule} ${outcome}`,
    );
    // Its command is a shell without input: it ends at once.
    expect(outcomes).toEqual(["run-identity fails", "run-health fails", "run-stop unknown"]);
  });
});

function listed({ type, mode, uid, gid, size, target = "" }: TreeFile): Listed {
  return { type, mode, uid, gid, size: type === "file" ? size : 0, target };
}
