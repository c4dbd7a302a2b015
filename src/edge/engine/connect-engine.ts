import { readDockerContext } from "./docker-context.ts";
import { createDockerEngine } from "./docker-engine.ts";
import type { ImageRemoval } from "./image-removal.ts";
import type { ContainerRunner, Engine, ImageExport } from "./port.ts";

const CONTEXT = "context:";

/** An engine by DOCKER_HOST or `context:NAME`. Nothing is asked of it yet. Throws EngineError ENGINE_ADDRESS. */
export async function connectEngine(
  address: string,
  surroundings: { readonly env: Readonly<Record<string, string | undefined>>; readonly home: string },
): Promise<Engine & ContainerRunner & ImageRemoval & ImageExport> {
  const { env } = surroundings;
  if (!address.startsWith(CONTEXT)) return createDockerEngine({ dockerHost: address, env });
  const dockerHost = await readDockerContext(address.slice(CONTEXT.length), surroundings);
  return createDockerEngine({ dockerHost, env });
}
