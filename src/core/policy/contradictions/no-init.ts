import type { Instruction } from "../../dockerfile/dockerfile.ts";
import type { ImageNode } from "../../graph/image-graph.ts";
import { lastStage, type ShownDockerfile, stageChain } from "../guide/shown-dockerfile.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { type Demand, firstDemands } from "./demand.ts";
import type { PlanFacts, Rule } from "./facts.ts";

const DEMAND = /[^\n]{0,40}\b(?:tini|dumb-init|PID ?1|init process)\b[^\n]{0,40}/i;
const INITS: ReadonlySet<string> = new Set([
  "tini",
  "tini-static",
  "dumb-init",
  "catatonit",
  "init",
  "s6-svscan",
]);

/** A document wants an init as the first process, and a service or an example starts another program first. */
export const noInit: Rule = (facts) => {
  const [demand] = firstDemands(facts.guides, DEMAND);
  if (demand === undefined) return [];
  return [...ofExamples(facts), ...ofServices(facts)].map(({ subject, place }) =>
    report(subject, place, demand),
  );
};

interface Bare {
  readonly subject: string;
  readonly place: Place & { readonly at: NonNullable<Place["at"]> };
}

function report(subject: string, place: Bare["place"], demand: Demand): ReturnType<typeof contradiction> {
  return contradiction({
    rule: "no-init",
    subject,
    message: `${subject} starts without an init as its first process, which ${demand.guide.file} wants`,
    places: [place, { at: demand.at, says: `"${demand.words}"` }],
    resolution: 'write ENTRYPOINT ["/usr/bin/tini", "--"], or say that the image below brings it',
  });
}

/** An example is judged by itself: a reader does not know what the image under it brings. */
function ofExamples({ guides }: PlanFacts): readonly Bare[] {
  return guides
    .flatMap(({ dockerfiles }) => dockerfiles)
    .flatMap((shown) => {
      const { command, entrypoint } = startOf(shown);
      if (isInit(entrypoint) || (command === undefined && entrypoint === undefined)) return [];
      const what = entrypoint ?? command;
      return what === undefined ? [] : [{ subject: shown.name, place: { at: what.at, says: what.text } }];
    });
}

/** A service of the fleet starts what its images, from itself down to the root, say first. */
function ofServices({ graph, dockerfiles }: PlanFacts): readonly Bare[] {
  const byPath = new Map(dockerfiles.map((shown) => [shown.name, shown]));
  const nodes = [...graph.nodes.values()].filter(({ declared }) => declared.service !== undefined);
  // Of a service that is built for several machines one stands for all.
  return [...groupBy(nodes, ({ declared }) => declared.service ?? "")].flatMap(
    ([service, [node]]): Bare[] => {
      for (let image: ImageNode | undefined = node; image !== undefined; ) {
        const shown = byPath.get(image.declared.dockerfile);
        // Where another stage than the last is built, nothing is known of it here.
        if (shown === undefined || image.declared.target !== undefined) return [];
        const { entrypoint } = startOf(shown);
        if (isInit(entrypoint)) return [];
        if (entrypoint !== undefined) {
          return [{ subject: service, place: { at: entrypoint.at, says: entrypoint.text } }];
        }
        image = image.base === undefined ? undefined : graph.nodes.get(image.base.name);
      }
      const says = `no image under ${service} has an ENTRYPOINT`;
      return [{ subject: service, place: { at: node.declared.at, says } }];
    },
  );
}

function startOf(shown: ShownDockerfile): {
  readonly command: Instruction | undefined;
  readonly entrypoint: Instruction | undefined;
} {
  const instructions = stageChain(shown, lastStage(shown)).flatMap((stage) => stage.instructions);
  return {
    command: instructions.findLast(({ name }) => name === "CMD"),
    entrypoint: instructions.findLast(({ name }) => name === "ENTRYPOINT"),
  };
}

/** In the shell form the first process is the shell. */
function isInit(entrypoint: Instruction | undefined): boolean {
  if (entrypoint === undefined || !entrypoint.json) return false;
  return INITS.has(entrypoint.args[0]?.split("/").at(-1) ?? "");
}
