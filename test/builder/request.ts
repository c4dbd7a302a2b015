import type { BuildRequest } from "../../src/edge/builder/port.ts";

/** A request with nothing unusual in it; tests change what they are about. */
export function requestOf(changes: Partial<BuildRequest> = {}): BuildRequest {
  return {
    image: "base-utils",
    dockerfile: "/srv/docker/base-utils/Dockerfile",
    context: "/srv/docker/base-utils",
    platforms: [],
    args: {},
    contexts: {},
    secrets: [],
    labels: {},
    annotations: {},
    epoch: 1_700_000_000,
    name: "127.0.0.1:5000/fleet/base-utils:in-0123456789ab",
    compression: "gzip",
    cacheFrom: [],
    cacheTo: [],
    noCache: false,
    ...changes,
  };
}
