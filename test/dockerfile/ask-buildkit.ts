import { execFile } from "node:child_process";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";

export interface BuildRun {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `buildx build` with these arguments on the engine of the tests; never throws. About 0.2 s. */
export function runBuild(engine: EngineFile, argv: readonly string[]): Promise<BuildRun> {
  const [program, ...prefix] = engine.buildx;
  const env = {
    ...process.env,
    DOCKER_HOST: engine.dockerHost,
    BUILDX_CONFIG: engine.buildxConfig,
    BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
  };
  return new Promise((resolve) => {
    const options = { env, timeout: 120_000, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" } as const;
    execFile(program, [...prefix, "build", ...argv], options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr });
    });
  });
}

/** Calls `work` for each item, at most `width` at a time; the results are in the order of the items. */
export async function inParallel<In, Out>(
  items: readonly In[],
  width: number,
  work: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
