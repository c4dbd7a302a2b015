import { parseInteger, parseUint32 } from "./go-value.ts";
import { cut } from "./space.ts";

const SIGNALS: ReadonlySet<string> = new Set(
  (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP " +
    "TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
  ).split(" "),
);

/** A signal that STOPSIGNAL takes: a number but 0, or a Linux name with or without SIG. */
export function isSignal(text: string): boolean {
  const number = parseInteger(text);
  if (number !== undefined) return number !== 0;
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (SIGNALS.has(name)) return true;
  const realTime = /^RT(MIN\+|MAX-)([1-9][0-9]?)$/.exec(name);
  return realTime !== null && Number(realTime[2]) <= (realTime[1] === "MIN+" ? 15 : 14);
}

/** A mode that --chmod takes: octal up to 07777, or symbolic as chmod(1) has it. */
export function isFileMode(text: string): boolean {
  if (/^[0-9]/.test(text)) {
    const mode = parseUint32(text, 8);
    return mode !== undefined && mode <= 0o7777;
  }
  return text.split(",").every((clause) => /^[augo]*(?:[-+=][rwxXstugo]*)+$/.test(clause));
}

/** A port that EXPOSE takes: `[ip:][host:]container[-last][/tcp|udp|sctp]`. */
export function isPort(text: string): boolean {
  const parts = text.split(":");
  const container = parts.at(-1) ?? "";
  const host = parts.at(-2) ?? "";
  const address = parts.slice(0, -2).join(":");
  const [ports, protocol = ""] = cut(container, "/");
  if (!["", "tcp", "udp", "sctp"].includes(protocol.toLowerCase())) return false;
  const range = portRange(ports);
  if (range === undefined || (address !== "" && !isAddress(address))) return false;
  if (host === "") return true;
  const hostRange = portRange(host);
  if (hostRange === undefined) return false;
  return range.last - range.first === hostRange.last - hostRange.first || range.first === range.last;
}

function portRange(text: string): { first: number; last: number } | undefined {
  const [start, end] = cut(text, "-");
  const first = port(start);
  const last = end === undefined ? first : port(end);
  if (first === undefined || last === undefined || last < first) return undefined;
  return { first, last };
}

function port(text: string): number | undefined {
  const value = parseInteger(text);
  return value !== undefined && value >= 0 && value <= 65_535 ? value : undefined;
}

function isAddress(text: string): boolean {
  const v4 = /^(?:(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\.|$)){4}$/;
  return v4.test(text) || /^\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?$/.test(text);
}
