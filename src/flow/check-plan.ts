import { LapstrakeError } from "../core/base/error.ts";
import type { Finding } from "../core/base/finding.ts";
import { positionOf } from "../core/blueprint/positions.ts";
import { DockerfileError } from "../core/dockerfile/error.ts";
import { parseDockerfile } from "../core/dockerfile/parse.ts";
import type { PlanFacts } from "../core/policy/contradictions/facts.ts";
import { type Judgement, judge, staleDecisions } from "../core/policy/contradictions/judge.ts";
import { type PinList, readPins } from "../core/policy/contradictions/pins.ts";
import { type OpenGuide, openGuide } from "../core/policy/guide/open-guide.ts";
import { readGuide } from "../core/policy/guide/read-guide.ts";
import type { ShownDockerfile } from "../core/policy/guide/shown-dockerfile.ts";
import { argsOf, type Fleet } from "./load-fleet.ts";

export interface PlanReport extends Judgement {
  /** Documents that could not be read, and decisions that settle nothing. */
  readonly findings: readonly Finding[];
}

const MAX_GUIDE = 1024 * 1024;

/** The fleet's contradictions within itself, without its documents. */
export async function judgeFleet(fleet: Fleet): Promise<Judgement> {
  return judge(await factsOf(fleet, []));
}

/** The fleet against itself and against its documents, and the decisions against what was found. */
export async function judgePlan(fleet: Fleet): Promise<PlanReport> {
  const read = await Promise.all(fleet.blueprint.guides.map((_, index) => readDocument(fleet, index)));
  const guides = read.flatMap((each) => ("rule" in each ? [] : [each]));
  const unread = read.flatMap((each) => ("rule" in each ? [each] : []));
  const judged = judge(await factsOf(fleet, guides));
  // Where a document is missing, a decision about it may be as good as ever.
  const stale = unread.length > 0 ? [] : staleDecisions(fleet.blueprint.decisions, judged);
  return { ...judged, findings: [...unread, ...stale] };
}

async function readDocument({ tree, blueprint }: Fleet, index: number): Promise<OpenGuide | Finding> {
  const path = blueprint.guides[index] ?? "";
  const finding = (message: string): Finding => ({
    rule: "guide-unreadable",
    level: "error",
    message,
    at: positionOf(blueprint, ["guides", index]),
    hint: `guides are Markdown files of at most ${MAX_GUIDE / 1024} KiB, relative to the folder of the blueprint`,
  });
  try {
    const bytes = await tree.read(path, MAX_GUIDE);
    if (bytes === undefined) return finding(`there is no document at ${path}`);
    return openGuide(readGuide(new TextDecoder().decode(bytes), path));
  } catch (error) {
    if (!(error instanceof LapstrakeError)) throw error;
    return finding(error.message);
  }
}

async function factsOf(fleet: Fleet, guides: readonly OpenGuide[]): Promise<PlanFacts> {
  const { blueprint, graph } = fleet;
  const [dockerfiles, pins] = await Promise.all([readDockerfiles(fleet), readAllPins(fleet)]);
  return { blueprint, graph, dockerfiles, guides, pins };
}

/** Those that cannot be read are findings of the graph already. */
async function readDockerfiles({ tree, graph }: Fleet): Promise<readonly ShownDockerfile[]> {
  const byPath = new Map([...graph.nodes.values()].map(({ declared }) => [declared.dockerfile, declared]));
  const read = [...byPath].map(async ([name, declared]): Promise<readonly ShownDockerfile[]> => {
    const bytes = await tree.read(name);
    if (bytes === undefined) return [];
    try {
      const dockerfile = parseDockerfile(new TextDecoder().decode(bytes), name);
      return [{ origin: "fleet", name, dockerfile, args: argsOf(declared) }];
    } catch (error) {
      if (!(error instanceof DockerfileError)) throw error;
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

const REQUIREMENTS = /(?:^|\/)(?:requirements|constraints)[\w.-]*\.(?:txt|in|lock)$/;

/** The lists of Python packages that the Dockerfiles take from their contexts. */
async function readAllPins({ tree, graph }: Fleet): Promise<readonly PinList[]> {
  const read = [...graph.nodes.values()].map(async ({ name, declared, dockerfile }) => {
    const files = dockerfile.sources
      .filter(({ from }) => from === undefined)
      .flatMap(({ patterns }) => patterns.filter((pattern) => REQUIREMENTS.test(pattern)))
      .map((pattern) => `${declared.context}/${pattern.replace(/^\/+/, "")}`);
    return Promise.all(
      [...new Set(files)].map(async (file): Promise<readonly PinList[]> => {
        const path = file.replace(/^(?:\.\/)+/, "");
        const bytes = await tree.read(path).catch(ifKnown);
        if (bytes === undefined) return [];
        const text = new TextDecoder().decode(bytes);
        return [{ image: name, origin: "fleet", pins: readPins(text, { file: path, line: 1, column: 1 }) }];
      }),
    );
  });
  return (await Promise.all(read)).flat(2);
}

/** What cannot be read is told by `prepare`, which reads all that an image uses. */
function ifKnown(error: unknown): undefined {
  if (!(error instanceof LapstrakeError)) throw error;
}
