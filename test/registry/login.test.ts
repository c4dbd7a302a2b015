import { afterEach, expect, test } from "vitest";
import { Secret } from "../../src/core/base/secret.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import type { Credential, CredentialSource } from "../../src/edge/registry/credentials/credential.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { type AuthOptions } from "../kit/memory-registry-auth.ts";
import { header, on, redirects, replies, status } from "../kit/memory-registry-faults.ts";
import { json } from "../kit/memory-registry-store.ts";
import { blobOf, client, codeOf, collect, configJson, manifestOf, noise } from "./kit.ts";

const servers: MemoryRegistryServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverWith(auth: AuthOptions): Promise<MemoryRegistryServer> {
  const server = await startMemoryRegistry({ auth });
  const config = configJson();
  server.putBlob("app", config);
  server.putManifest("app", "v1", manifestOf(config));
  servers.push(server);
  return server;
}

interface Asking extends CredentialSource {
  readonly hosts: string[];
}

function login(credential: Credential | undefined): Asking {
  const hosts: string[] = [];
  return {
    hosts,
    find: (host) => {
      hosts.push(host);
      return Promise.resolve(credential === undefined ? undefined : { credential, source: "test" });
    },
  };
}

const JOE: Credential = { kind: "password", user: "joe", password: new Secret("pa:ss") };
const BEARER: AuthOptions = { kind: "bearer", user: "joe", password: "pa:ss" };

function authorizations(server: MemoryRegistryServer): (string | undefined)[] {
  return server.asked.map((asked) => asked.headers["authorization"] as string | undefined);
}

test("an open registry: no login is looked for, one request per question", async () => {
  const server = await serverWith({ kind: "none" });
  const credentials = login(JOE);
  const { registry } = client({ credentials });
  await registry.resolve({ host: server.host, repository: "app", tag: "v1" });
  expect(server.kinds()).toEqual(["HEAD manifests"]);
  expect(authorizations(server)).toEqual([undefined]);
  expect(credentials.hosts).toEqual([]);
});

test("basic: asked once, sent at once afterwards, found by exact host", async () => {
  const server = await serverWith({ kind: "basic", user: "joe", password: "pa:ss" });
  const credentials = login(JOE);
  const { registry } = client({ credentials });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  expect(await registry.resolve(ref)).toBeDefined();
  expect(await registry.resolve(ref)).toBeDefined();
  const sent = `Basic ${Buffer.from("joe:pa:ss").toString("base64")}`;
  expect(authorizations(server)).toEqual([undefined, sent, sent]);
  expect(credentials.hosts).toEqual([server.host]);
});

test("a wrong and a missing login are REGISTRY_UNAUTHORIZED with a hint, and no endless asking", async () => {
  for (const auth of [
    { kind: "basic", user: "joe", password: "other" },
    { ...BEARER, password: "other" },
  ] as const) {
    const server = await serverWith(auth);
    for (const credential of [JOE, undefined]) {
      const { registry } = client({ credentials: login(credential) });
      server.forget();
      const work = registry.resolve({ host: server.host, repository: "app", tag: "v1" });
      await expect(work).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED", hint: /docker login 127/ });
      expect(server.asked.length).toBeLessThanOrEqual(4);
    }
  }
});

test("bearer: one token per scope, kept until it expires, renewed before", async () => {
  const server = await serverWith({ ...BEARER, seconds: 300 });
  const { registry, time } = client({ credentials: login(JOE) });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  await Promise.all([registry.resolve(ref), registry.resolve(ref), registry.resolve(ref)]);
  await registry.resolve(ref);
  expect(server.kinds().filter((kind) => kind === "GET token")).toHaveLength(1);
  const asked = server.asked.find(({ url }) => url.pathname === "/token");
  expect(asked?.url.searchParams.getAll("scope")).toEqual(["repository:app:pull"]);
  expect(asked?.url.searchParams.get("service")).toBe("kit");
  time.now += 280_000;
  await registry.resolve(ref);
  expect(server.kinds().filter((kind) => kind === "GET token")).toHaveLength(2);
});

