import type { Digest } from "../../../core/base/digest.ts";
import type { ImageNode } from "../../../core/graph/image-graph.ts";
import { auditImage } from "../../../core/policy/audit/audit-image.ts";
import { imageUse } from "../../../core/policy/audit/image-use.ts";
import type { ProofSide } from "../../../core/policy/audit/proof.ts";
import { importNames } from "../../../core/policy/audit/python-use.ts";
import { FlowError } from "../../error.ts";
import type { OpenFleet } from "../../tags/open-fleet.ts";
import type { World } from "../../world.ts";
import { auditQuestions } from "../audit-questions.ts";
import { gatherFacts } from "../gather-facts.ts";
import { readTargets } from "../read-targets.ts";
import { sourceReader } from "../source-reader.ts";
import type { ModulesOf } from "./import-modules.ts";

export interface SideAsk {
  readonly node: ImageNode;
  readonly repository: string;
  readonly digest: Digest;
}

/** What one image is: how large, what it lacks by itself, and which modules it can be asked to import. */
export async function readSide(
  world: World,
  open: OpenFleet,
  { node, repository, digest }: SideAsk,
): Promise<Omit<ProofSide, "imports"> & { readonly modules: ModulesOf }> {
  const sources = await sourceReader(world);
  const questions = auditQuestions(sources);
  const { read } = await readTargets(world, open, {
    targets: [{ node, repository, digest, source: "this proof" }],
    questions,
  });
  const [target] = read;
  const at = { host: open.host, repository, digest };
  const stored = await open.registry.readManifest(at, { signal: world.kill });
  if (target === undefined || stored?.content.kind !== "manifest")
    throw new FlowError("PARENT_MISSING", `${node.name} is gone from the registry`);
  const { facts } = gatherFacts(target.image, target.image.config?.config ?? {}, sources);
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  return {
    digest,
    compressed: sum(stored.content.manifest.layers.map(({ size }) => size)),
    unpacked: sum(target.image.layers.map(({ bytes }) => bytes)),
    audit: auditImage(imageUse(facts), {
      children: [],
      steps: [],
      machines: [],
      name: node.name,
      machine: target.machine,
      originOf: () => undefined,
      commands: target.image.origins.flatMap(({ createdBy }) => createdBy ?? []),
    }),
    modules: new Map(
      facts.environments.map((environment) => [
        environment.venv ?? environment.interpreter,
        [
          ...new Set(
            environment.distributions
              .filter(({ vendoredBy }) => vendoredBy === undefined)
              .flatMap((each) => importNames(each)),
          ),
        ].sort(),
      ]),
    ),
  };
}
