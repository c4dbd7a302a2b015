import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOf } from "../../core/base/digest.ts";
import { EngineError } from "./error.ts";

// Docker CLI's context store: contexts/meta/<sha256 of the name>/meta.json.
const Meta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** The DOCKER_HOST of a context of Docker's CLI. Throws EngineError ENGINE_ADDRESS where there is none of that name. */
export async function readDockerContext(
  name: string,
  { env, home }: { readonly env: Readonly<Record<string, string | undefined>>; readonly home: string },
): Promise<string> {
  const own = env["DOCKER_CONFIG"] ?? "";
  const config = own === "" ? join(home, ".docker") : own;
  const folder = digestOf(name).slice("sha256:".length);
  try {
    const text = await readFile(join(config, "contexts", "meta", folder, "meta.json"), "utf8");
    return Meta.parse(JSON.parse(text)).Endpoints.docker.Host;
  } catch (cause) {
    throw new EngineError("ENGINE_ADDRESS", `there is no docker context "${name}" with an engine`, {
      cause,
      hint: "`docker context ls` lists them",
    });
  }
}
