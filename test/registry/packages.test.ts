import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { Secret } from "../../src/core/base/secret.ts";
import { createPackages } from "../../src/edge/registry/github/packages.ts";
import { createMemoryPageCache, type PageCache } from "../../src/edge/registry/github/page-cache.ts";
import { DEFAULT_TIMEOUTS } from "../../src/edge/registry/http/exchange.ts";
import { createTransport } from "../../src/edge/registry/http/transport.ts";
import { codeOf, fakeTime } from "./kit.ts";
import { type ScriptedGithub, startScriptedGithub, version } from "./scripted-packages.ts";

const open: ScriptedGithub[] = [];
afterEach(() => {
  for (const github of open.splice(0)) github.close();
});

async function github(count: number): Promise<ScriptedGithub> {
  const server = await startScriptedGithub(count);
  open.push(server);
  return server;
}

const time = fakeTime();
const transport = createTransport({ proxy: {}, authorities: async () => [], timeouts: DEFAULT_TIMEOUTS });
const listing = (api: string, cache: PageCache = createMemoryPageCache()) =>
  createPackages({ transport, login: async () => new Secret("classic"), api, cache, time });

describe("the packages of an owner", () => {
  it("are repositories in lower case, and the owner's kind is asked once", async () => {
    const { api, asked } = await github(0);
    const list = listing(api);
    expect(await list.listPackages("acme")).toEqual(["acme/web", "acme/deep/api"]);
    await list.listVersions("acme/web");
    expect(asked.filter((line) => line.endsWith("/users/acme"))).toHaveLength(1);
  });

  it("of a user stand elsewhere; an unknown owner and an unknown package have none", async () => {
    const { api } = await github(3);
    expect(await listing(api).listVersions("alice/web")).toHaveLength(3);
    expect(await listing(api).listVersions("nobody/web")).toBeUndefined();
    expect(await listing(api).listVersions("acme/other")).toBeUndefined();
  });

  it("of the login itself are asked for as its own: GitHub lists private ones to nobody else", async () => {
    const { api, asked } = await github(3);
    const list = listing(api);
    expect(await list.listVersions("me/web")).toHaveLength(3);
    expect(await list.listPackages("me")).toEqual(["me/web", "me/deep/api"]);
    expect(asked.filter((line) => line.includes("/packages")).every((line) => line.includes(" /user/"))).toBe(
      true,
    );
  });

  it("of a user are read with the token of a workflow too, which may not ask who it is", async () => {
    const server = await github(3);
    server.before = (request, response) => {
      if (request.url !== "/user") return false;
      response.writeHead(403).end("{}");
      return true;
    };
    expect(await listing(server.api).listVersions("alice/web")).toHaveLength(3);
  });

  it("are asked of no address that an owner's name makes up", async () => {
    const { api, asked } = await github(1);
    expect(await codeOf(listing(api).listVersions("../users/x"))).toBe("REGISTRY_REFUSED");
    expect(await codeOf(listing(api).listPackages("a?b"))).toBe("REGISTRY_REFUSED");
    expect(asked).toEqual([]);
  });
});

