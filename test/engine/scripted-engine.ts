import { mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ScriptedEngine {
  readonly dockerHost: string;
  /** `METHOD path` of each call, the pings left out. */
  readonly calls: readonly string[];
  readonly bodies: readonly string[];
  close(): void;
}

export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly raw?: Buffer }
  | "hang"
  | "cut";

/** An engine on a Unix socket that gives one answer to everything but pings. */
export function startScriptedEngine(answer: Answer, apiVersion = "1.43"): Promise<ScriptedEngine> {
  const calls: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      if (request.url === "/_ping") {
        response.writeHead(200, { "api-version": apiVersion }).end("OK");
        return;
      }
      calls.push(`${request.method} ${request.url}`);
      bodies.push(body);
      give(answer, response);
    });
  });
  const path = join(mkdtempSync(join(tmpdir(), "lap-engine-")), "docker.sock");
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return new Promise((resolve) => {
    server.listen(path, () => resolve({ dockerHost: `unix://${path}`, calls, bodies, close }));
  });
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "cut") {
    response.destroy();
    return;
  }
  response.writeHead(answer.status ?? 200).end(answer.raw ?? JSON.stringify(answer.body ?? {}));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // A request without an encoding gives Buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
