import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { Subject } from "../../src/core/plan/trace.ts";
import { DEBIAN, draw } from "../graph/draw.ts";
import { INPUTS } from "./documents.ts";

/** base on a root, web and cpu on base, api on web with a file of cpu. */
export const GRAPH = draw({
  head: DEBIAN,
  images: {
    base: { dockerfile: "FROM debian\n" },
    web: { dockerfile: "FROM base\n" },
    cpu: { dockerfile: "FROM base\n" },
    api: { dockerfile: "FROM web\nCOPY --from=cpu /x /x\n" },
  },
}).graph;

/** Subjects whose own inputs are told apart by one argument. */
export function subjectsOf(args: Readonly<Record<string, string>> = {}): readonly Subject[] {
  return [...GRAPH.nodes.values()].map((node) => ({
    node,
    repository: `demo/${node.name}`,
    own: { ...INPUTS, args: { VERSION: args[node.name] ?? "1" } },
  }));
}

export const ROOT = { digest: digestOf("debian") };

/** The digest that the image with this content name has in these tests. */
export function madeOf(contentName: string): Digest {
  return digestOf(`made of ${contentName}`);
}
