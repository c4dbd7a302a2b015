import { Agent, request } from "node:https";
import { createSecureContext } from "node:tls";
import { readAuthorities } from "./authorities.ts";
import { proxyFor } from "./proxy.ts";
import type { Opener, TransportOptions } from "./transport.ts";
import { openTunnel } from "./tunnel.ts";

/** Opens HTTPS requests, through a CONNECT tunnel where the environment names a proxy. Loaded at the first HTTPS host. */
export async function createSecureOpener(
  options: TransportOptions,
): Promise<{ open: Opener; close: () => void }> {
  const secureContext = createSecureContext({
    ca: [...(await readAuthorities(await options.authorities()))],
  });
  const agent = new Agent({ keepAlive: true, scheduling: "lifo", secureContext });
  const tunnels = new Map<string, Agent>();
  const agentFor = (url: URL): Agent => {
    const proxy = proxyFor(url, options.proxy);
    if (proxy === undefined) return agent;
    const key = `${proxy.url.href} ${url.host}`;
    const known = tunnels.get(key);
    if (known !== undefined) return known;
    const tunnel = new Agent({ keepAlive: true, scheduling: "lifo", secureContext });
    // @types/node does not know that createConnection may answer by its callback; Node documents it (http.Agent).
    Object.assign(tunnel, { createConnection: openTunnel({ proxy, secureContext }) });
    tunnels.set(key, tunnel);
    return tunnel;
  };
  return {
    open: (url, given) => request({ agent: agentFor(url), ...given }),
    close: () => {
      for (const each of [agent, ...tunnels.values()]) each.destroy();
    },
  };
}
