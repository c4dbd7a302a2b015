import type { ProgressEvent } from "../../core/base/build-event.ts";
import type { Clock } from "../../core/base/clock.ts";
import { createLiveScreen, type ScreenStream } from "./live-screen.ts";
import { renderFailures } from "./progress-failures.ts";
import { renderPlain, textOf } from "./progress-plain.ts";
import { NO_PROGRESS, type ProgressState, reduceProgress } from "./progress-state.ts";
import { createPaint, fit } from "./progress-text.ts";
import { renderTree } from "./progress-tree.ts";

export type ProgressMode = "live" | "plain" | "json" | "none";

/** `auto` is live on a terminal and plain elsewhere; `--quiet` is none unless another mode was asked for by name. */
export function chooseProgressMode(
  flag: "auto" | "plain" | "json" | "none",
  surroundings: { readonly terminal: boolean; readonly quiet: boolean },
): ProgressMode {
  if (flag !== "auto") return flag;
  if (surroundings.quiet) return "none";
  return surroundings.terminal ? "live" : "plain";
}

export interface ProgressOptions {
  readonly mode: ProgressMode;
  /** Where the talk goes: stderr. */
  readonly out: ScreenStream;
  /** A terminal without NO_COLOR. */
  readonly colour: boolean;
  readonly clock: Clock;
}

export interface Progress {
  onEvent(event: ProgressEvent): void;
  /** Ends the picture (later calls do nothing), and tells the failures once (not in json, where they were told as events). */
  close(): void;
}

/** Shows the one stream of events of a run in one of its four manners. */
export function createProgress(options: ProgressOptions): Progress {
  const view = viewOf(options, options.clock());
  let state = NO_PROGRESS;
  let open = true;
  return {
    onEvent: (event) => {
      if (!open) return;
      const at = options.clock();
      state = reduceProgress(state, event, at);
      view.show(event, state, at);
    },
    close: () => {
      if (open) view.close(state);
      open = false;
    },
  };
}

interface View {
  show(event: ProgressEvent, state: ProgressState, at: number): void;
  close(state: ProgressState): void;
}

function viewOf(options: ProgressOptions, began: number): View {
  const { out, colour } = options;
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) out.write(lines.map((line) => `${line}\n`).join(""));
  };
  const failures = (state: ProgressState): void => write(renderFailures(state, { colour }));
  switch (options.mode) {
    case "none":
      return { show: () => {}, close: failures };
    case "json":
      return { show: (event, _state, at) => write([JSON.stringify({ at, ...event })]), close: () => {} };
    case "plain":
      return {
        show: (event, _state, at) => {
          const line = renderPlain(event, at - began);
          if (line !== undefined) write([line]);
        },
        close: failures,
      };
    default:
      return liveView(options);
  }
}

function liveView({ out, colour, clock }: ProgressOptions): View {
  let latest = NO_PROGRESS;
  const paint = createPaint(colour);
  const draw = (size: { readonly width: number; readonly height: number }): readonly string[] =>
    latest.images.size === 0 ? [] : renderTree(latest, { ...size, now: clock(), colour });
  const screen = createLiveScreen({ out, draw });
  return {
    show: (event, state) => {
      latest = state;
      if (event.type === "note") {
        const text = fit(event.message, 500);
        screen.print([event.level === "warning" ? paint("yellow", `warning: ${text}`) : text]);
      } else if (event.type === "job-started" || event.type === "job-ended") {
        screen.print([fit(textOf(event) ?? "", 500)]);
      } else screen.touch();
    },
    close: (state) => {
      // The last picture stays whole, however high the terminal is: it is the record of the run.
      latest = state;
      const whole = draw({ width: Math.max(1, (out.columns || 80) - 1), height: Number.POSITIVE_INFINITY });
      screen.close([...whole, ...renderFailures(state, { colour })]);
    },
  };
}
