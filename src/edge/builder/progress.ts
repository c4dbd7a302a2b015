import type { BuildEvent } from "../../core/base/build-event.ts";
import { cleanLine, LogLines } from "./log-lines.ts";
import type { BuildStepCount, BuildWarning } from "./port.ts";
import { parseSolveStatus, type SolveStatus, type SolveVertex } from "./solve-status.ts";
import { parseStepName, type StepName } from "./step-name.ts";

/** A step that ended with an error. */
export interface FailedStep extends StepName {
  readonly name: string;
  readonly error: string;
  readonly logTail: readonly string[];
  /** The exporter had begun to send layers: what failed is the push. */
  readonly pushing: boolean;
}

/** What a build's progress said by the time it ended. */
export interface ProgressSummary {
  /** The engine took the build: at least one step was seen. */
  readonly begun: boolean;
  /** The Dockerfile was read. */
  readonly defined: boolean;
  /** A step was still running when the stream ended. */
  readonly open: boolean;
  readonly steps: BuildStepCount;
  readonly failed: readonly FailedStep[];
  readonly warnings: readonly BuildWarning[];
  /** The lines that were no progress: buildx's own messages, the last hundred. */
  readonly messages: readonly string[];
}

interface StepState {
  readonly name: string;
  readonly is: StepName;
  state: "waiting" | "running" | "done" | "failed";
  cached: boolean;
  startedAt: number;
  error: string;
  pushing: boolean;
  tail: string[];
  readonly streams: Map<number, LogLines>;
}

// Bounds of what one build may make us hold: an engine is outside input too.
const MAX_STEPS = 10_000;
const MAX_TAIL = 60;
const MAX_MESSAGES = 100;
const MAX_WARNINGS = 200;

/** Reads the lines of `--progress=rawjson` (stderr of buildx) of one image, and tells events as they come. */
export class ProgressReader {
  readonly #image: string;
  readonly #tell: (event: BuildEvent) => void;
  readonly #steps = new Map<string, StepState>();
  readonly #warnings: BuildWarning[] = [];
  readonly #messages: string[] = [];

  constructor(image: string, tell: (event: BuildEvent) => void) {
    this.#image = image;
    this.#tell = tell;
  }

  /** One line of stderr, whatever it is. */
  line(text: string): void {
    const status = parseSolveStatus(text);
    if (status !== undefined) this.#status(status);
    // A line that was cut in the middle of its JSON says nothing to a person.
    else if (!text.startsWith('{"') && text.trim() !== "") {
      this.#messages.push(cleanLine(text));
      if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
    }
  }

  summary(): ProgressSummary {
    const all = [...this.#steps.values()];
    const run = all.filter((step) => step.is.kind === "run" && step.state === "done");
    return {
      begun: all.some((step) => step.state !== "waiting"),
      defined: all.some((step) => step.is.definition === true && step.state === "done"),
      open: all.some((step) => step.state === "running"),
      steps: { total: run.length, cached: run.filter((step) => step.cached).length },
      failed: all.filter((step) => step.state === "failed").map(toFailedStep),
      warnings: this.#warnings,
      messages: this.#messages,
    };
  }

  #status(status: SolveStatus): void {
    // The same step may come twice in one line (key computed, then started): the later entry is the news.
    const latest = new Map(status.vertexes.map((vertex) => [vertex.digest, vertex]));
    for (const vertex of latest.values()) this.#begin(vertex);
    for (const log of status.logs) this.#log(log.vertex, log.stream, Buffer.from(log.data, "base64"));
    for (const transfer of status.statuses) this.#transfer(transfer);
    for (const warning of status.warnings) this.#warn(warning);
    // Ends come last, so that a step's output is told before its end.
    for (const vertex of latest.values()) this.#end(vertex);
  }