test("a token that says nothing of its life is used for less than a minute", async () => {
  const server = await serverWith({ ...BEARER, sayExpiry: false });
  const { registry, time } = client({ credentials: login(JOE) });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  await registry.resolve(ref);
  time.now += 50_000;
  await registry.resolve(ref);
  expect(server.kinds().filter((kind) => kind === "GET token")).toHaveLength(1);
  time.now += 10_000;
  await registry.resolve(ref);
  expect(server.kinds().filter((kind) => kind === "GET token")).toHaveLength(2);
});

test("a token that died early (revoked, their clock is ahead) is replaced within the same call", async () => {
  const server = await serverWith(BEARER);
  const { registry } = client({ credentials: login(JOE) });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  await registry.resolve(ref);
  server.auth.revoke();
  expect(await registry.resolve(ref)).toBeDefined();
  server.auth.skewMs = 3_600_000;
  expect(await codeOf(registry.resolve(ref))).toBe("REGISTRY_UNAUTHORIZED");
});

test("a token that expires in the middle of an upload: a new one is asked for, and the blob arrives", async () => {
  const server = await serverWith(BEARER);
  const { registry } = client({ credentials: login(JOE) });
  const bytes = noise(200_000);
  server.fault({
    when: on("POST", "/blobs/uploads"),
    times: 1,
    change: (reply) => {
      server.auth.revoke();
      return reply;
    },
  });
  await registry.putBlob({ host: server.host, repository: "app" }, blobOf(bytes));
  expect(server.store.repo("app").blobs.get(blobOf(bytes).digest)?.equals(bytes)).toBe(true);
});

test("anonymous pull with a token of its own; push without a login is refused", async () => {
  const server = await serverWith({ ...BEARER, anonymousPull: true });
  const { registry } = client();
  expect(await registry.resolve({ host: server.host, repository: "app", tag: "v1" })).toBeDefined();
  const put = registry.putBlob({ host: server.host, repository: "app" }, blobOf(noise(10)));
  expect(await codeOf(put)).toBe("REGISTRY_UNAUTHORIZED");
});

test("an identity token goes to the token service's POST form, and GET is tried where there is none", async () => {
  const identity: Credential = { kind: "identity", token: new Secret("refresh") };
  const server = await serverWith({ ...BEARER, identityToken: "refresh" });
  const { registry } = client({ credentials: login(identity) });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  expect(await registry.resolve(ref)).toBeDefined();
  expect(server.kinds()).toEqual(["HEAD manifests", "POST token", "HEAD manifests"]);
  expect(server.asked.every(({ url }) => !url.href.includes("refresh"))).toBe(true);
  const old = await serverWith({ ...BEARER, anonymousPull: true });
  const other = client({ credentials: login(identity) });
  expect(await other.registry.resolve({ ...ref, host: old.host })).toBeDefined();
  expect(old.kinds()).toEqual(["HEAD manifests", "POST token", "GET token", "HEAD manifests"]);
});

test("the mount's source is in the scope", async () => {
  const server = await serverWith(BEARER);
  const { registry } = client({ credentials: login(JOE) });
  const bytes = noise(100);
  server.putBlob("base", bytes);
  await registry.putBlob({ host: server.host, repository: "app" }, blobOf(bytes), { from: "base" });
  const scopes = server.asked
    .flatMap(({ url }) => [url.searchParams.getAll("scope")])
    .filter((all) => all.length === 2);
  expect(scopes).toEqual([["repository:app:pull,push", "repository:base:pull"]]);
});

