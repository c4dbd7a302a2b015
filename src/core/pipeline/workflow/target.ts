import type { CiSettings, RegistryPlace } from "../../blueprint/blueprint.ts";

/** What a rendered workflow says beside its pipeline. */
export interface WorkflowTarget {
  readonly settings: CiSettings;
  readonly registry: RegistryPlace;
  /** The folder of the blueprint below the top of the repository; "" at the top. */
  readonly folder: string;
  /** The name of the blueprint in that folder. */
  readonly blueprint: string;
}

export const WORKFLOW_FOLDER = ".github/workflows";

export function workflowFile(name: string): string {
  return `${WORKFLOW_FOLDER}/${name}.yml`;
}

/** HOST[/NAMESPACE], as the blueprint and LAPSTRAKE_REGISTRY have it. */
export function registryText({ host, namespace }: RegistryPlace): string {
  return namespace === undefined ? host : `${host}/${namespace}`;
}
