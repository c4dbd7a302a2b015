import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpRegistry, type HttpRegistry } from "../../src/edge/registry/http/client.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { conformance } from "./conformance.ts";

describe("over HTTP", () => {
  let server: MemoryRegistryServer;
  let registry: HttpRegistry;
  let count = 0;
  beforeAll(async () => {
    server = await startMemoryRegistry();
    registry = createHttpRegistry();
  });
  afterAll(async () => {
    registry.close();
    await server.close();
  });
  conformance(() => ({
    registry,
    fresh: () => ({ host: server.host, repository: `conformance/r${count++}` }),
  }));
  test("ping answers, and a closed port is unreachable", async () => {
    await registry.ping(server.host);
    await expect(registry.ping("127.0.0.1:1")).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      exit: 3,
    });
  });
});
