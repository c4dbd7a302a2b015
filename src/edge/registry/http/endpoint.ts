import { RegistryError } from "../error.ts";

/** Where a host's distribution API lives: `base` ends in `/v2/`, `prefix` stands before every repository. */
export interface Endpoint {
  /** The name that images and credential files use. */
  readonly host: string;
  readonly base: URL;
  /** Of `base`: computing it anew for each request is what a URL object does. */
  readonly origin: string;
  readonly prefix: string;
}

export interface EndpointOptions {
  /** Hosts (with port) that may be spoken to without TLS. Loopback always may. */
  readonly insecure?: readonly string[];
  /** Per host, places that hold the same content: `mirror.example:5000` or `mirror.example/dockerhub`. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
}

// Docker Hub's images are named docker.io, its API is elsewhere (moby/registry).
const HUB_API = "registry-1.docker.io";
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** localhost, 127.0.0.0/8 or ::1, with or without a port: what Docker's clients trust without TLS. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/:\d+$/, ""));
}

export function mayBePlain(host: string, insecure: readonly string[] = []): boolean {
  return isLoopback(host) || insecure.includes(host);
}

export function endpointOf(host: string, options: EndpointOptions): Endpoint {
  return endpoint(host, host === "docker.io" ? HUB_API : host, options);
}

/** The mirrors of a host, in the order they are to be asked. */
export function mirrorsOf(host: string, options: EndpointOptions): readonly Endpoint[] {
  return (options.mirrors?.[host] ?? []).map((mirror) => endpoint(undefined, mirror, options));
}

/** The endpoints of each host, worked out once. */
export interface Endpoints {
  own(host: string): Endpoint;
  mirrors(host: string): readonly Endpoint[];
}

export function createEndpoints(options: EndpointOptions): Endpoints {
  const known = new Map<string, Endpoint>();
  return {
    own(host) {
      const found = known.get(host) ?? endpointOf(host, options);
      known.set(host, found);
      return found;
    },
    mirrors: (host) => (options.mirrors === undefined ? [] : mirrorsOf(host, options)),
  };
}

function endpoint(name: string | undefined, place: string, options: EndpointOptions): Endpoint {
  const slash = place.indexOf("/");
  const host = slash < 0 ? place : place.slice(0, slash);
  const prefix = slash < 0 ? "" : `${place.slice(slash + 1).replace(/\/+$/, "")}/`;
  const scheme = mayBePlain(host, options.insecure) ? "http" : "https";
  const base = URL.canParse(`${scheme}://${host}/v2/`) ? new URL(`${scheme}://${host}/v2/`) : undefined;
  if (base === undefined || base.username !== "" || base.pathname !== "/v2/") {
    throw new RegistryError("REGISTRY_PROTOCOL", `"${place.slice(0, 200)}" is no registry host`);
  }
  return { host: name ?? host, base, origin: base.origin, prefix };
}
