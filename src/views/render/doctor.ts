import { columnsOf, type Paint } from "./progress-text.ts";
import { wrap } from "./wrap.ts";

export interface DoctorView {
  readonly checks: readonly {
    readonly id: string;
    readonly status: "ok" | "warning" | "failure" | "unknown";
    readonly finding: string;
    readonly fix?: string;
  }[];
}

export interface DoctorStyle {
  readonly paint: Paint;
  /** Columns to wrap findings at; undefined for a pipe, which gets one line each. */
  readonly columns: number | undefined;
}

const COLOUR = { ok: "green", warning: "yellow", failure: "red", unknown: "cyan" } as const;
const STATUS_WIDTH = "failure".length;
/** Below this a hanging indent leaves too little: findings then stand below their check. */
const NARROW = 72;

/** One check a line: status, id, finding; what mends it below. The counts at the end. */
export function renderDoctor({ checks }: DoctorView, style: DoctorStyle): string {
  const widest = Math.max(0, ...checks.map(({ id }) => columnsOf(id)));
  const below = style.columns !== undefined && style.columns < NARROW;
  const indent = below ? 2 : STATUS_WIDTH + widest + 4;
  const room = style.columns === undefined ? Number.POSITIVE_INFINITY : style.columns - indent;
  const lines = checks.flatMap(({ id, status, finding, fix }) => {
    const mark = style.paint(COLOUR[status], status.padEnd(STATUS_WIDTH));
    const text = wrap(finding, room);
    const pad = " ".repeat(indent);
    const mend = fix === undefined || status === "ok" ? [] : [`${pad}${style.paint("bold", "fix:")} ${fix}`];
    if (below) return [`${mark}  ${id}`, ...text.map((line) => `${pad}${line}`), ...mend];
    const [first = "", ...more] = text;
    const name = `${id}${" ".repeat(widest - columnsOf(id))}`;
    return [`${mark}  ${name}  ${first}`, ...more.map((line) => `${pad}${line}`), ...mend];
  });
  return `${[...lines, "", summary(checks)].join("\n")}\n`;
}

function summary(checks: DoctorView["checks"]): string {
  const count = (status: string): number => checks.filter((check) => check.status === status).length;
  const parts = (["failure", "warning", "unknown", "ok"] as const).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${status}`],
  );
  return parts.join(", ");
}
