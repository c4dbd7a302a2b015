import type { CiSettings, RegistryPlace } from "../blueprint/blueprint.ts";
import type { ImageGraph } from "../graph/image-graph.ts";

/** All that decides a pipeline. */
export interface PipelineInputs {
  readonly fleet: string;
  readonly graph: ImageGraph;
  readonly settings: CiSettings;
  /** Where CI pushes. */
  readonly registry: RegistryPlace;
  /** Whether the fleet has gates. Without them there is nothing that a scan could deny. */
  readonly gated: boolean;
  /** Whether images have their SBOMs beside them: the gates ask for those. */
  readonly attachesSboms: boolean;
  /** Whether the gates stand on advisories that are fetched: a new machine has none. */
  readonly fetchesAdvisories: boolean;
  /** The name of the fleet's lock file. */
  readonly lockFile: string;
  /** By image, the reference of its own build cache; those that keep none are left out. */
  readonly caches: ReadonlyMap<string, string>;
}
