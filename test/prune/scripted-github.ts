import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../src/core/base/digest.ts";

export interface ScriptedVersion {
  readonly id: number;
  readonly name: string;
  readonly created_at: string;
  readonly metadata: {
    readonly package_type: "container";
    readonly container: { readonly tags: readonly string[] };
  };
}

export interface ScriptedGithub {
  /** As `api` of the client. */
  readonly api: string;
  /** `STATUS path` of each request, in order. */
  readonly asked: string[];
  /** What each request's Authorization was. */
  readonly logins: Set<string | undefined>;
  versions: ScriptedVersion[];
  /** Looked at before each request; true where it answered by itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): void;
}

export function version(id: number, tags: readonly string[] = []): ScriptedVersion {
  return {
    id,
    name: digestOf(`version ${id}`),
    created_at: new Date(Date.UTC(2026, 0, 1) + id * 60_000).toISOString(),
    metadata: { package_type: "container", container: { tags } },
  };
}

/** GitHub's REST API for the packages of the organisation `acme`: pages, links and ETags as documented. */
export async function startScriptedGithub(count: number): Promise<ScriptedGithub> {
  const server = createServer((request, response) => {
    github.logins.add(request.headers.authorization);
    response.on("finish", () => github.asked.push(`${response.statusCode} ${request.url}`));
    if (!github.before(request, response)) answer(request, response);
  });
  const github: ScriptedGithub = {
    api: "",
    asked: [],
    logins: new Set(),
    versions: Array.from({ length: count }, (_, index) => version(count - index)),
    before: () => false,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address of this kind.
  return Object.assign(github, { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "", "http://here");
    if (url.pathname === "/users/acme")
      return json(request, response, { login: "acme", type: "Organization" });
    if (url.pathname === "/users/alice") return json(request, response, { login: "alice", type: "User" });
    if (url.pathname === "/orgs/acme/packages")
      return json(request, response, [{ name: "web" }, { name: "Deep/api" }]);
    if (
      /^\/(?:orgs\/acme|users\/alice)\/packages\/container\/(?:web|deep%2Fapi)\/versions$/.test(url.pathname)
    ) {
      return list(request, response, url);
    }
    response.writeHead(404).end("{}");
  }

  function list(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const size = Number(url.searchParams.get("per_page"));
    const page = Number(url.searchParams.get("page"));
    const last = Math.ceil(github.versions.length / size);
    url.searchParams.set("page", String(last));
    if (page < last)
      response.setHeader(
        "link",
        `<${github.api}x?page=${page + 1}>; rel="next", <${github.api}x${url.search}>; rel="last"`,
      );
    json(request, response, github.versions.slice((page - 1) * size, page * size));
  }
}

function json(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  const etag = `W/"${digestOf(text)}"`;
  response.setHeader("etag", etag);
  if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(text);
}
