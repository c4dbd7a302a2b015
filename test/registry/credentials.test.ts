import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDockerCredentials } from "../../src/edge/registry/credentials/docker-credentials.ts";
import { createScriptedRunner, type ScriptedReply } from "../kit/scripted-runner.ts";
import { codeOf } from "./kit.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapstrake-login-"));
});
afterEach(() => rm(folder, { recursive: true }));

const NONE = { exitCode: 1, stdout: "credentials not found in native keychain\n" };
const encoded = (text: string): string => Buffer.from(text).toString("base64");

interface Given {
  readonly config?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly helpers?: Readonly<Record<string, ScriptedReply>>;
}

async function source({ config, env = {}, helpers = {} }: Given) {
  if (config !== undefined) {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    await writeFile(join(folder, "config.json"), text);
  }
  const runner = createScriptedRunner(
    Object.entries(helpers).map(([name, reply]) => ({ when: [`docker-credential-${name}`, "get"], reply })),
  );
  const credentials = createDockerCredentials({
    env: { DOCKER_CONFIG: folder, ...env },
    home: "/nowhere",
    runner,
  });
  return { credentials, runner };
}

async function passwordOf(given: Given, host: string): Promise<string | undefined> {
  const found = await (await source(given)).credentials.find(host);
  if (found === undefined) return undefined;
  const { credential } = found;
  const secret = credential.kind === "password" ? credential.password : credential.token;
  const user = credential.kind === "password" ? `${credential.user}:` : `${credential.kind}:`;
  return `${user}${secret.reveal()}`;
}

describe("stored logins", () => {
  test("by exact host, however the key is written", async () => {
    const auths = {
      "ghcr.io": { auth: encoded("joe:a:b") },
      "https://registry.test:5000/v2/": { username: "ann", password: "x" },
      "https://index.docker.io/v1/": { auth: encoded("hub:y") },
      "quay.test/team": { auth: encoded("team:z") },
      "identity.test": { auth: encoded("u:p"), identitytoken: "refresh" },
      "bearer.test": { registrytoken: "ready" },
      "empty.test": {},
    };
    const at = (host: string) => passwordOf({ config: { auths } }, host);
    expect(await at("ghcr.io")).toBe("joe:a:b");
    expect(await at("registry.test:5000")).toBe("ann:x");
    expect(await at("docker.io")).toBe("hub:y");
    expect(await at("identity.test")).toBe("identity:refresh");
    expect(await at("bearer.test")).toBe("bearer:ready");
    // Not for the host: of one namespace only, empty, another port, a name that holds it.
    for (const host of [
      "quay.test",
      "empty.test",
      "registry.test",
      "registry.test:5001",
      "evil-ghcr.io",
      "ghcr.io.test",
    ]) {
      expect([host, await at(host)]).toEqual([host, undefined]);
    }
  });

  test("no file is no login; a file that is no JSON is an error that does not show it", async () => {
    expect(await passwordOf({}, "ghcr.io")).toBeUndefined();
    const { credentials } = await source({ config: '{"auths": {"ghcr.io": {"auth": "c2VjcmV0' });
    expect(await codeOf(credentials.find("ghcr.io"))).toBe("REGISTRY_CREDENTIALS");
    const { problem } = await credentials.describe("ghcr.io");
    expect(problem).toContain("config.json");
    expect(problem).not.toContain("c2VjcmV0");
  });

  test.each([
    [[]],
    [null],
    [7],
    [{ auths: [] }],
    [{ auths: { "ghcr.io": 7 }, credHelpers: null, credsStore: 7 }],
  ])("%j is no login", async (config) => {
    expect(await passwordOf({ config: JSON.stringify(config) }, "ghcr.io")).toBeUndefined();
  });

  test("DOCKER_AUTH_CONFIG goes before the file", async () => {
    const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "ghcr.io": { auth: encoded("env:1") } } }) };
    expect(
      await passwordOf({ env, config: { auths: { "ghcr.io": { auth: encoded("file:2") } } } }, "ghcr.io"),
    ).toBe("env:1");
  });
});

describe("GH_TOKEN", () => {
  test("for ghcr.io alone, with GH_USERNAME or any name", async () => {
    const env = { GH_TOKEN: "tok" };
    expect(await passwordOf({ env }, "ghcr.io")).toBe("token:tok");
    expect(await passwordOf({ env: { ...env, GH_USERNAME: "joe" } }, "ghcr.io")).toBe("joe:tok");
    expect(await passwordOf({ env }, "docker.io")).toBeUndefined();
    expect(await passwordOf({ env }, "ghcr.io:443")).toBeUndefined();
    expect(await passwordOf({ env: { GH_TOKEN: "" } }, "ghcr.io")).toBeUndefined();
  });
});

