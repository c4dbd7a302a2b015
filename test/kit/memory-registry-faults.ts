import type { Fault } from "./memory-registry.ts";
import { type Asked, failure, type Reply } from "./memory-registry-store.ts";

/** Picks requests by method and by what their path holds. */
export function on(method: string, part: string): (asked: Asked) => boolean {
  return (asked) => (method === "*" || asked.method === method) && asked.url.pathname.includes(part);
}

export const anything = (): boolean => true;

type Picked = Pick<Fault, "when" | "times">;

export function status(picked: Picked, code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const name = code === 429 ? "TOOMANYREQUESTS" : "UNKNOWN";
  return {
    ...picked,
    instead: () => {
      const reply = failure(code, name);
      return { ...reply, headers: { ...reply.headers, ...headers } };
    },
  };
}

export function replies(picked: Picked, reply: Reply): Fault {
  return { ...picked, instead: () => reply };
}

/** The connection goes before a header was sent; the registry never saw the request. */
export function cutBefore(picked: Picked): Fault {
  return { ...picked, instead: () => "cut" };
}

/** The registry did what was asked, and the connection goes before it could say so. */
export function cutAfter(picked: Picked): Fault {
  return { ...picked, deliver: (response) => void response.socket?.destroy() };
}

/** Headers promise the whole body; this share of it comes. */
export function cutBody(picked: Picked, share: number): Fault {
  return {
    ...picked,
    deliver: (response, reply) => {
      response.writeHead(reply.status, { "content-length": String(reply.body.length), ...reply.headers });
      const part = reply.body.subarray(0, Math.floor(reply.body.length * share));
      // Handed to the system first, so that the bytes arrive before the cut does.
      response.write(part, () => setTimeout(() => response.socket?.destroy(), 5));
      if (part.length === 0) response.flushHeaders();
    },
  };
}

/** As cutBody, but chunked: nothing in the headers says how long it should have been. */
export function cutChunked(picked: Picked, share: number): Fault {
  return {
    ...picked,
    deliver: (response, reply) => {
      const { "content-length": _, ...headers } = reply.headers;
      response.writeHead(reply.status, headers);
      const part = reply.body.subarray(0, Math.floor(reply.body.length * share));
      response.write(part, () => setTimeout(() => response.socket?.destroy(), 5));
    },
  };
}

/** A body that ends properly, only too early: the length is made to fit. */
export function shortened(picked: Picked, share: number): Fault {
  return {
    ...picked,
    change: (reply) => ({ ...reply, body: reply.body.subarray(0, Math.floor(reply.body.length * share)) }),
  };
}

/** Another byte in the middle. */
export function flipped(picked: Picked): Fault {
  return {
    ...picked,
    change: (reply) => {
      const body = Buffer.from(reply.body);
      const at = Math.floor(body.length / 2);
      body[at] = (body[at] ?? 0) ^ 1;
      return { ...reply, body };
    },
  };
}

export function header(picked: Picked, name: string, value: string): Fault {
  return { ...picked, change: (reply) => ({ ...reply, headers: { ...reply.headers, [name]: value } }) };
}

export function redirects(picked: Picked, target: string | ((asked: Asked) => string), code = 307): Fault {
  return {
    ...picked,
    instead: (asked) => ({
      status: code,
      headers: { location: typeof target === "string" ? target : target(asked) },
      body: Buffer.alloc(0),
    }),
  };
}

/** Nothing comes, and the connection stays. */
export function silence(picked: Picked): Fault {
  return { ...picked, instead: () => "silence" };
}

/** A byte at a time, with a pause after each. */
export function trickle(picked: Picked, pauseMs: number): Fault {
  return {
    ...picked,
    deliver: async (response, reply) => {
      response.writeHead(reply.status, { "content-length": String(reply.body.length), ...reply.headers });
      for (let at = 0; at < reply.body.length && !response.destroyed; at++) {
        response.write(reply.body.subarray(at, at + 1));
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      response.end();
    },
  };
}

/** The whole reply, and then the server closes the idle connection, as those with a short keep-alive do. */
export function closesAfter(picked: Picked): Fault {
  return {
    ...picked,
    deliver: (response, reply, asked) => {
      response.writeHead(reply.status, { "content-length": String(reply.body.length), ...reply.headers });
      const { socket } = response;
      response.end(asked.method === "HEAD" ? undefined : reply.body, () =>
        setTimeout(() => socket?.destroy(), 1),
      );
    },
  };
}

/** The body never ends. */
export function endless(picked: Picked): Fault {
  return {
    ...picked,
    deliver: (response, reply, asked) => {
      const { "content-length": _, ...headers } = reply.headers;
      response.writeHead(reply.status, headers);
      // These have no body; Node drops what is written, and says that there is room for more.
      if (asked.method === "HEAD" || reply.status === 204 || reply.status === 304) return void response.end();
      const block = Buffer.alloc(64 * 1024, 0x20);
      const more = (): void => {
        // The pauses of "drain" are what lets a reader go away.
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    },
  };
}
