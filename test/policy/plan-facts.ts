import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import { buildGraph } from "../../src/core/graph/build-graph.ts";
import type { PlanFacts } from "../../src/core/policy/contradictions/facts.ts";
import { readPins } from "../../src/core/policy/contradictions/pins.ts";
import { openGuide } from "../../src/core/policy/guide/open-guide.ts";
import { readGuide } from "../../src/core/policy/guide/read-guide.ts";
import type { ShownDockerfile } from "../../src/core/policy/guide/shown-dockerfile.ts";

export interface PlanFixture {
  /** Of `lapstrake.yaml`, after its first three lines. */
  readonly blueprint?: string;
  /** Dockerfiles by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly guide?: string;
  /** Lists of requirements by image. */
  readonly pins?: Readonly<Record<string, string>>;
}

export const HEAD = "version: 1\nfleet: f\nregistry: registry.example/demo\n";

/** What a fleet of these texts and its one document `guide.md` are to the rules, read by the program's own readers. */
export function planFacts({ blueprint = "", files = {}, guide, pins = {} }: PlanFixture): PlanFacts {
  const read = parseBlueprint(`${HEAD}${blueprint}`, "lapstrake.yaml");
  const declared = buildable(read);
  const images = declared.map((image) => {
    const args = image.machine === undefined ? image.args : { MACHINE: image.machine, ...image.args };
    const contexts = image.machine === undefined ? [] : ["machine-profile"];
    const parsed = parseDockerfile(textOf(files, image.dockerfile), image.dockerfile);
    return {
      declared: image,
      dockerfile: resolveDockerfile(parsed, { args, platform: "linux/amd64", contexts }),
    };
  });
  const { graph } = buildGraph({ blueprint: read, images, hosts: ["registry.example"] });
  return {
    blueprint: read,
    graph,
    dockerfiles: [...new Map(declared.map((image) => [image.dockerfile, image]))].map(
      ([name, { args }]): ShownDockerfile => ({
        origin: "fleet",
        name,
        dockerfile: parseDockerfile(textOf(files, name), name),
        args,
      }),
    ),
    guides: guide === undefined ? [] : [openGuide(readGuide(guide, "guide.md"))],
    pins: Object.entries(pins).map(([image, text]) => ({
      image,
      origin: "fleet",
      pins: readPins(text, { file: `${image}/requirements.lock`, line: 1, column: 1 }),
    })),
  };
}

function textOf(files: Readonly<Record<string, string>>, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`the fixture has no ${path}`);
  return text;
}
