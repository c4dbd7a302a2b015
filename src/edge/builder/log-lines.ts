import { StringDecoder } from "node:string_decoder";

const MAX_LINE = 2000;

/** Turns the chunks of one stream of one step into clean lines; a chunk may end inside a line or a character. */
export class LogLines {
  readonly #decoder = new StringDecoder("utf8");
  #open = "";

  /** The lines that this chunk completed. */
  push(chunk: Uint8Array): string[] {
    const parts = (this.#open + this.#decoder.write(chunk)).split("\n");
    const rest = parts.pop() ?? "";
    // A stream without line ends must not grow without bound.
    this.#open = rest.length > MAX_LINE * 4 ? "" : rest;
    if (this.#open !== rest) parts.push(rest);
    return parts.map(cleanLine);
  }

  /** The last line, where it had no end. */
  end(): string[] {
    const rest = this.#open + this.#decoder.end();
    this.#open = "";
    return rest === "" ? [] : [cleanLine(rest)];
  }
}

// CSI, OSC and two-byte escape sequences (ECMA-48), then what control characters are left.
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// oxlint-disable-next-line no-control-regex -- as above
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * One line that is safe to show: a build's output must not move the cursor, set titles or hide text. Of a progress bar
 * that redraws itself by carriage returns, the last picture stays.
 */
export function cleanLine(text: string): string {
  const pictures = text.split("\r").filter((part) => part !== "");
  const plain = (pictures.at(-1) ?? "").replaceAll(ESCAPES, "").replaceAll(CONTROLS, "");
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE)}…` : plain;
}