describe("the versions of a package", () => {
  it("have digest, tags and time; a name with slashes is one segment", async () => {
    const server = await github(0);
    server.script.versions = [version(7, ["v1", "stable"]), version(6)];
    expect(await listing(server.api).listVersions("acme/deep/api")).toEqual([
      { id: 7, digest: digestOf("version 7"), tags: ["v1", "stable"], created: Date.UTC(2026, 0, 1, 0, 7) },
      { id: 6, digest: digestOf("version 6"), tags: [], created: Date.UTC(2026, 0, 1, 0, 6) },
    ]);
  });

  it.each([
    [100, 1],
    [101, 2],
    [2345, 24],
  ])("%i come in %i pages of a hundred", async (count, pages) => {
    const { api, asked } = await github(count);
    const found = await listing(api).listVersions("acme/web");
    expect(found?.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, index) => count - index));
    expect(asked.filter((line) => line.startsWith("200 GET") && line.includes("/versions"))).toHaveLength(
      pages,
    );
  });

  it("cost nothing but a 304 a page where nothing changed", async () => {
    const { api, asked } = await github(250);
    const cache = createMemoryPageCache();
    const first = await listing(api, cache).listVersions("acme/web");
    asked.splice(0);
    expect(await listing(api, cache).listVersions("acme/web")).toEqual(first);
    expect(asked.filter((line) => line.includes("/versions")).every((line) => line.startsWith("304"))).toBe(
      true,
    );
    // The canary: something new is seen.
    const server = open.at(-1)!;
    server.script.versions = [version(900), ...server.script.versions];
    expect((await listing(api, cache).listVersions("acme/web"))?.[0]?.id).toBe(900);
  });

  it("are all there, also where one is deleted while the pages are read", async () => {
    const server = await github(450);
    let seen = 0;
    server.before = (request) => {
      // After the second page: everything behind it moves up by one, and one falls between two pages.
      if (request.url?.includes("page=") === true && ++seen === 3) server.script.versions.splice(120, 1);
      return false;
    };
    const found = await listing(server.api).listVersions("acme/web");
    expect(found?.map(({ id }) => id)).toEqual(server.script.versions.map(({ id }) => id));
  });

  it("are refused where they change without end, or are not understood", async () => {
    const server = await github(150);
    server.before = (request) => {
      if (request.url?.includes("page=") === true)
        server.script.versions.unshift(version(server.script.versions.length + 1));
      return false;
    };
    expect(await codeOf(listing(server.api).listVersions("acme/web"))).toBe("REGISTRY_PROTOCOL");
    server.before = () => false;
    server.script.versions = [{ ...version(1), name: "latest" }];
    expect(await codeOf(listing(server.api).listVersions("acme/web"))).toBe("REGISTRY_PROTOCOL");
  });

  it("end: a list of more pages than anybody has is not read", async () => {
    const server = await github(1);
    server.before = (request, response) => {
      if (request.url?.includes("page=") === true)
        response.setHeader("link", `<${server.api}x?page=999999>; rel="last"`);
      return false;
    };
    expect(await codeOf(listing(server.api).listVersions("acme/web"))).toBe("REGISTRY_TOO_LARGE");
    expect(server.asked.filter((line) => line.includes("/versions"))).toHaveLength(1);
  });
});

describe("what GitHub may answer", () => {
  const failing = async (status: number, headers: Readonly<Record<string, string>> = {}, times = 1) => {
    const server = await github(2);
    let left = times;
    server.before = (request, response) => {
      if (request.url?.includes("/versions") !== true || left-- <= 0) return false;
      response.writeHead(status, headers).end("{}");
      return true;
    };
    return server;
  };

  it.each([
    ["429 with Retry-After", 429, { "retry-after": "7" }, 7000],
    ["403 with Retry-After (the secondary limit)", 403, { "retry-after": "3" }, 3000],
    [
      "403 with the second of the reset",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "RESET" },
      20_000,
    ],
    ["503", 503, {}, 0],
  ])("%s: waited for, and asked again", async (_what, status, headers, atLeast) => {
    const at = String(Math.ceil(time.now / 1000) + 20);
    const sent = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, value === "RESET" ? at : value]),
    );
    const server = await failing(status, sent);
    const before = time.now;
    expect(await listing(server.api).listVersions("acme/web")).toHaveLength(2);
    expect(time.now - before).toBeGreaterThanOrEqual(atLeast);
  });

  it.each([
    [401, "REGISTRY_UNAUTHORIZED"],
    [403, "REGISTRY_DENIED"],
    [418, "REGISTRY_REFUSED"],
  ])("%i is final: %s", async (status, code) => {
    const server = await failing(status, {}, 99);
    expect(await codeOf(listing(server.api).listVersions("acme/web"))).toBe(code);
    expect(server.asked.filter((line) => line.includes("/versions"))).toHaveLength(1);
  });

  it("a wait of an hour is told, not waited for", async () => {
    const server = await failing(429, { "retry-after": "3600" }, 99);
    const before = time.now;
    expect(await codeOf(listing(server.api).listVersions("acme/web"))).toBe("REGISTRY_RATE_LIMITED");
    expect(time.now).toBe(before);
  });

  it("a page of HTML is no list, and the token goes to no other origin", async () => {
    const html = await failing(200, { "content-type": "text/html" });
    html.before = (request, response) => {
      if (request.url?.includes("/versions") === true) response.writeHead(200).end("<html>log in</html>");
      return request.url?.includes("/versions") === true;
    };
    expect(await codeOf(listing(html.api).listVersions("acme/web"))).toBe("REGISTRY_PROTOCOL");
    const [there, here] = [await github(1), await github(1)];
    here.before = (request, response) => {
      response.writeHead(302, { location: new URL(request.url ?? "", there.api).href }).end();
      return true;
    };
    await listing(here.api).listVersions("acme/web");
    expect([...here.logins]).toEqual(["Bearer classic"]);
    expect([...there.logins]).toEqual([undefined]);
  });

  it("the token is not sent in plain text over a network", async () => {
    expect(await codeOf(listing("http://api.example/").listVersions("acme/web"))).toBe("REGISTRY_INSECURE");
  });
});