describe("credential helpers", () => {
  const answer = (user: string, secret: string) => ({
    stdout: JSON.stringify({ ServerURL: "x", Username: user, Secret: secret }),
  });

  test("the host's own, then the general one, then the file; each that knows nothing is passed over", async () => {
    const config = {
      credHelpers: { "ghcr.io": "own" },
      credsStore: "all",
      auths: { "ghcr.io": { auth: encoded("file:3") } },
    };
    expect(
      await passwordOf({ config, helpers: { own: answer("a", "1"), all: answer("b", "2") } }, "ghcr.io"),
    ).toBe("a:1");
    expect(await passwordOf({ config, helpers: { own: NONE, all: answer("b", "2") } }, "ghcr.io")).toBe(
      "b:2",
    );
    expect(await passwordOf({ config, helpers: { own: NONE, all: NONE } }, "ghcr.io")).toBe("file:3");
    expect(await passwordOf({ config, helpers: { own: NONE, all: answer("c", "4") } }, "other.test")).toBe(
      "c:4",
    );
  });

  test("it is asked by the host on stdin; Docker Hub by its old name", async () => {
    const { credentials, runner } = await source({ config: { credsStore: "all" }, helpers: { all: NONE } });
    await credentials.find("ghcr.io");
    await credentials.find("docker.io");
    expect(runner.calls.map(({ argv, stdin }) => [...argv, stdin])).toEqual([
      ["docker-credential-all", "get", "ghcr.io"],
      ["docker-credential-all", "get", "https://index.docker.io/v1/"],
    ]);
    expect(runner.calls.every(({ timeout }) => timeout !== undefined)).toBe(true);
  });

  test("the user <token> means an identity token; an empty secret means none", async () => {
    const config = { credsStore: "all" };
    expect(await passwordOf({ config, helpers: { all: answer("<token>", "r") } }, "ghcr.io")).toBe(
      "identity:r",
    );
    expect(await passwordOf({ config, helpers: { all: answer("", "") } }, "ghcr.io")).toBeUndefined();
  });

  test.each<[string, ScriptedReply]>([
    ["hangs", { outcome: "timed-out", exitCode: undefined }],
    ["is missing", { outcome: "not-found", exitCode: undefined }],
    ["crashes", { exitCode: 2, stderr: "s3cret" }],
    ["prints garbage", { stdout: "s3cret" }],
    ["exits 0 with an error text", { stdout: "credentials not found in native keychain" }],
    ["prints the wrong JSON", { stdout: '["s3cret"]' }],
  ])(
    "one that %s is an error, which shows nothing of it, unless the file has the login",
    async (_, reply) => {
      const helpers = { all: reply };
      const { credentials } = await source({ config: { credsStore: "all" }, helpers });
      expect(await codeOf(credentials.find("ghcr.io"))).toBe("REGISTRY_CREDENTIALS");
      const described = await credentials.describe("ghcr.io");
      expect(described.problem).toContain("docker-credential-all");
      expect(JSON.stringify(described)).not.toContain("s3cret");
      const config = { credsStore: "all", auths: { "ghcr.io": { auth: encoded("file:3") } } };
      expect(await passwordOf({ config, helpers }, "ghcr.io")).toBe("file:3");
    },
  );

  test.each(["../evil", "a b", "-x", "a/b"])("the name %s starts nothing", async (name) => {
    const { credentials, runner } = await source({ config: { credsStore: name } });
    expect(await codeOf(credentials.find("ghcr.io"))).toBe("REGISTRY_CREDENTIALS");
    expect(runner.calls).toEqual([]);
  });
});

test("describe says which source serves a host, and no secret", async () => {
  const config = { credHelpers: { "a.test": "own" }, auths: { "b.test": { auth: encoded("joe:s3cret") } } };
  const helpers = { own: { stdout: JSON.stringify({ Username: "ann", Secret: "s3cret" }) } };
  const { credentials } = await source({ config, helpers, env: { GH_TOKEN: "s3cret" } });
  const all = await Promise.all(
    ["a.test", "b.test", "ghcr.io", "c.test"].map((host) => credentials.describe(host)),
  );
  expect(all.map(({ host, source, user }) => [host, source, user])).toEqual([
    ["a.test", "docker-credential-own", "ann"],
    ["b.test", `auths of ${join(folder, "config.json")}`, "joe"],
    ["ghcr.io", "GH_TOKEN", "token"],
    ["c.test", undefined, undefined],
  ]);
  expect(inspect(all)).not.toContain("s3cret");
  expect(inspect(await credentials.find("b.test"), { depth: 9 })).not.toContain("s3cret");
});
