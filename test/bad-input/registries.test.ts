import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fault, type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import * as faults from "../kit/memory-registry-faults.ts";
import { on } from "../kit/memory-registry-faults.ts";
import { expectKnown } from "./expect-known.ts";
import { blueprintOf, commitAll, type DiskFleet, diskFleet } from "./on-disk.ts";

const COMMANDS = ["plan", "build", "release", "status", "why base"];

function fleetAt(host: string): DiskFleet {
  const fleet = diskFleet({
    "lapstrake.yaml": blueprintOf(["base"], `${host}/bad`),
    "base/Dockerfile": "FROM scratch\nCOPY x /\n",
    "base/x": "x",
  });
  commitAll(fleet);
  return fleet;
}

describe("a registry that cannot be reached exits 3", () => {
  it.each(COMMANDS)("%s: nobody listens there", async (command) => {
    const { err } = await expectKnown(fleetAt("127.0.0.1:1"), command.split(" "), {
      exit: 3,
      code: "REGISTRY_UNREACHABLE",
    });
    expect(err).toContain("127.0.0.1:1");
  });

  it("takes the connection and goes", async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const { err } = await expectKnown(fleetAt(`127.0.0.1:${port}`), ["plan"], {
      exit: 3,
      code: "REGISTRY_UNREACHABLE",
    });
    expect(err).toContain(`127.0.0.1:${port}`);
    server.close();
  });

  it("speaks another language", async () => {
    const server = createServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const { problems } = await expectKnown(fleetAt(`127.0.0.1:${port}`), ["plan"], {
      exit: 3,
      code: "REGISTRY_PROTOCOL",
    });
    expect(problems).toHaveLength(1);
    server.close();
  });
});

describe("a registry that is there", () => {
  let server: MemoryRegistryServer;
  beforeEach(async () => {
    server = await startMemoryRegistry();
  });
  afterEach(() => server.close());

  const every = { when: on("*", "/v2/") };
  const html = {
    status: 200,
    headers: { "content-type": "text/html" },
    body: Buffer.from("<html>login</html>"),
  };
  it.each<[string, Fault, string]>([
    ["is broken", faults.status(every, 500), "REGISTRY_UNAVAILABLE"],
    ["is too busy", faults.status(every, 429, { "retry-after": "86400" }), "REGISTRY_RATE_LIMITED"],
    ["has never heard of manifests", faults.status(every, 405), "REGISTRY_UNSUPPORTED"],
    ["is a login page", faults.replies(every, html), "REGISTRY_PROTOCOL"],
    ["leads in circles", faults.redirects(every, ({ url }) => url.pathname), "REGISTRY_PROTOCOL"],
    ["says yes without a manifest", lies("HEAD", ""), "REGISTRY_PROTOCOL"],
    ["names nonsense as the digest", lies("GET", "{}", "sha256:nonsense"), "REGISTRY_PROTOCOL"],
  ])("%s", async (_, fault, code) => {
    const fleet = fleetAt(server.host);
    server.fault(fault);
    const { err } = await expectKnown(fleet, ["plan"], { exit: 3, code });
    expect(err).toContain(server.host);
  });

  it("that gives another manifest than it names gets no release", async () => {
    const fleet = fleetAt(server.host);
    // The plan only asks what stands; a release reads what it puts tags on.
    server.fault(lies("GET", "{}", `sha256:${"0".repeat(64)}`));
    server.fault(lies("GET", "{}", `sha256:${"0".repeat(64)}`, "/manifests/sha256:"));
    const { err } = await expectKnown(fleet, ["release"], { exit: 3, code: "REGISTRY_DIGEST_MISMATCH" });
    expect(err).toContain(server.host);
    expect([...server.store.repo("bad/base").tags.keys()]).toEqual([]);
    expect((await fleet.call(["ledger", "show", "--json"])).out).toContain('"entries": []');
  });

  /** Every content name stands, if one believes it. */
  function lies(method: string, body: string, digest?: string, path = "/manifests/in-"): Fault {
    const type = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
    const named = digest === undefined ? {} : { "docker-content-digest": digest };
    return faults.replies(
      { when: on("*", path) },
      { status: 200, headers: { ...type, ...named }, body: Buffer.from(method === "HEAD" ? "" : body) },
    );
  }
});

describe("a login", () => {
  const auth = { kind: "bearer", user: "u", password: "p" } as const;
  it.each(COMMANDS)("%s: none", async (command) => {
    const server = await startMemoryRegistry({ auth });
    const { err } = await expectKnown(fleetAt(server.host), command.split(" "), {
      exit: 3,
      code: "REGISTRY_UNAUTHORIZED",
    });
    expect(err).toMatch(/hint: .*docker login/);
    await server.close();
  });

  it("that expired", async () => {
    const server = await startMemoryRegistry({ auth });
    const fleet = fleetAt(server.host);
    fleet.writeState({
      "docker/config.json": JSON.stringify({
        auths: { [server.host]: { auth: Buffer.from("u:old").toString("base64") } },
      }),
    });
    const { err } = await expectKnown(fleet, ["plan"], { exit: 3, code: "REGISTRY_UNAUTHORIZED" });
    expect(err).toContain(server.host);
    expect(err).not.toContain("old");
    await server.close();
  });

  it("that may not do this", async () => {
    const server = await startMemoryRegistry();
    server.fault(faults.status({ when: on("*", "/manifests/") }, 403));
    const { err } = await expectKnown(fleetAt(server.host), ["plan"], { exit: 3, code: "REGISTRY_DENIED" });
    expect(err).toMatch(/hint: /);
    await server.close();
  });

  it("whose file is no JSON", async () => {
    const server = await startMemoryRegistry({ auth });
    const fleet = fleetAt(server.host);
    fleet.writeState({ "docker/config.json": '{"auths": {' });
    const { err } = await expectKnown(fleet, ["plan"], { exit: 3, code: "REGISTRY_CREDENTIALS" });
    expect(err).toContain("config.json");
    await server.close();
  });

  it("whose helper is not there", async () => {
    const server = await startMemoryRegistry({ auth });
    const fleet = fleetAt(server.host);
    fleet.writeState({ "docker/config.json": JSON.stringify({ credsStore: "nowhere" }) });
    const { err } = await expectKnown(fleet, ["plan"], { exit: 3, code: "REGISTRY_CREDENTIALS" });
    expect(err).toContain("docker-credential-nowhere");
    await server.close();
  });
});