test("a redirect to another origin never carries the login, nor does the storage's 401 ask for it", async () => {
  const server = await serverWith({ kind: "basic", user: "joe", password: "pa:ss" });
  const storage = await startMemoryRegistry();
  servers.push(storage);
  const bytes = noise(1000);
  const digest = server.putBlob("app", bytes);
  storage.putBlob("app", bytes);
  const { registry } = client({ credentials: login(JOE) });
  const at = { host: server.host, repository: "app" };
  await registry.resolve({ ...at, tag: "v1" });
  const blob = { mediaType: MediaType.ociLayerGzip, digest: blobOf(bytes).digest, size: bytes.length };
  server.fault(
    redirects({ when: on("GET", digest) }, (asked) => `http://${storage.host}${asked.url.pathname}`),
  );
  expect((await collect(registry.readBlob(at, blob))).equals(bytes)).toBe(true);
  expect(authorizations(storage)).toEqual([undefined]);
  // The canary: the registry itself did get it.
  expect(authorizations(server).at(-1)).toMatch(/^Basic /);
  storage.fault({
    ...replies({ when: on("GET", digest) }, json(401, {})),
    change: (reply) => ({
      ...reply,
      headers: { ...reply.headers, "www-authenticate": 'Basic realm="steal"' },
    }),
  });
  expect(await codeOf(collect(registry.readBlob(at, blob)))).toBe("REGISTRY_UNAUTHORIZED");
  expect(authorizations(storage)).toEqual([undefined, undefined]);
});

test.each([
  ["http://example.test/token", "REGISTRY_INSECURE"],
  ["http://169.254.169.254/latest", "REGISTRY_INSECURE"],
  ["ftp://127.0.0.1/token", "REGISTRY_PROTOCOL"],
  ["https://user:pass@127.0.0.1/token", "REGISTRY_PROTOCOL"],
  ["nonsense", "REGISTRY_PROTOCOL"],
])("a token service at %s is not asked", async (realm, code) => {
  const server = await serverWith(BEARER);
  server.fault({
    ...header({ when: on("HEAD", "/") }, "www-authenticate", `Bearer realm="${realm}"`),
  });
  const { registry } = client({ credentials: login(JOE) });
  expect(await codeOf(registry.resolve({ host: server.host, repository: "app", tag: "v1" }))).toBe(code);
});

test.each([
  ["no JSON", { status: 200, headers: {}, body: Buffer.from("<html>login</html>") }, "REGISTRY_PROTOCOL"],
  ["no token in it", json(200, { expires_in: 60 }), "REGISTRY_PROTOCOL"],
  ["a token with a line break", json(200, { token: "a\r\nx-evil: 1" }), "REGISTRY_PROTOCOL"],
  ["10 MB of it", json(200, { token: "a".repeat(10_000_000) }), "REGISTRY_TOO_LARGE"],
  ["403", json(403, {}), "REGISTRY_DENIED"],
])("a token service that answers with %s", async (_, reply, code) => {
  const server = await serverWith(BEARER);
  server.fault(replies({ when: on("GET", "/token") }, reply));
  const { registry } = client({ credentials: login(JOE) });
  expect(await codeOf(registry.resolve({ host: server.host, repository: "app", tag: "v1" }))).toBe(code);
});

test("429 at the token service is waited for, too", async () => {
  const server = await serverWith(BEARER);
  server.fault(status({ when: on("GET", "/token"), times: 1 }, 429, { "retry-after": "7" }));
  const { registry, time } = client({ credentials: login(JOE) });
  expect(await registry.resolve({ host: server.host, repository: "app", tag: "v1" })).toBeDefined();
  expect(time.slept).toEqual([7000]);
});

test("no error says the password, the token or the login header", async () => {
  const server = await serverWith({ ...BEARER, password: "other" });
  const { registry } = client({ credentials: login(JOE) });
  const error = await registry
    .resolve({ host: server.host, repository: "app", tag: "v1" })
    .catch((thrown) => thrown);
  const shown = `${JSON.stringify(error)} ${String(error.stack)} ${String(error.message)}`;
  expect(shown).not.toContain("pa:ss");
  expect(shown).not.toContain(Buffer.from("joe:pa:ss").toString("base64"));
});
