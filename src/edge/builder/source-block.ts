import type { DockerfileLine } from "../../core/base/build-event.ts";

// buildx shows where an error comes from (errdefs.Source.Print of BuildKit):
//   Dockerfile:3
//   --------------------
//      2 |     COPY tool /tool
//      3 | >>> RUN ["/tool"]
//   --------------------
const HEAD = /^(?:.+):(\d+)$/;
const RULE = /^-{20}$/;
const MARKED = /^ *(\d+) \| >>> ?(.*)$/;

/**
 * The line of the Dockerfile that the last such block among these lines of stderr points at; undefined without a block.
 * An instruction of several lines is named by its first.
 */
export function readSourceBlock(lines: readonly string[]): DockerfileLine | undefined {
  for (let head = lines.length - 2; head >= 0; head--) {
    const line = HEAD.exec(lines[head] ?? "")?.[1];
    if (line === undefined || !RULE.test(lines[head + 1] ?? "")) continue;
    const marked = lines
      .slice(head + 2)
      .map((text) => MARKED.exec(text))
      .find((match) => match !== null);
    return {
      line: Number(marked?.[1] ?? line),
      text: (marked?.[2] ?? "").trim(),
    };
  }
  return undefined;
}
