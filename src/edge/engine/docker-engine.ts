import type { z } from "zod";
import { type EngineAddress, parseEngineAddress } from "./address.ts";
import {
  Containers,
  Created,
  ImageLayers,
  Images,
  Info,
  Inspected,
  Message,
  Version,
  Waited,
} from "./answers.ts";
import { containerBody } from "./container-body.ts";
import { callEngine, type EngineAnswer, type EngineCall, streamEngine } from "./engine-http.ts";
import { EngineError } from "./error.ts";
import { type ImageRemoval, imageRemoval } from "./image-removal.ts";
import { splitLogFrames } from "./log-frames.ts";
import type { CallOptions, ContainerRunner, Engine, ImageExport } from "./port.ts";

/** The newest API that this client was written for; an older engine is spoken to in its own. */
const API_VERSION = "1.48";

/** A Docker Engine by its HTTP API. Throws EngineError ENGINE_ADDRESS for an address that it cannot speak to. */
export function createDockerEngine(options: {
  readonly dockerHost: string;
  /** Of the program that leads to it (ssh). */
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Engine & ContainerRunner & ImageRemoval & ImageExport {
  const api = new EngineApi(parseEngineAddress(options.dockerHost), options.env ?? {});
  return {
    ping: (call) => api.ping(call?.signal),
    version: (call) => api.get(Version, "/version", call),
    info: (call) => api.get(Info, "/info", call),
    listContainers: ({ all = false, labels = [], ...call } = {}) => {
      const filters = encodeURIComponent(JSON.stringify({ label: labels }));
      return api.get(Containers, `/containers/json?all=${all}&filters=${filters}`, call);
    },
    listImages: ({ manifests = false, ...call } = {}) =>
      // Engines before API 1.47, and the classic store, leave the parts out.
      api.get(Images, `/images/json${manifests ? "?manifests=1" : ""}`, call),
    ...containers(api),
    ...imageExport(api),
    ...imageRemoval((call, fine) => api.send(call, fine)),
  };
}

function containers(api: EngineApi): ContainerRunner {
  return {
    async pullImage(ref, call) {
      const path = `/images/create?fromImage=${encodeURIComponent(ref)}`;
      const answer = await api.send({ method: "POST", path, idleTimeout: 0, ...call });
      // Status 200 comes before the pull: a failure is told in the stream of JSON lines.
      const failed = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(answer.body.toString("utf8"));
      if (failed) throw new EngineError("ENGINE_REFUSED", `cannot pull ${ref}: ${failed[1]}`);
    },
    async createContainer(spec, call) {
      const query = spec.name === undefined ? "" : `?name=${encodeURIComponent(spec.name)}`;
      const body = containerBody(spec);
      const answer = await api.send({ method: "POST", path: `/containers/create${query}`, body, ...call });
      return parse(Created, answer).Id;
    },
    async startContainer(id, call) {
      await api.send({ method: "POST", path: `${at(id)}/start`, ...call });
    },
    inspectContainer: (id, call) => api.get(Inspected, `${at(id)}/json`, call),
    async waitContainer(id, call) {
      const answer = await api.send({ method: "POST", path: `${at(id)}/wait`, idleTimeout: 0, ...call });
      return parse(Waited, answer).StatusCode;
    },
    async readLogs(id, { tail, ...call } = {}) {
      const path = `${at(id)}/logs?stdout=true&stderr=true&tail=${tail ?? "all"}`;
      return splitLogFrames((await api.send({ path, ...call })).body);
    },
    async stopContainer(id, { seconds = 10, ...call } = {}) {
      // 304: it does not run, which is what was asked for.
      const idleTimeout = (seconds + 30) * 1000;
      const path = `${at(id)}/stop?t=${seconds}`;
      await api.send({ method: "POST", path, idleTimeout, ...call }, [304]);
    },
    async removeContainer(id, call) {
      await api.send({ method: "DELETE", path: `${at(id)}?force=true&v=true`, ...call }, [404, 409]);
    },
  };
}

function imageExport(api: EngineApi): ImageExport {
  return {
    // The engine's router takes slashes in a name as they are.
    exportImage: (name, call) =>
      api.stream({ path: `/images/${encodeURI(name)}/get`, idleTimeout: 0, ...call }),
    listDiffIds: (name, call) => api.get(ImageLayers, `/images/${encodeURI(name)}/json`, call),
  };
}

function at(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}

class EngineApi {
  readonly #address: EngineAddress;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #version: string | undefined;

  constructor(address: EngineAddress, env: Readonly<Record<string, string | undefined>>) {
    this.#address = address;
    this.#env = env;
  }

  async ping(signal?: AbortSignal): Promise<string> {
    const answer = await callEngine(this.#address, {
      path: "/_ping",
      signal,
      idleTimeout: 15_000,
      env: this.#env,
    });
    const version = answer.headers["api-version"];
    if (answer.status !== 200 || typeof version !== "string" || !/^\d+\.\d+$/.test(version)) {
      throw new EngineError("ENGINE_ANSWER", "what answers is no Docker Engine");
    }
    return version;
  }

  async *stream(call: EngineCall): AsyncGenerator<Uint8Array> {
    this.#version ??= older(await this.ping(call.signal), API_VERSION);
    const path = `/v${this.#version}${call.path}`;
    yield* streamEngine(this.#address, { ...call, path, env: this.#env }, (answer) => {
      throw refused(call, answer);
    });
  }

  async get<T extends z.ZodType>(schema: T, path: string, call?: CallOptions): Promise<z.infer<T>> {
    return parse(schema, await this.send({ path, ...call }));
  }

  /** Any 2xx, or one of `fine`, is an answer; other statuses are EngineError ENGINE_REFUSED. */
  async send(call: EngineCall, fine: readonly number[] = []): Promise<EngineAnswer> {
    this.#version ??= older(await this.ping(call.signal), API_VERSION);
    const answer = await callEngine(this.#address, {
      ...call,
      path: `/v${this.#version}${call.path}`,
      env: this.#env,
    });
    if ((answer.status >= 200 && answer.status < 300) || fine.includes(answer.status)) return answer;
    throw refused(call, answer);
  }
}

function refused({ path }: EngineCall, answer: EngineAnswer): EngineError {
  const said = Message.safeParse(json(answer)).data?.message ?? `status ${answer.status}`;
  return new EngineError("ENGINE_REFUSED", `the engine refused ${path.replace(/\?.*/, "")}: ${said}`, {
    details: { status: answer.status },
  });
}

function older(a: string, b: string): string {
  const [major = 0, minor = 0] = a.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = b.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor) ? a : b;
}

function json(answer: EngineAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function parse<T extends z.ZodType>(schema: T, answer: EngineAnswer): z.infer<T> {
  const parsed = schema.safeParse(json(answer));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new EngineError(
    "ENGINE_ANSWER",
    `the engine's answer is not understood: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
