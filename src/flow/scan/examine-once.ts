import { digestOf } from "../../core/base/digest.ts";
import { canonicalJson, type Json } from "../../core/base/json.ts";
import type { ImageGraph, ImageNode } from "../../core/graph/image-graph.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { ImageSource } from "../verify/read-stored.ts";
import { type Examination, type ExamineAsk, examineImage } from "./examine-image.ts";

/** What is in an image; what is known of the same digest under the same expectations is not worked out again. */
export async function examineOnce(
  memory: ParseCache,
  source: ImageSource,
  ask: ExamineAsk,
): Promise<Examination> {
  const key = keyOf(ask);
  const known = memory.get(key);
  // Written below, and by nothing else: the memory has a digest over it.
  if (known !== undefined) return known as Examination;
  const examination = await examineImage(source, ask);
  // What could not be told may be told the next time.
  if (examination.state === "read") memory.set(key, examination);
  return examination;
}

/** All that decides the answer, but for the program, which the cache itself is bound to. */
function keyOf({ digest, platform, expected, of, repository, tool, sbom }: ExamineAsk): string {
  const chain = of === undefined ? [] : linesOf(of.graph, of.node);
  // Undefined has no place in canonical JSON.
  const expectedJson = JSON.parse(JSON.stringify(expected)) as Json;
  return digestOf(
    canonicalJson({
      digest,
      platform,
      expected: expectedJson,
      chain,
      repository: repository ?? null,
      tool,
      sbom,
    }),
  );
}

/** The Dockerfiles of an image and of what it stands on, with their lines: findings name them. */
function linesOf(graph: ImageGraph, node: ImageNode): readonly Json[] {
  const { name, declared, dockerfile, base } = node;
  const lines = dockerfile.stages.map(({ instructions }) =>
    instructions.map(({ canonical, at }) => [canonical, at.line]),
  );
  const parent = base?.kind === "image" ? graph.nodes.get(base.name) : undefined;
  return [[name, declared.dockerfile, lines], ...(parent === undefined ? [] : linesOf(graph, parent))];
}
