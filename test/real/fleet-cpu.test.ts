import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { readConfig } from "../../src/flow/read-config.ts";
import { requireEngine } from "../kit/engine.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";

const engine = await requireEngine();
const HEALTHY = { status: 200, body: '{"status":"ok"}' };

/** The services of the CPU tier, with the ports of the guide's fleet table. */
const SERVICES = [
  { name: "memory_fusion_hub-mainpc", machine: "mainpc", ports: [5713, 6713], threads: 16 },
  { name: "memory_fusion_hub-pc2", machine: "pc2", ports: [5713, 6713], threads: 4 },
  { name: "service_registry", machine: "mainpc", ports: [7200, 8200], threads: 16 },
  { name: "intention_validator_agent", machine: "mainpc", ports: [5701, 6701], threads: 16 },
] as const;

/** What each image must be able to run, by the table of the guide. */
const CONTENTS: readonly (readonly [image: string, script: string])[] = [
  ["base-python", "python -c 'import sys; assert sys.version_info[:2] == (3, 11)'"],
  [
    "base-utils",
    "command -v curl && command -v dumb-init && command -v gosu && test -f /usr/share/zoneinfo/Asia/Manila",
  ],
  ["base-cpu-pydeps", "python -c 'import numpy, pydantic, fastapi, uvicorn'"],
  ["family-web", "python -c 'import starlette, websockets, gunicorn, uvloop, httptools'"],
  [
    "legacy-py310-cpu",
    'python -c \'import sys, pydantic, fastapi; assert sys.version_info[:2] == (3, 10); assert pydantic.VERSION == "1.10.15"; assert fastapi.__version__ == "0.110.0"\'',
  ],
];
/** What stands on Python 3.10, which a bootstrapped root takes from the host: unavailable where the host has none. */
const ON_PYTHON_310: readonly string[] = ["legacy-py310-cpu", "intention_validator_agent"];
const LEFTOVERS =
  "find /var/lib/apt/lists /var/cache/apt /var/log /root/.cache /tmp /var/tmp -type f -size +0 2>/dev/null; find / -xdev -name '*.lock' -path '*venv*' 2>/dev/null; true";

describe.skipIf(engine === undefined)("the reference fleet's CPU tier", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);

  beforeAll(() => fleet.releaseAll("--tier", "cpu"), 600_000);
  afterAll(() => fleet.cleanUp());

  it("is released whole, but for what its record names", () => {
    const names = fleet.release.images.map(({ name }) => name);
    const missing = fleet.release.unavailable.filter(({ cause }) => cause !== "choice");
    const expected = [...CONTENTS.map(([name]) => name), ...SERVICES.map(({ name }) => name)];
    expect([...names, ...missing.map(({ name }) => name)]).toEqual(expect.arrayContaining(expected));
    // Both or none, and with the reason.
    expect([[], ON_PYTHON_310]).toContainEqual(missing.map(({ name }) => name));
    for (const { why } of missing) expect(why).toContain("no complete CPython 3.10 was found on this host");
  });

  /** True where the release says that it cannot be had here; the test above has seen to the reason. */
  const isUnavailable = (name: string): boolean =>
    fleet.release.unavailable.some((each) => each.name === name && ON_PYTHON_310.includes(name));

  it("has nothing to do the second time", async () => {
    const text = await fleet.lapstrake("release", "--tier", "cpu", "--allow-dirty", "--json");
    expect(JSON.parse(text)).toMatchObject({ state: "unchanged", release: { tag: fleet.release.tag } });
  });

  it.each(CONTENTS)("%s holds what the guide says, as appuser under tini", async (name, script) => {
    if (isUnavailable(name)) return;
    const text = await fleet.output(name, `id -u; id -g; cat /proc/1/comm; echo "$LANG"; { ${script}; } >&2`);
    expect(text.split("\n").slice(0, 4)).toEqual(["10001", "10001", "tini", "C.UTF-8"]);
  });

  it("notices content that is missing (canary)", async () => {
    await expect(fleet.output("base-python", "python -c 'import numpy'")).rejects.toThrow("No module named");
  });

  it.each(CONTENTS)("%s keeps no caches, lists or logs", async (name) => {
    if (isUnavailable(name)) return;
    expect(await fleet.output(name, LEFTOVERS)).toBe("");
  });

  it.each(SERVICES)(
    "$name answers /health exactly on both ports, and stops on SIGTERM",
    async ({ name, ports }) => {
      if (isUnavailable(name)) return;
      const { health, stopSeconds } = await fleet.probe(name, ports);
      expect(health).toEqual([HEALTHY, HEALTHY]);
      expect(stopSeconds).toBeLessThan(2);
    },
  );

  it.each(SERVICES)("$name carries the profile of $machine", async ({ name, machine, threads }) => {
    if (isUnavailable(name)) return;
    const profile: unknown = JSON.parse(await fleet.output(name, "cat /etc/machine-profile.json"));
    expect(profile).toMatchObject({ machine, OMP_NUM_THREADS: threads });
  });

  it("says where it comes from in labels and annotations", async () => {
    const registry = createHttpRegistry({});
    const ref = fleet.refOf("base-utils");
    const base = fleet.refOf("base-python");
    const stored = await registry.readManifest(ref);
    if (stored?.content.kind !== "manifest") throw new Error("expected a manifest");
    const { manifest } = stored.content;
    const { config } = await readConfig(registry, ref, manifest.config);
    for (const facts of [manifest.annotations, config.Labels]) {
      expect(facts).toMatchObject({
        "org.opencontainers.image.base.name": base.repository,
        "org.opencontainers.image.base.digest": base.digest,
        "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}$/),
      });
    }
    expect(config.Entrypoint).toEqual(["/usr/bin/tini", "--"]);
    registry.close();
  });
});
