import type { Capability } from "../../core/base/capability.ts";
import { messageOf } from "../../core/base/error.ts";
import type { CallOptions, Engine, EngineInfo } from "./port.ts";

export type EngineCapability = Capability<"engine" | "containerd-store">;

export interface EngineProbe {
  readonly capabilities: readonly EngineCapability[];
  /** Undefined where the engine does not answer. */
  readonly info: EngineInfo | undefined;
}

/** Asks an engine what it is. An engine that does not answer is a result, not an error. */
export async function probeEngine(engine: Engine, options: CallOptions = {}): Promise<EngineProbe> {
  try {
    const info = await engine.info(options);
    const { apiVersion } = await engine.version(options);
    const reason = `Docker Engine ${info.serverVersion} (API ${apiVersion}) on ${info.operatingSystem}, ${info.architecture}`;
    return { capabilities: [{ id: "engine", state: "ok", reason }, storeOf(info)], info };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    return {
      capabilities: [
        { id: "engine", state: "lacking", reason: messageOf(thrown) },
        { id: "containerd-store", state: "unknown", reason: "the engine does not answer" },
      ],
      info: undefined,
    };
  }
}

function storeOf(info: EngineInfo): EngineCapability {
  return info.containerdStore
    ? { id: "containerd-store", state: "ok", reason: `containerd keeps the images (${info.storageDriver})` }
    : {
        id: "containerd-store",
        state: "lacking",
        reason: `the ${info.storageDriver} driver keeps the images, not containerd (features.containerd-snapshotter)`,
      };
}
