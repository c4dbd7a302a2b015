import { z } from "zod";

/**
 * One line of `--progress=rawjson`: BuildKit's SolveStatus as buildx 0.29 prints it, as far as we read it. Times are
 * RFC 3339 with nanoseconds. Unknown members are dropped (a warning carries the whole Dockerfile and its definition).
 */
const Vertex = z.object({
  digest: z.string(),
  name: z.string().default(""),
  started: z.string().optional(),
  completed: z.string().optional(),
  cached: z.boolean().optional(),
  error: z.string().optional(),
});
const Status = z.object({
  id: z.string(),
  vertex: z.string(),
  current: z.number().default(0),
  total: z.number().default(0),
  completed: z.string().optional(),
});
const Log = z.object({ vertex: z.string(), stream: z.number().default(1), data: z.string().default("") });
const Warning = z.object({
  /** Base64. */
  short: z.string().default(""),
  url: z.string().optional(),
  range: z.array(z.object({ start: z.object({ line: z.number() }) })).optional(),
});
const SolveStatus = z.object({
  vertexes: z.array(Vertex).default([]),
  statuses: z.array(Status).default([]),
  logs: z.array(Log).default([]),
  warnings: z.array(Warning).default([]),
});

export type SolveStatus = z.infer<typeof SolveStatus>;
export type SolveVertex = z.infer<typeof Vertex>;

/** Undefined where the line is no status: a message of buildx, or a line that was cut. */
export function parseSolveStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return SolveStatus.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
