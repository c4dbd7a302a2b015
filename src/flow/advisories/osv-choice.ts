import type { OsvPolicy } from "../../core/blueprint/gate-policy.ts";
import type { DatabaseChoice } from "../../edge/scanner/database/port.ts";
import { exportPlace } from "./export-place.ts";

/** The database that a policy means; paths in it are below the folder of its blueprint. */
export function osvChoice({ digest, export: path, sources }: OsvPolicy, folder: string): DatabaseChoice {
  return {
    digest,
    export: path === undefined ? undefined : exportPlace(path, folder),
    sources: sources?.map((each) => exportPlace(each, folder)),
  };
}
