import type { PhaseReport } from "../../core/phases/report/phase-report.ts";
import type { TimelineEvent } from "../../core/phases/report/timeline.ts";
import { htmlText } from "./html-page.ts";
import { entriesText, eventText, timeText } from "./phase-report-cells.ts";

const TICKS = 4;

/** The history as lanes: when evidence of a phase was collected, and when its gate was passed. HTML. */
export function renderLanes({ timeline, phases }: PhaseReport): string {
  const times = timeline.flatMap(timesOf);
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const share = (time: number): string =>
    `${(start === end ? 50 : (100 * (time - start)) / (end - start)).toFixed(2)}%`;
  const lanes = phases
    .filter(({ state }) => timeline.some(({ phase }) => phase === state.phase.id))
    .map(({ state: { phase } }) => {
      const events = timeline.filter((event) => event.phase === phase.id);
      return `<span>${htmlText(phase.id)} ${htmlText(phase.title)}</span><div class="lane">${events.map((event) => mark(event, share)).join("")}</div>`;
    });
  return `<div class="lanes">${lanes.join("\n")}<span></span><div class="axis">${axis(start, end, share)}</div></div>`;
}

function timesOf(event: TimelineEvent): readonly number[] {
  const times = event.kind === "evidence" ? [event.first.time, event.last.time] : [event.first.time];
  return times.map((time) => Date.parse(time));
}

function mark(event: TimelineEvent, share: (time: number) => string): string {
  const [first = 0, last = first] = timesOf(event);
  const title = htmlText(
    `${timeText(event.first.time)} UTC, ${eventText(event)} (entry ${entriesText(event)})`,
  );
  if (event.kind !== "evidence")
    return `<b class="${event.kind}" style="left:${share(first)}" title="${title}">◆</b>`;
  return `<i style="left:${share(first)};width:calc(${share(last)} - ${share(first)})" title="${title}"></i>`;
}

function axis(start: number, end: number, share: (time: number) => string): string {
  const count = start === end ? 1 : TICKS;
  const ticks = Array.from({ length: count }, (_, index) =>
    count === 1 ? start : start + ((end - start) * index) / (count - 1),
  );
  // Days apart, the hour says nothing; within days, it is all there is.
  const isLong = end - start > 3 * 24 * 3600 * 1000;
  return ticks
    .map((time) => {
      const text = timeText(new Date(time).toISOString());
      return `<span style="left:${share(time)}">${isLong ? text.slice(0, 10) : text}</span>`;
    })
    .join("");
}
