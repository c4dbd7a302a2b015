import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/base/secret.ts";
import { readTokenScopes } from "../../src/edge/registry/github/token-scopes.ts";
import { endpointOf } from "../../src/edge/registry/http/endpoint.ts";
import { readServerTime } from "../../src/edge/registry/http/server-time.ts";
import { createTransport } from "../../src/edge/registry/http/transport.ts";
import { readDiskSpace } from "../../src/edge/tree/disk.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const transport = createTransport({
  proxy: {},
  authorities: () => Promise.resolve([]),
  timeouts: { connectMs: 2000, headersMs: 300, idleMs: 300 },
});
const token = new Secret("gh-secret");

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // listen() on TCP gives an AddressInfo.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the scopes of a token, as GitHub tells them", () => {
  async function ask(answer: RequestListener) {
    return readTokenScopes({ transport, token, api: `http://${await serve(answer)}/` });
  }

  it("of a classic token: the header, split; the token goes as a bearer to /user", async () => {
    const seen: unknown[] = [];
    const told = await ask((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.setHeader("x-oauth-scopes", "repo, read:packages,write:packages").end('{"login":"some-one"}');
    });
    expect(told).toEqual({
      kind: "classic",
      user: "some-one",
      scopes: ["repo", "read:packages", "write:packages"],
    });
    expect(seen).toEqual(["/user", "Bearer gh-secret"]);
  });

  it("of one without any: an empty list, which is not the same as none told", async () => {
    const told = await ask((_request, response) => response.setHeader("x-oauth-scopes", "").end("{}"));
    expect(told).toEqual({ kind: "classic", user: undefined, scopes: [] });
  });

  it.each([200, 403])("of a token that has none to tell (status %d)", async (status) => {
    const told = await ask((_request, response) => response.writeHead(status).end("not even JSON"));
    expect(told).toEqual({ kind: "without-scopes", user: undefined });
  });

  it("of one that is not taken", async () => {
    const told = await ask((_request, response) => response.writeHead(401).end("{}"));
    expect(told).toEqual({ kind: "refused", status: 401 });
  });

  it.each([500, 302])("of nothing, where the server answers %d", async (status) => {
    const told = ask((_request, response) =>
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end(),
    );
    await expect(told).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  it("of nothing, where the server is silent or endless", async () => {
    await expect(ask(() => {})).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    const endless = ask((_request, response) => response.end("x".repeat(300_000)));
    await expect(endless).rejects.toMatchObject({ code: "REGISTRY_TOO_LARGE" });
  });

  it("is never sent in plain text over a network", async () => {
    const told = readTokenScopes({ transport, token, api: "http://192.0.2.1/" });
    await expect(told).rejects.toMatchObject({ code: "REGISTRY_INSECURE" });
  });
});

describe("a registry's clock", () => {
  async function ask(answer: RequestListener, clock = () => 5000) {
    return readServerTime({ transport, endpoint: endpointOf(await serve(answer), {}), clock });
  }

  it("is the Date of any answer, against ours in the middle of the exchange", async () => {
    let now = 0;
    const time = await ask(
      (_request, response) => response.writeHead(401, { date: "Thu, 01 Jan 1970 00:01:40 GMT" }).end(),
      () => (now += 1000),
    );
    expect(time).toMatchObject({ theirs: 100_000, ours: 1500 });
  });

  it.each(["soon", ""])("is not told by a Date of '%s'", async (date) => {
    expect(await ask((_request, response) => response.writeHead(200, { date }).end())).toBeUndefined();
  });

  it("is an error where nobody answers", async () => {
    const gone = readServerTime({ transport, endpoint: endpointOf("127.0.0.1:1", {}), clock: () => 0 });
    await expect(gone).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  });
});

describe("the disk under a folder", () => {
  it("has free space, and the same device for the same file system", async () => {
    const [space, again] = await Promise.all([readDiskSpace(tmpdir()), readDiskSpace(`${tmpdir()}/.`)]);
    expect(space?.freeBytes).toBeGreaterThan(0);
    expect(space?.totalBytes).toBeGreaterThanOrEqual(space?.freeBytes ?? 0);
    expect(space?.device).toBe(again?.device);
  });

  it("is undefined where there is no such folder", async () => {
    expect(await readDiskSpace("/nonexistent/folder")).toBeUndefined();
  });
});
