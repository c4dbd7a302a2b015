import type { SourcePosition } from "../../base/error.ts";

/** What one file of requirements asks for, for one image. */
export interface PinList {
  readonly image: string;
  readonly origin: "fleet" | "guide";
  readonly pins: readonly Pin[];
}

export interface Pin {
  /** As the index compares names (PEP 503). */
  readonly name: string;
  /** Undefined where it is not pinned. */
  readonly version: string | undefined;
  readonly at: SourcePosition;
}

const LINE =
  /^([A-Za-z0-9][A-Za-z0-9._-]{0,200})(?:\[[^\]]{0,200}\])?[ \t]*(?:===?[ \t]*([A-Za-z0-9.+!_-]{1,100})|[<>=!~;#@\\]|$)/;

/** Reads lines such as `torch==2.2.2+cu121`, `uvicorn[standard]`; options, hashes and comments are passed over. */
export function readPins(text: string, start: SourcePosition): readonly Pin[] {
  return text.split("\n").flatMap((line, index): Pin[] => {
    const [, name, version] = LINE.exec(line.trim()) ?? [];
    if (name === undefined) return [];
    const at = { file: start.file, line: start.line + index, column: 1 };
    return [{ name: name.toLowerCase().replaceAll(/[-_.]+/g, "-"), version, at }];
  });
}
