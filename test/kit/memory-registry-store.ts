import { createHash, randomUUID } from "node:crypto";

/** A request as the handlers and faults see it: the whole body is there. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface StoreOptions {
  /** Tags and repositories per page at most. */
  readonly pageSize?: number;
  readonly linkStyle?: "relative" | "absolute" | "none";
  readonly tagOrder?: "lexical" | "pushed";
  readonly digestHeader?: boolean;
  readonly referrers?: boolean;
  readonly deletes?: boolean;
  readonly tagDeletes?: boolean;
  readonly ranges?: boolean;
  readonly mounts?: boolean;
  readonly catalog?: boolean;
}

interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

interface Repo {
  readonly manifests: Map<string, Stored>;
  readonly tags: Map<string, string>;
  readonly blobs: Map<string, Buffer>;
}

interface Session {
  readonly repository: string;
  data: Buffer;
}

export const NAME = "([a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)";
const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^\/v2\/?$/, "ping"],
  [/^\/v2\/_catalog$/, "catalog"],
  [new RegExp(`^/v2/${NAME}/tags/list$`), "tags"],
  [new RegExp(`^/v2/${NAME}/manifests/([^/]+)$`), "manifest"],
  [new RegExp(`^/v2/${NAME}/referrers/([^/]+)$`), "referrers"],
  [new RegExp(`^/v2/${NAME}/blobs/uploads/?$`), "start"],
  [new RegExp(`^/v2/${NAME}/blobs/uploads/([^/]+)$`), "session"],
  [new RegExp(`^/v2/${NAME}/blobs/([^/]+)$`), "blob"],
];

/** Which repository and what of it a path names; undefined where no route takes it. */
export function routeOf(path: string): { route: string; name: string; rest: string } | undefined {
  for (const [pattern, route] of ROUTES) {
    const found = pattern.exec(path);
    if (found !== null) return { route, name: found[1] ?? "", rest: decodeURIComponent(found[2] ?? "") };
  }
  return undefined;
}

/** The distribution specification's state and answers, without HTTP: what a good registry says. */
export class RegistryStore {
  readonly repos = new Map<string, Repo>();
  readonly sessions = new Map<string, Session>();
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  repo(name: string): Repo {
    const found = this.repos.get(name) ?? { manifests: new Map(), tags: new Map(), blobs: new Map() };
    this.repos.set(name, found);
    return found;
  }

  answer(asked: Asked): Reply {
    const route = routeOf(asked.url.pathname);
    if (route === undefined) return failure(404, "NOT_FOUND");
    const { name, rest } = route;
    switch (route.route) {
      case "ping":
        return json(200, {});
      case "catalog":
        return this.#catalog(asked);
      case "tags":
        return this.#tags(asked, name);
      case "manifest":
        return this.#manifest(asked, name, rest);
      case "referrers":
        return this.#referrers(asked, name, rest);
      case "start":
        return this.#start(asked, name);
      case "session":
        return this.#session(asked, name, rest);
      default:
        return this.#blob(asked, name, rest);
    }
  }

  #catalog(asked: Asked): Reply {
    if (this.#options.catalog === false) return failure(404, "UNSUPPORTED");
    return this.#page(asked, [...this.repos.keys()].sort(), (repositories) => ({ repositories }));
  }

  #tags(asked: Asked, name: string): Reply {
    const repo = this.repos.get(name);
    if (repo === undefined) return failure(404, "NAME_UNKNOWN");
    const tags = [...repo.tags.keys()];
    if (this.#options.tagOrder !== "pushed") tags.sort();
    return this.#page(asked, tags, (page) => ({ name, tags: page.length === 0 ? null : page }));
  }

  #page(asked: Asked, all: readonly string[], body: (page: readonly string[]) => unknown): Reply {
    const { searchParams } = asked.url;
    const size = Math.min(Number(searchParams.get("n") ?? 1000), this.#options.pageSize ?? 1000);
    const last = searchParams.get("last");
    const start = last === null ? 0 : all.indexOf(last) + 1;
    const page = all.slice(start, start + size);
    const more = start + size < all.length && this.#options.linkStyle !== "none";
    const path = `${asked.url.pathname}?n=${size}&last=${encodeURIComponent(page.at(-1) ?? "")}`;
    const target = this.#options.linkStyle === "absolute" ? `${asked.url.origin}${path}` : path;
    return json(200, body(page), more ? { link: `<${target}>; rel="next"` } : {});
  }

  #manifest(asked: Asked, name: string, reference: string): Reply {
    const repo = asked.method === "PUT" ? this.repo(name) : this.repos.get(name);
    if (repo === undefined) return failure(404, "NAME_UNKNOWN");
    if (asked.method === "PUT") return this.#putManifest(asked, repo, reference);
    const digest = reference.includes(":") ? reference : (repo.tags.get(reference) ?? "");
    const stored = repo.manifests.get(digest);
    if (asked.method === "DELETE") return this.#deleteManifest(repo, reference);
    if (stored === undefined) return failure(404, "MANIFEST_UNKNOWN");
    // As Distribution 2.8: an OCI manifest is not there for those who do not say that they take one.
    if (!String(asked.headers["accept"] ?? "").includes(stored.mediaType))
      return failure(404, "MANIFEST_UNKNOWN");
    return {
      status: 200,
      headers: {
        "content-type": stored.mediaType,
        ...(this.#options.digestHeader === false ? {} : { "docker-content-digest": stored.digest }),
      },
      body: stored.bytes,
    };
  }