  #begin(vertex: SolveVertex): void {
    const step = this.#step(vertex);
    if (step === undefined || vertex.started === undefined || step.state === "running") return;
    // A finished step that is sent again unchanged is no new start.
    if (vertex.completed !== undefined && step.state !== "waiting") return;
    step.state = "running";
    step.startedAt = Date.parse(vertex.started);
    this.#tell({ type: "step-started", ...this.#of(vertex.digest, step), kind: step.is.kind });
  }

  #end(vertex: SolveVertex): void {
    const step = this.#steps.get(vertex.digest);
    if (step === undefined || vertex.completed === undefined || step.state !== "running") return;
    for (const [stream, lines] of step.streams) {
      for (const line of lines.end()) this.#line(vertex.digest, step, { stream, line });
    }
    step.streams.clear();
    step.cached = vertex.cached === true;
    const ms = Math.max(0, Date.parse(vertex.completed) - step.startedAt) || 0;
    const message = vertex.error === undefined ? "" : cleanLine(vertex.error);
    if (message !== "" && step.is.kind !== "cache") {
      step.state = "failed";
      step.error = message;
      this.#tell({ type: "step-failed", ...this.#of(vertex.digest, step), message, ms });
      return;
    }
    // A cache that cannot be written is a pity, not a failure; one that is not there yet is not even that.
    if (message !== "" && step.name.startsWith("exporting")) this.#addWarning({ message });
    step.state = "done";
    step.tail = [];
    this.#tell({ type: "step-done", ...this.#of(vertex.digest, step), cached: step.cached, ms });
  }

  #log(digest: string, stream: number, chunk: Uint8Array): void {
    const step = this.#steps.get(digest);
    if (step === undefined) return;
    const lines = step.streams.get(stream) ?? new LogLines();
    step.streams.set(stream, lines);
    for (const line of lines.push(chunk)) this.#line(digest, step, { stream, line });
  }

  #line(digest: string, step: StepState, said: { readonly stream: number; readonly line: string }): void {
    step.tail.push(said.line);
    if (step.tail.length > MAX_TAIL) step.tail.shift();
    const stream = said.stream === 2 ? "stderr" : "stdout";
    this.#tell({ type: "log", ...this.#of(digest, step), stream, line: said.line });
  }

  #transfer(transfer: SolveStatus["statuses"][number]): void {
    const step = this.#steps.get(transfer.vertex);
    if (step === undefined) return;
    if (transfer.id.startsWith("pushing ")) step.pushing = true;
    const { current, total } = transfer;
    this.#tell({
      type: "transfer",
      ...this.#of(transfer.vertex, step),
      what: cleanLine(transfer.id),
      current,
      total,
    });
  }

  #warn(warning: SolveStatus["warnings"][number]): void {
    const line = warning.range?.[0]?.start.line;
    this.#addWarning({
      message: cleanLine(Buffer.from(warning.short, "base64").toString("utf8")),
      ...(line === undefined ? {} : { line }),
      ...(warning.url === undefined ? {} : { url: cleanLine(warning.url) }),
    });
  }

  #addWarning(warning: BuildWarning): void {
    if (this.#warnings.length >= MAX_WARNINGS) return;
    this.#warnings.push(warning);
    this.#tell({ type: "warning", image: this.#image, ...warning });
  }

  #step(vertex: SolveVertex): StepState | undefined {
    const known = this.#steps.get(vertex.digest);
    if (known !== undefined || this.#steps.size >= MAX_STEPS) return known;
    const name = cleanLine(vertex.name.replaceAll("\n", " "));
    const step: StepState = {
      name,
      is: parseStepName(name),
      state: "waiting",
      cached: false,
      startedAt: 0,
      error: "",
      pushing: false,
      tail: [],
      streams: new Map(),
    };
    this.#steps.set(vertex.digest, step);
    return step;
  }

  #of(id: string, step: StepState): { readonly image: string; readonly id: string; readonly step: string } {
    return { image: this.#image, id, step: step.name };
  }
}

function toFailedStep(step: StepState): FailedStep {
  return { ...step.is, name: step.name, error: step.error, logTail: step.tail, pushing: step.pushing };
}
