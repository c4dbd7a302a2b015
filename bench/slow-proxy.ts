import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SlowProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `METHOD kind` of each request since the last `forget`: "HEAD manifests", "GET tags". */
  kinds(): readonly string[];
  forget(): void;
  close(): void;
}

/**
 * A registry's own answers, each held back for some milliseconds: what a server far away, or a busy one, looks like to all
 * sides alike. It also counts, where no client can flatter itself. A connection costs no round trip more, as it would
 * over a real distance; whoever opens many gains from that.
 */
export async function startSlowProxy(target: string, delayMs: number): Promise<SlowProxy> {
  const agent = new Agent({ keepAlive: true });
  const kinds: string[] = [];
  const server = createServer((asked, response) => {
    kinds.push(kindOf(asked));
    forward({ asked, response, agent, target, delayMs });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // listen() on TCP gives an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    kinds: () => [...kinds],
    forget: () => void kinds.splice(0),
    close: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

interface Forwarding {
  readonly asked: IncomingMessage;
  readonly response: ServerResponse;
  readonly agent: Agent;
  readonly target: string;
  readonly delayMs: number;
}

function forward({ asked, response, agent, target, delayMs }: Forwarding): void {
  const [host = "", port = ""] = target.split(":");
  const { method, url, headers } = asked;
  const onward = request({ agent, host, port, method, path: url, headers }, (answer) => {
    setTimeout(() => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }, delayMs);
  });
  onward.on("error", () => response.destroy());
  asked.pipe(onward);
}

function kindOf({ method = "", url = "" }: IncomingMessage): string {
  const kind = /\/(manifests|blobs|tags|_catalog)\b/.exec(url)?.[1] ?? "ping";
  return `${method} ${kind}`;
}
