import { LapstrakeError } from "../base/error.ts";

export type GraphErrorCode = "GRAPH_UNKNOWN_IMAGE" | "GRAPH_INVALID";

/** A question about the graph that it cannot answer, or a graph with findings that no plan can be made of. */
export class GraphError extends LapstrakeError<GraphErrorCode> {
  readonly exit = 2;
}
