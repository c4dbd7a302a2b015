import { RegistryError, type RegistryErrorCode } from "../error.ts";
import { readBody } from "./body.ts";
import type { Answer } from "./exchange.ts";
import { parseRetryAfter, retryAfterInText } from "./retry-after.ts";

const MAX_ERROR_BYTES = 64 * 1024;
const TEMPORARY_STATUS = new Set([408, 429, 500, 502, 503, 504]);

export interface Question {
  /** What was asked, for people: "HEAD manifest of x". */
  readonly what: string;
  /** The host by the name that the user gave it. */
  readonly host: string;
  /** Milliseconds since 1970, to read a Retry-After date against. */
  readonly now: number;
}

/** The answer of a registry that is no success, as an error (distribution-spec, "Error Codes"). */
export async function errorOfAnswer(answer: Answer, question: Question): Promise<RegistryError> {
  const text = await errorText(answer);
  const { codes, message } = readErrors(text);
  const throttled = answer.status === 429 || codes.includes("TOOMANYREQUESTS");
  const retryAfterMs = parseRetryAfter(answer.headers["retry-after"], question.now) ?? retryAfterInText(text);
  const said = message === "" ? "" : `: ${message}`;
  return new RegistryError(
    codeOf(answer.status, codes, throttled),
    `${question.host} answered ${answer.status} to ${question.what}${said}`,
    {
      temporary: throttled || TEMPORARY_STATUS.has(answer.status),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...hintFor(answer.status, question.host),
      details: { status: answer.status, codes, requestId: answer.headers["x-github-request-id"] },
    },
  );
}

async function errorText(answer: Answer): Promise<string> {
  try {
    return (await readBody(answer, MAX_ERROR_BYTES)).toString("utf8");
  } catch {
    // The status is what counts; a body that is too long or was cut adds nothing.
    return "";
  }
}

/** `{"errors":[{"code","message"}]}`, where it is that; else nothing. Printable and short: it comes from outside. */
function readErrors(text: string): { codes: readonly string[]; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { codes: [], message: "" };
  }
  // Every member is checked below before use.
  const errors = (value as { errors?: unknown } | null)?.errors;
  const list: unknown[] = Array.isArray(errors) ? errors.slice(0, 20) : [];
  const member = (entry: unknown, key: "code" | "message"): string => {
    const found = (entry as Record<string, unknown> | null)?.[key];
    return typeof found === "string" ? found : "";
  };
  const message = list
    .map((entry) => `${member(entry, "code")} ${member(entry, "message")}`.trim())
    .join("; ");
  return {
    codes: list.map((entry) => member(entry, "code")),
    message: message.replace(/[^\x20-\x7e\u00a0-\uffff]+/g, " ").slice(0, 300),
  };
}

function codeOf(status: number, codes: readonly string[], throttled: boolean): RegistryErrorCode {
  if (throttled) return "REGISTRY_RATE_LIMITED";
  if (status === 401) return "REGISTRY_UNAUTHORIZED";
  if (status === 403) return "REGISTRY_DENIED";
  if (status === 405 || codes.includes("UNSUPPORTED")) return "REGISTRY_UNSUPPORTED";
  if (status >= 500) return "REGISTRY_UNAVAILABLE";
  if (status === 404) return codes.includes("MANIFEST_UNKNOWN") ? "MANIFEST_UNKNOWN" : "REPOSITORY_UNKNOWN";
  return status >= 400 ? "REGISTRY_REFUSED" : "REGISTRY_PROTOCOL";
}

function hintFor(status: number, host: string): { hint?: string } {
  if (status === 401) return { hint: `docker login ${host}` };
  if (status === 403) return { hint: `ask for access, or docker login ${host} as another user` };
  return {};
}