  #putManifest(asked: Asked, repo: Repo, reference: string): Reply {
    const digest = digestOf(asked.body);
    if (reference.includes(":") && reference !== digest) return failure(400, "DIGEST_INVALID");
    let value: { config?: { digest: string }; layers?: { digest: string }[]; subject?: { digest: string } };
    try {
      value = JSON.parse(asked.body.toString("utf8"));
    } catch {
      return failure(400, "MANIFEST_INVALID");
    }
    const missing = [value.config, ...(value.layers ?? [])].some(
      (each) => each !== undefined && !repo.blobs.has(each.digest),
    );
    if (missing) return failure(400, "MANIFEST_BLOB_UNKNOWN");
    repo.manifests.set(digest, {
      mediaType: String(asked.headers["content-type"]),
      bytes: asked.body,
      digest,
    });
    if (!reference.includes(":")) repo.tags.set(reference, digest);
    const subject = value.subject !== undefined && this.#options.referrers !== false;
    return {
      status: 201,
      headers: {
        location: `/v2/x/manifests/${digest}`,
        "docker-content-digest": digest,
        ...(subject ? { "oci-subject": value.subject?.digest ?? "" } : {}),
      },
      body: Buffer.alloc(0),
    };
  }

  #deleteManifest(repo: Repo, reference: string): Reply {
    if (this.#options.deletes === false) return failure(405, "UNSUPPORTED");
    if (!reference.includes(":")) {
      if (this.#options.tagDeletes === false) return failure(400, "DIGEST_INVALID");
      return repo.tags.delete(reference) ? accepted() : failure(404, "MANIFEST_UNKNOWN");
    }
    if (!repo.manifests.delete(reference)) return failure(404, "MANIFEST_UNKNOWN");
    for (const [tag, digest] of repo.tags) if (digest === reference) repo.tags.delete(tag);
    return accepted();
  }

  #referrers(asked: Asked, name: string, subject: string): Reply {
    if (this.#options.referrers === false) return failure(404, "NOT_FOUND");
    const wanted = asked.url.searchParams.get("artifactType");
    const all = [...this.repo(name).manifests.values()].flatMap((stored) => {
      const value = JSON.parse(stored.bytes.toString("utf8"));
      if (value.subject?.digest !== subject) return [];
      const artifactType: string | undefined = value.artifactType ?? value.config?.mediaType;
      return [
        { mediaType: stored.mediaType, digest: stored.digest, size: stored.bytes.length, artifactType },
      ];
    });
    const manifests = wanted === null ? all : all.filter((each) => each.artifactType === wanted);
    const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
    const filtered: Record<string, string> = wanted === null ? {} : { "oci-filters-applied": "artifactType" };
    return json(200, index, { "content-type": "application/vnd.oci.image.index.v1+json", ...filtered });
  }

  #start(asked: Asked, name: string): Reply {
    if (asked.method !== "POST") return failure(405, "UNSUPPORTED");
    const mount = asked.url.searchParams.get("mount");
    const source = this.repos.get(asked.url.searchParams.get("from") ?? "");
    const blob = mount === null ? undefined : source?.blobs.get(mount);
    if (blob !== undefined && mount !== null && this.#options.mounts !== false) {
      this.repo(name).blobs.set(mount, blob);
      const headers = { location: `/v2/${name}/blobs/${mount}`, "docker-content-digest": mount };
      return { status: 201, headers, body: Buffer.alloc(0) };
    }
    const id = randomUUID();
    this.sessions.set(id, { repository: name, data: Buffer.alloc(0) });
    return this.#sessionState(202, name, id);
  }

  #session(asked: Asked, name: string, id: string): Reply {
    const session = this.sessions.get(id);
    if (session?.repository !== name) return failure(404, "BLOB_UPLOAD_UNKNOWN");
    if (asked.method === "GET") return this.#sessionState(204, name, id);
    if (asked.method === "DELETE") {
      this.sessions.delete(id);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const range = /^(\d+)-(\d+)$/.exec(String(asked.headers["content-range"] ?? ""));
    if (range !== null && Number(range[1]) !== session.data.length) return this.#sessionState(416, name, id);
    session.data = Buffer.concat([session.data, asked.body]);
    if (asked.method === "PATCH") return this.#sessionState(202, name, id);
    const digest = asked.url.searchParams.get("digest") ?? "";
    this.sessions.delete(id);
    if (digestOf(session.data) !== digest) return failure(400, "DIGEST_INVALID");
    this.repo(name).blobs.set(digest, session.data);
    const headers = { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest };
    return { status: 201, headers, body: Buffer.alloc(0) };
  }

  #sessionState(status: number, name: string, id: string): Reply {
    const length = this.sessions.get(id)?.data.length ?? 0;
    const headers = { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(0, length - 1)}` };
    return { status, headers, body: Buffer.alloc(0) };
  }

  #blob(asked: Asked, name: string, digest: string): Reply {
    const repo = this.repos.get(name);
    const bytes = repo?.blobs.get(digest);
    if (bytes === undefined || repo === undefined) return failure(404, "BLOB_UNKNOWN");
    if (asked.method === "DELETE") {
      if (this.#options.deletes === false) return failure(405, "UNSUPPORTED");
      repo.blobs.delete(digest);
      return accepted();
    }
    const headers = { "content-type": "application/octet-stream", "docker-content-digest": digest };
    const range = /^bytes=(\d+)-/.exec(String(asked.headers["range"] ?? ""));
    if (range === null || this.#options.ranges === false) return { status: 200, headers, body: bytes };
    const from = Number(range[1]);
    if (from >= bytes.length) return failure(416, "RANGE_INVALID");
    const contentRange = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    return {
      status: 206,
      headers: { ...headers, "content-range": contentRange },
      body: bytes.subarray(from),
    };
  }
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function failure(status: number, code: string, message = code.toLowerCase()): Reply {
  return json(status, { errors: [{ code, message }] });
}

function accepted(): Reply {
  return { status: 202, headers: {}, body: Buffer.alloc(0) };
}
