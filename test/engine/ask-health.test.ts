import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { askHealth } from "../../src/edge/engine/ask-health.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(answer: RequestListener): Promise<string> {
  const made = createServer(answer);
  server = made;
  await new Promise<void>((done) => made.listen(0, "127.0.0.1", done));
  // Listening on a port gives an address of this kind.
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/health`;
}

describe("askHealth", () => {
  test("gives status and body as they are", async () => {
    const url = await serve((_, response) => response.writeHead(503).end('{"status":"ok"}'));
    expect(await askHealth(url)).toEqual({ status: 503, body: '{"status":"ok"}' });
  });

  test("does not follow a redirect: that would ask somebody else", async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: "/other" }).end());
    expect(await askHealth(url)).toEqual({ status: 302, body: "" });
  });

  test("takes at most 64 KiB of a body without end", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    expect((await askHealth(url)).body).toHaveLength(65_536);
  });

  test("says that nobody answers", async () => {
    const url = await serve(() => {});
    server?.close();
    server?.closeAllConnections();
    await expect(askHealth(url)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE", exit: 3 });
  });

  test("gives up on who takes the call and says nothing", async () => {
    const url = await serve(() => {});
    await expect(askHealth(url)).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  }, 15_000);

  test("ends with the run", async () => {
    const url = await serve(() => {});
    const kill = new AbortController();
    const asked = askHealth(url, { signal: kill.signal });
    kill.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });
});
