import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createPlain, type Server } from "node:http";
import { createServer as createSecure } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { authoritiesFromEnvironment } from "../../src/edge/registry/http/authorities.ts";
import { proxyFor, proxySettings } from "../../src/edge/registry/http/proxy.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { client, codeOf } from "./kit.ts";

const HOST = "registry.test";

function portOf(server: Server): number {
  // Listening on TCP gives an AddressInfo.
  return (server.address() as AddressInfo).port;
}

// A registry that speaks TLS under a name, reached through a proxy that leads every name to it.
describe("TLS through a proxy", () => {
  const seen: string[] = [];
  const asked: { url: string; authorization: string | undefined }[] = [];
  let certificate: Certificate;
  let registry: Server;
  let proxy: Server;
  let location: string | undefined;
  beforeAll(async () => {
    certificate = makeCertificate(HOST);
    registry = createSecure({ ...certificate }, (request, response) => {
      asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
      if (location !== undefined) return response.writeHead(307, { location }).end();
      const digest = digestOf("x");
      const type = MediaType.ociManifest;
      return response
        .writeHead(200, { "docker-content-digest": digest, "content-type": type, "content-length": "1" })
        .end();
    });
    proxy = createPlain((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
      response.writeHead(200).end("{}");
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? "-"}`);
      if (request.url?.startsWith("forbidden.test") === true) {
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const upstream = connect(portOf(registry), "127.0.0.1");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => undefined);
    });
    for (const server of [registry, proxy]) {
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    }
  });
  beforeEach(() => {
    location = undefined;
    seen.splice(0);
    asked.splice(0);
  });
  afterAll(() => {
    for (const server of [registry, proxy]) {
      server.closeAllConnections();
      server.close();
    }
  });
  const through = (options: { readonly trusted?: boolean; readonly user?: string } = {}) =>
    client({
      proxy: {
        https: `http://${options.user ?? ""}127.0.0.1:${portOf(proxy)}`,
        http: `http://127.0.0.1:${portOf(proxy)}`,
      },
      authorities: () => Promise.resolve(options.trusted === false ? [] : [certificate.cert]),
      insecure: ["plain.test"],
    }).registry;

  test("a given authority is trusted, and the tunnel is kept", async () => {
    const https = through({ user: "joe:pa%40ss@" });
    const ref = { host: HOST, repository: "app", tag: "v1" };
    expect((await https.resolve(ref))?.digest).toBe(digestOf("x"));
    expect((await https.resolve(ref))?.digest).toBe(digestOf("x"));
    expect(seen).toEqual([`CONNECT ${HOST}:443 Basic ${Buffer.from("joe:pa@ss").toString("base64")}`]);
    expect(asked).toHaveLength(2);
  });

  test("an unknown authority, and a certificate for another name, are REGISTRY_TLS", async () => {
    const ref = { host: HOST, repository: "app", tag: "v1" };
    expect(await codeOf(through({ trusted: false }).resolve(ref))).toBe("REGISTRY_TLS");
    expect(await codeOf(through().resolve({ ...ref, host: "other.test" }))).toBe("REGISTRY_TLS");
    expect(asked).toEqual([]);
  });

  test("TLS is never left by a redirect; http under the own name is read as https", async () => {
    const ref = { host: HOST, repository: "app", tag: "v1" };
    location = "http://other.test/x";
    expect(await codeOf(through().resolve(ref))).toBe("REGISTRY_INSECURE");
    location = "http://127.0.0.1:9/x";
    expect(await codeOf(through().resolve(ref))).toBe("REGISTRY_INSECURE");
    location = `http://${HOST}/v2/app/manifests/v1`;
    expect(await codeOf(through().resolve(ref))).toBe("REGISTRY_PROTOCOL");
    expect(seen.every((line) => line.startsWith("CONNECT"))).toBe(true);
  });

  test("a proxy that refuses, or is not there, is REGISTRY_UNREACHABLE", async () => {
    const ref = { host: "forbidden.test", repository: "app", tag: "v1" };
    expect(await codeOf(through().resolve(ref))).toBe("REGISTRY_UNREACHABLE");
    const { registry: nobody } = client({ proxy: { https: "http://127.0.0.1:1" } });
    expect(await codeOf(nobody.resolve(ref))).toBe("REGISTRY_UNREACHABLE");
  });

  test("plain HTTP goes through a proxy as a whole URL, loopback never", async () => {
    await through().ping("plain.test");
    expect(seen).toEqual(["GET http://plain.test/v2/ -"]);
    expect(await codeOf(through().ping("127.0.0.1:1"))).toBe("REGISTRY_UNREACHABLE");
    expect(seen).toHaveLength(1);
  });
});

test("SSL_CERT_FILE and NODE_EXTRA_CA_CERTS are read; one that is not there is said", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapstrake-ca-"));
  const path = join(folder, "ca.pem");
  await writeFile(path, "PEM");
  expect(await authoritiesFromEnvironment({ SSL_CERT_FILE: path, NODE_EXTRA_CA_CERTS: path })).toEqual([
    "PEM",
    "PEM",
  ]);
  expect(await authoritiesFromEnvironment({ SSL_CERT_FILE: "" })).toEqual([]);
  expect(await codeOf(authoritiesFromEnvironment({ SSL_CERT_FILE: join(folder, "none") }))).toBe(
    "REGISTRY_TLS",
  );
  await rm(folder, { recursive: true });
});

describe("which proxy", () => {
  test("lower case wins; each scheme has its own", () => {
    const settings = proxySettings({
      HTTPS_PROXY: "http://a:1",
      https_proxy: "http://b:2",
      HTTP_PROXY: "c:3",
      NO_PROXY: "x",
    });
    expect(settings).toEqual({ https: "http://b:2", http: "c:3", none: "x" });
    expect(proxyFor(new URL("https://ghcr.io/"), settings)?.url.host).toBe("b:2");
    expect(proxyFor(new URL("http://ghcr.io/"), settings)?.url.host).toBe("c:3");
  });

  test.each([
    ["ghcr.io", "ghcr.io", false],
    [".ghcr.io", "pkg.ghcr.io", false],
    ["ghcr.io", "pkg.ghcr.io", false],
    ["*.ghcr.io", "pkg.ghcr.io", false],
    ["hcr.io", "ghcr.io", true],
    ["*", "ghcr.io", false],
    ["a.test, ghcr.io:443", "ghcr.io", false],
    ["ghcr.io:8443", "ghcr.io", true],
    ["", "ghcr.io", true],
  ])("NO_PROXY=%s and %s: through the proxy is %s", (none, host, expected) => {
    expect(proxyFor(new URL(`https://${host}/`), { https: "http://p:1", none }) !== undefined).toBe(expected);
  });
});
