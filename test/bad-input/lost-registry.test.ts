import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startMemoryRegistry } from "../kit/memory-registry.ts";
import { expectNoInnards } from "./expect-known.ts";
import { diskFleet } from "./on-disk.ts";

it("a registry out of reach undoes no pin: the lock stays, and lock exits 3", async () => {
  const server = await startMemoryRegistry();
  const config = new TextEncoder().encode(
    '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}',
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const configType = "application/vnd.oci.image.config.v1+json";
  server.putManifest("py", "3", {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: configType, digest: server.putBlob("py", config), size: config.length },
    layers: [],
  });
  const fleet = diskFleet({
    "lapstrake.yaml": `version: 1\nfleet: bad\nregistry: ${server.host}/bad\nroots:\n  py: { image: "${server.host}/py:3" }\nimages:\n  a: { dockerfile: Dockerfile }\n`,
    Dockerfile: `FROM ${server.host}/py:3\n`,
  });
  const lock = (): string => readFileSync(join(fleet.folder, "lapstrake.lock"), "utf8");
  const first = await fleet.call(["lock"]);
  expect(first.exit, first.err).toBe(0);
  const pinned = lock();
  expect(pinned).toContain("digest: sha256:");
  await server.close();
  const second = await fleet.call(["lock"]);
  expectNoInnards(second);
  expect(second.exit, second.err).toBe(3);
  expect(second.out).toMatch(/^py keeps its pin: .*cannot be reached/m);
  expect(lock()).toBe(pinned);
  expect(JSON.parse((await fleet.call(["lock", "--json"])).out)).toMatchObject({
    wrote: false,
    kept: [{ root: "py" }],
  });
});
