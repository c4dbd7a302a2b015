import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../src/core/base/digest.ts";

export interface RestVersion {
  readonly id: number;
  /** Its digest. */
  readonly name: string;
  readonly created_at: string;
  readonly metadata: {
    readonly package_type: "container";
    readonly container: { readonly tags: readonly string[] };
  };
}

/** What became of a write: the status, and the words where GitHub refuses. */
export interface RestOutcome {
  readonly status: number;
  readonly message?: string;
}

/** Where the packages are, by `OWNER/NAME`. */
export interface PackageSource {
  /** Names without the owner. */
  names(owner: string): readonly string[];
  /** Newest first; undefined where there is no such package. */
  versions(repository: string): readonly RestVersion[] | undefined;
  remove(repository: string, id: number): RestOutcome;
  restore(repository: string, id: number): RestOutcome;
}

export interface GithubRestOptions {
  readonly source: PackageSource;
  /** By name; others are unknown. */
  readonly owners: Readonly<Record<string, "Organization" | "User">>;
  /** The only token that is good; every one is without it. */
  readonly token?: string;
  /** Whose token it is; a workflow's is nobody's, and may not ask. */
  readonly self?: string;
  /** Points a minute (GET 1, others 5), by this clock; without it there is no limit. */
  readonly limit?: { readonly points: number; readonly clock: () => number };
}

export interface GithubRest {
  /** As `api` of the client. */
  readonly api: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `STATUS METHOD path` of each request, in order. */
  readonly asked: string[];
  /** What each request's Authorization was. */
  readonly logins: Set<string | undefined>;
  /** Looked at before each request; true where it answered by itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): void;
}

/** GitHub's REST API for packages as it is documented: owners, pages, links, ETags, deletion, restoring, the limit. */
export async function startGithubRest(options: GithubRestOptions): Promise<GithubRest> {
  const waitFor = limiter(options.limit);
  const server = createServer((request, response) => {
    github.logins.add(request.headers.authorization);
    response.on("finish", () => github.asked.push(`${response.statusCode} ${request.method} ${request.url}`));
    if (github.before(request, response)) return;
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
      return reply(response, 401, { message: "Bad credentials" });
    }
    const wait = waitFor(request.method);
    if (wait > 0) {
      response.setHeader("retry-after", String(wait));
      return reply(response, 403, { message: "You have exceeded a secondary rate limit." });
    }
    answer(options, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address of this kind.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github: GithubRest = {
    api: `http://${host}/`,
    host,
    asked: [],
    logins: new Set(),
    before: () => false,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return github;
}

const VERSIONS =
  /^\/(orgs\/[^/]+|users\/[^/]+|user)\/packages\/container\/([^/]+)\/versions(?:\/(\d+)(\/restore)?)?$/;
const PACKAGES = /^\/(orgs\/[^/]+|users\/[^/]+|user)\/packages$/;

function answer(options: GithubRestOptions, request: IncomingMessage, response: ServerResponse): void {
  const { owners, self, source } = options;
  const url = new URL(request.url ?? "", "http://here");
  const page = (items: readonly unknown[]): void => list(request, response, { url, items });
  const account = /^\/users\/([^/]+)$/.exec(url.pathname)?.[1];
  if (account !== undefined) {
    const type = owners[account];
    return type === undefined ? missing(response) : json(request, response, { login: account, type });
  }
  if (url.pathname === "/user") {
    if (self !== undefined) return json(request, response, { login: self, type: "User", plan: "pro" });
    return reply(response, 403, { message: "Resource not accessible by integration" });
  }
  const listed = PACKAGES.exec(url.pathname);
  const owner = ownerOf(options, listed?.[1] ?? "");
  if (owner !== undefined) return page(source.names(owner).map((name) => ({ name, visibility: "private" })));
  const [, place = "", name = "", id, restore] = VERSIONS.exec(url.pathname) ?? [];
  const holder = ownerOf(options, place);
  if (holder === undefined) return missing(response);
  const repository = `${holder}/${decodeURIComponent(name)}`;
  if (id === undefined) {
    const versions = source.versions(repository);
    return versions === undefined ? missing(response) : page(versions.map(withAddress));
  }
  const isRestore = request.method === "POST" && restore !== undefined;
  if (!isRestore && request.method !== "DELETE") return missing(response);
  const { status, message } = source[isRestore ? "restore" : "remove"](repository, Number(id));
  if (message === undefined && status < 300) response.writeHead(status).end();
  else reply(response, status, { message: message ?? "Package not found.", status: String(status) });
}

/** The owner of a place, where it is of that owner's kind. */
function ownerOf({ owners, self }: GithubRestOptions, place: string): string | undefined {
  if (place === "user") return self;
  const [kind, owner = ""] = place.split("/");
  return owners[owner] === (kind === "orgs" ? "Organization" : "User") ? owner : undefined;
}

/** Real answers have a dozen members more. */
function withAddress(version: RestVersion): unknown {
  return { ...version, url: `https://api.example/versions/${version.id}`, updated_at: version.created_at };
}

function list(
  request: IncomingMessage,
  response: ServerResponse,
  { url, items }: { readonly url: URL; readonly items: readonly unknown[] },
): void {
  const size = Number(url.searchParams.get("per_page"));
  const page = Number(url.searchParams.get("page"));
  const last = Math.ceil(items.length / size);
  url.searchParams.set("page", String(last));
  if (page < last) {
    const next = `<http://here/x?page=${page + 1}>; rel="next"`;
    response.setHeader("link", `${next}, <http://here/x${url.search}>; rel="last"`);
  }
  json(request, response, items.slice((page - 1) * size, page * size));
}

function json(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  const etag = `W/"${digestOf(text)}"`;
  response.setHeader("etag", etag);
  if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(text);
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function missing(response: ServerResponse): void {
  reply(response, 404, { message: "Not Found" });
}

/** Seconds until there are points for a request of this method; then it has them. */
function limiter(limit: GithubRestOptions["limit"]): (method: string | undefined) => number {
  if (limit === undefined) return () => 0;
  let spent: { readonly at: number; readonly points: number }[] = [];
  return (method) => {
    const now = limit.clock();
    const points = method === "GET" ? 1 : 5;
    spent = spent.filter(({ at }) => at + 60_000 > now);
    const [first] = spent;
    const sum = spent.reduce((all, each) => all + each.points, points);
    if (sum > limit.points && first !== undefined) return Math.ceil((first.at + 60_000 - now) / 1000);
    spent.push({ at: now, points });
    return 0;
  };
}
