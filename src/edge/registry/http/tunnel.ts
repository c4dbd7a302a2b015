import { request } from "node:http";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { RegistryError } from "../error.ts";
import type { Proxy } from "./proxy.ts";

interface TunnelOptions {
  readonly proxy: Proxy;
  readonly secureContext: SecureContext;
}

interface Target {
  readonly host?: string | null;
  readonly port?: string | number | null;
  readonly servername?: string;
}

type Done = (error: Error | null, socket?: TLSSocket) => void;

const ESTABLISH_MS = 30_000;

/** A `createConnection` for an HTTPS agent: CONNECT through the proxy (RFC 9110 section 9.3.6), then TLS to the target. */
export function openTunnel({ proxy, secureContext }: TunnelOptions): (target: Target, done: Done) => void {
  return (target, done) => {
    const host = target.host ?? "localhost";
    const place = `${host.includes(":") ? `[${host}]` : host}:${target.port ?? 443}`;
    const asking = request({
      host: proxy.url.hostname,
      port: proxy.url.port === "" ? 80 : proxy.url.port,
      method: "CONNECT",
      path: place,
      headers: { host: place, ...proxy.headers },
      agent: false,
      timeout: ESTABLISH_MS,
    });
    asking.once("timeout", () => void asking.destroy(new Error("no answer in time")));
    asking.once("error", (cause) => {
      done(
        new RegistryError("REGISTRY_UNREACHABLE", `the proxy ${proxy.url.host} cannot be reached`, { cause }),
      );
    });
    asking.once("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        const why = `the proxy ${proxy.url.host} refused a tunnel to ${place}: ${response.statusCode}`;
        return done(new RegistryError("REGISTRY_UNREACHABLE", why));
      }
      socket.setTimeout(0);
      const servername = target.servername ?? "";
      return done(null, connect({ socket, secureContext, host, servername }));
    });
    asking.end();
  };
}
