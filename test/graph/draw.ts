import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import { buildGraph, type GraphResult } from "../../src/core/graph/build-graph.ts";

export interface Drawing {
  /** Under `images:`, by name: what stands beside dockerfile and context. */
  readonly images: Readonly<Record<string, { readonly dockerfile: string; readonly more?: string }>>;
  readonly head?: string;
}

/** The graph of these Dockerfiles, each at NAME/Dockerfile; the blueprint's lines are counted from its text. */
export function draw({ images, head = "" }: Drawing): GraphResult & { readonly text: string } {
  const text = [
    "version: 1",
    "fleet: drawn",
    "registry: registry.example/demo",
    ...(head === "" ? [] : [head]),
    "images:",
    ...Object.entries(images).map(
      ([name, { more = "" }]) =>
        `  ${name}: { dockerfile: ${name}/Dockerfile, context: ${name}${more === "" ? "" : `, ${more}`} }`,
    ),
    "",
  ].join("\n");
  const blueprint = parseBlueprint(text, "lapstrake.yaml");
  const read = buildable(blueprint).map((declared) => {
    const dockerfile = parseDockerfile(images[declared.name]?.dockerfile ?? "", declared.dockerfile);
    const options = {
      args: declared.args,
      platform: "linux/amd64",
      contexts: Object.keys(declared.contexts),
    };
    return { declared, dockerfile: resolveDockerfile(dockerfile, options) };
  });
  return { text, ...buildGraph({ blueprint, images: read, hosts: ["local", "registry.example"] }) };
}

export const DEBIAN = "roots: { debian: { image: 'docker.io/library/debian:12' } }";
