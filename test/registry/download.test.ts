import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { collectBytes } from "../../src/core/base/collect-bytes.ts";
import { download } from "../../src/edge/registry/http/download.ts";
import { createTransport } from "../../src/edge/registry/http/transport.ts";
import { codeOf, fakeTime } from "./kit.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe("a download", () => {
  let server: Server;
  let answers: Answer[] = [];
  const asked: string[] = [];
  const timeouts = { connectMs: 2000, headersMs: 2000, idleMs: 300 };
  const transport = createTransport({ proxy: {}, authorities: async () => [], timeouts });

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(
        `${request.method} ${request.url} ${request.headers["user-agent"]} ${request.headers.authorization ?? "-"}`,
      );
      const answer = answers.shift();
      if (answer === undefined) response.writeHead(500).end();
      else answer(request, response);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });

  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // Listening on TCP.
  async function fetched(
    script: readonly Answer[],
    { limit = 1000, signal }: { limit?: number; signal?: AbortSignal } = {},
  ) {
    answers = [...script];
    const time = fakeTime();
    const context = { transport, time, userAgent: "lapstrake/1.2.3" };
    const bytes = await collectBytes(
      download(new URL("/all.zip?key=hidden", origin()), context, { limit, signal }),
    );
    return { text: Buffer.from(bytes).toString(), slept: time.slept };
  }
  const ok: Answer = (_, response) => void response.end("whole");
  const status =
    (code: number, headers: Record<string, string> = {}): Answer =>
    (_, response) =>
      void response.writeHead(code, headers).end("why");

  it("is the whole body, asked for without a login", async () => {
    expect((await fetched([ok])).text).toBe("whole");
    expect(asked).toEqual(["GET /all.zip?key=hidden lapstrake/1.2.3 -"]);
  });

  it("follows a redirect, and tries again what is temporary", async () => {
    const { text, slept } = await fetched([status(503), status(302, { location: "/elsewhere" }), ok]);
    expect([text, slept.length]).toEqual(["whole", 1]);
    expect(asked.at(-1)).toContain("GET /elsewhere");
  });

  it.each([
    [404, "REGISTRY_REFUSED"],
    [403, "REGISTRY_REFUSED"],
    [500, "REGISTRY_UNAVAILABLE"],
  ])("that is answered %d fails", async (code, expected) => {
    expect(await codeOf(fetched([status(code), ...Array.from({ length: 9 }, () => status(code))]))).toBe(
      expected,
    );
  });

  it("that is longer than its bound, cut, or stops coming fails", async () => {
    expect(await codeOf(fetched([(_, response) => void response.end("x".repeat(2000))]))).toBe(
      "REGISTRY_TOO_LARGE",
    );
    const cut: Answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
    };
    expect(await codeOf(fetched([cut]))).toBe("REGISTRY_UNREACHABLE");
    const silent: Answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
    };
    expect(await codeOf(fetched([silent]))).toBe("REGISTRY_UNREACHABLE");
  });

  it("that leads to plain HTTP elsewhere, or in circles, fails", async () => {
    expect(await codeOf(fetched([status(302, { location: "http://mirror.example/all.zip" })]))).toBe(
      "REGISTRY_INSECURE",
    );
    const round = Array.from({ length: 20 }, () => status(302, { location: "/all.zip" }));
    expect(await codeOf(fetched(round))).toBe("REGISTRY_PROTOCOL");
  });

  it("says where, without what may be a secret", async () => {
    const error = await fetched([status(404)]).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("/all.zip");
    expect(String(error)).not.toContain("hidden");
  });

  it("ends with the reason of an abort", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(fetched([ok], { signal })).rejects.toThrow("enough");
  });
});
