import { mkdtempSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface EngineProxy {
  readonly dockerHost: string;
  /** Ends all connections and takes no new ones: to a client, the engine has died. */
  cut(): void;
}

/** A Unix socket that passes everything on to an engine's, until it is cut. */
export function startEngineProxy(dockerHost: string): Promise<EngineProxy> {
  const target = dockerHost.replace(/^unix:\/\//, "");
  const path = join(mkdtempSync(join(tmpdir(), "lap-proxy-")), "docker.sock");
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  const cut = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return new Promise((resolve) => {
    server.listen(path, () => resolve({ dockerHost: `unix://${path}`, cut }));
  });
}
