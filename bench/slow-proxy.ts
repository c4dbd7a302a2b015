import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";

export interface SlowProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `METHOD kind` of each request since the last `forget`: "HEAD manifests", "GET tags". */
  kinds(): readonly string[];
  forget(): void;
  close(): void;
}

/**
 * A registry's own bytes, each held back for some milliseconds: what a server far away looks like to all sides alike. Bytes
 * and not messages, because what this costs is taken from the sides. It also counts, where no client can flatter itself:
 * requests without a body, as who only reads sends them. A connection costs no round trip more, as it would over a real
 * distance; whoever opens many gains from that.
 */
export async function startSlowProxy(target: string, delayMs: number): Promise<SlowProxy> {
  const kinds: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    sockets
      .add(client)
      .add(relay({ client, target, delayMs, onRequest: (line) => kinds.push(kindOf(line)) }));
    client.on("close", () => sockets.delete(client));
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
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Relaying {
  readonly client: Socket;
  readonly target: string;
  readonly delayMs: number;
  /** The request's first line. */
  readonly onRequest: (line: string) => void;
}

/** The connection to the registry, which lives as long as the client's. */
function relay({ client, target, delayMs, onRequest }: Relaying): Socket {
  const [host = "", port = ""] = target.split(":");
  const upstream = createConnection({ host, port: Number(port), noDelay: true });
  let head = "";
  client.on("data", (bytes: Buffer) => {
    head += bytes.toString("latin1");
    for (let end = head.indexOf(HEAD_END); end !== -1; end = head.indexOf(HEAD_END)) {
      onRequest(head.slice(0, head.indexOf("\r\n")));
      head = head.slice(end + HEAD_END.length);
    }
    upstream.write(bytes);
  });
  // Timers of one length fire in the order in which they were set.
  upstream.on("data", (bytes: Buffer) => void setTimeout(() => client.write(bytes), delayMs));
  upstream.on("close", () => void setTimeout(() => client.destroy(), delayMs));
  client.on("close", () => upstream.destroy());
  // Each ends with a "close", which ends the other.
  for (const socket of [client, upstream]) socket.on("error", () => {});
  return upstream;
}

const HEAD_END = "\r\n\r\n";

function kindOf(line: string): string {
  const [method = "", path = ""] = line.split(" ");
  return `${method} ${/\/(manifests|blobs|tags|_catalog)\b/.exec(path)?.[1] ?? "ping"}`;
}
