import { afterEach, beforeEach, expect, test } from "vitest";
import { nextLink } from "../../src/edge/registry/http/paging.ts";
import {
  type MemoryRegistryOptions,
  type MemoryRegistryServer,
  startMemoryRegistry,
} from "../kit/memory-registry.ts";
import { on, replies } from "../kit/memory-registry-faults.ts";
import { json } from "../kit/memory-registry-store.ts";
import { client, codeOf, configJson, manifestOf } from "./kit.ts";

const servers: MemoryRegistryServer[] = [];
beforeEach(() => void servers.splice(0));
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function serverWith(tags: number, options: MemoryRegistryOptions = {}): Promise<MemoryRegistryServer> {
  const server = await startMemoryRegistry(options);
  servers.push(server);
  const config = configJson();
  server.putBlob("app", config);
  for (let n = 0; n < tags; n++) server.putManifest("app", `t${n}`, manifestOf(config));
  return server;
}

const LIST = on("GET", "/tags/list");

test.each([
  ["relative links", { pageSize: 7, linkStyle: "relative" }],
  ["absolute links", { pageSize: 7, linkStyle: "absolute" }],
  ["links, by age", { pageSize: 7, tagOrder: "pushed" }],
  ["one page", {}],
] as const)("all tags come: %s", async (_, options) => {
  const server = await serverWith(50, options);
  const tags = await client().registry.listTags({ host: server.host, repository: "app" });
  expect(new Set(tags)).toEqual(new Set(Array.from({ length: 50 }, (_, n) => `t${n}`)));
  expect(tags).toHaveLength(50);
});

test("a server that pages by `last` and says no Link", async () => {
  const server = await serverWith(2500, { linkStyle: "none" });
  const tags = await client().registry.listTags({ host: server.host, repository: "app" });
  expect(tags).toHaveLength(2500);
  expect(server.asked).toHaveLength(3);
});

test("a server that ignores n and last repeats itself once, and no more", async () => {
  const server = await serverWith(0);
  const tags = Array.from({ length: 1000 }, (_, n) => `t${n}`);
  server.fault(replies({ when: LIST }, json(200, { name: "app", tags })));
  expect(await client().registry.listTags({ host: server.host, repository: "app" })).toEqual(tags);
  expect(server.asked).toHaveLength(2);
});

test("null is no tag; what is no tag is left out; twice is once", async () => {
  const server = await serverWith(0);
  const at = { host: server.host, repository: "app" };
  server.fault(replies({ when: LIST, times: 1 }, json(200, { name: "app", tags: null })));
  expect(await client().registry.listTags(at)).toEqual([]);
  server.fault(replies({ when: LIST, times: 1 }, json(200, { tags: ["a", "a", "no tag", 7, "b"] })));
  expect(await client().registry.listTags(at)).toEqual(["a", "b"]);
});

test.each([
  ["itself", (at: URL) => at.pathname + at.search],
  ["a ping-pong", (at: URL) => `${at.pathname}?n=${at.searchParams.get("n") === "1" ? "2" : "1"}`],
])("a Link to %s ends", async (_, next) => {
  const server = await serverWith(5);
  server.fault({
    when: LIST,
    change: (reply, asked) => ({
      ...reply,
      headers: { ...reply.headers, link: `<${next(asked.url)}>; rel="next"` },
    }),
  });
  expect(await codeOf(client().registry.listTags({ host: server.host, repository: "app" }))).toBe(
    "REGISTRY_PROTOCOL",
  );
  expect(server.asked.length).toBeLessThan(5);
});

test("a list that goes on for ever ends", async () => {
  const server = await serverWith(5);
  let page = 0;
  server.fault({
    when: LIST,
    change: (reply) => {
      const link = `</v2/app/tags/list?n=1&last=x${page++}>; rel="next"`;
      return { ...reply, headers: { ...reply.headers, link } };
    },
  });
  expect(await codeOf(client().registry.listTags({ host: server.host, repository: "app" }))).toBe(
    "REGISTRY_PROTOCOL",
  );
  expect(page).toBe(2000);
}, 60_000);

test("a Link to another host is not followed; one to the same name by http or another port stays on the origin", async () => {
  const server = await serverWith(5);
  const at = { host: server.host, repository: "app" };
  const link = (target: string) => ({
    when: LIST,
    times: 1,
    change: (reply: { status: number; headers: Readonly<Record<string, string>>; body: Buffer }) => ({
      ...reply,
      headers: { ...reply.headers, link: `<${target}>; rel="next"` },
    }),
  });
  server.fault(link("https://other.test/v2/app/tags/list?last=t4"));
  expect(await codeOf(client().registry.listTags(at))).toBe("REGISTRY_PROTOCOL");
  server.fault(link("http://127.0.0.1:9/v2/app/tags/list?last=t4"));
  expect(await client().registry.listTags(at)).toHaveLength(5);
});

test.each([
  ['</v2/a?n=1>; rel="next"', "/v2/a?n=1"],
  ["</v2/a>; rel=next", "/v2/a"],
  ['</p>; rel="prev", </n>; rel="next"', "/n"],
  ['</p>; title="x"; rel="last next"', "/p"],
  ['</p>; rel="nextish"', undefined],
  ["nothing", undefined],
  [undefined, undefined],
])("Link: %s", (header, expected) => {
  expect(nextLink(header)).toBe(expected);
});
