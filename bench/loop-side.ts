import { peerProgram } from "../test/kit/peer-program.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";
import { expectStock, type Stock } from "./stock.ts";
import type { Workbench } from "./workbench.ts";

export type LoopPeer = "crane" | "skopeo";

/**
 * What people write: list each repository's tags, then ask for each tag. `crane digest` asks for no more than the digest;
 * `skopeo inspect` also for when and from what it was made, which is what our table has.
 */
const LOOPS: Readonly<Record<LoopPeer, { readonly tags: string; readonly digest: string }>> = {
  crane: { tags: '"$PEER" ls "$image"', digest: '"$PEER" digest "$image:$tag"' },
  skopeo: {
    tags: `"$PEER" list-tags --tls-verify=false "docker://$image" | sed -n '/"Tags"/,$s/^ *"\\([^"]*\\)",\\{0,1\\}$/\\1/p'`,
    digest: `"$PEER" inspect --tls-verify=false --no-tags --format '{{.Digest}}' "docker://$image:$tag"`,
  },
};

export interface LoopOptions {
  /** `HOST:PORT` of a registry that speaks plain HTTP. */
  readonly host: string;
  readonly stock: Stock;
}

/** A timed run, in seconds, of a peer's loop over all repositories of the stock. */
export function loopSide(
  bench: Workbench,
  name: LoopPeer,
  { host, stock }: LoopOptions,
): () => Promise<number> {
  const { tags, digest } = LOOPS[name];
  const script = `set -euo pipefail
for repository; do
  image=$HOST/$repository
  tags=$(${tags})
  for tag in $tags; do
    digest=$(${digest})
    echo "$repository:$tag $digest"
  done
done`;
  const repositories = [...new Set([...stock.keys()].map((each) => each.slice(0, each.lastIndexOf(":"))))];
  const program = peerProgram(projectRoot(), name);
  return async () => {
    const { seconds, stdout } = await bench.run({
      argv: ["bash", "-c", script, "loop", ...repositories],
      cwd: bench.path("."),
      env: { ...cleanEnvironment(), PEER: program, HOST: host },
    });
    const pairs = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    expectStock(stock, new Map(pairs.map(([tag = "", found]) => [tag, found])));
    return seconds;
  };
}
