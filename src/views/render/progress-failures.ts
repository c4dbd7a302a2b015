import type { ImageProgress, ProgressState } from "./progress-state.ts";
import { createPaint, groupBy, type Paint } from "./progress-text.ts";

const MAX_TAIL = 20;

/**
 * What a person must see once, at the end: each failed image with the line of its Dockerfile and its last words, then
 * who was blocked by whom, and who is unavailable. Empty where all went well.
 */
export function renderFailures(
  state: ProgressState,
  options: { readonly colour: boolean },
): readonly string[] {
  const paint = createPaint(options.colour);
  const images = [...state.images.values()];
  const failed = images.flatMap((image) => (image.state === "failed" ? failureLines(image, paint) : []));
  const unavailable = images
    .filter((image) => image.state === "unavailable")
    .map(
      (image) => `${paint("yellow", "?")} ${image.name} is unavailable: ${image.why ?? "no reason given"}`,
    );
  const blocked = groupBy(
    images.filter((image) => image.state === "blocked"),
    (image) => image.why ?? "another image",
  );
  const blockers = [...blocked].map(([by, names]) => {
    const list = names.map((image) => image.name).join(", ");
    return `${paint("yellow", "⊘")} blocked by ${by}: ${list}`;
  });
  const after = [...unavailable, ...blockers];
  return [...failed, ...(after.length > 0 ? ["", ...after] : [])];
}

function failureLines(image: ImageProgress, paint: Paint): string[] {
  const reason = paint("red", `failed: ${image.failure?.reason ?? "unknown"}`);
  const head = `${paint("red", "✗")} ${paint("bold", image.name)} ${reason}`;
  return ["", head, ...detailsOf(image).map((line) => `  ${line}`)];
}

function detailsOf({ failure }: ImageProgress): string[] {
  if (failure === undefined) return [];
  const { dockerfileLine: at, step, message } = failure;
  // The builder's own last words end with the message, which is told anyway.
  const tail = failure.logTail.slice(-MAX_TAIL).filter((line) => !line.endsWith(message));
  const where = at === undefined ? step : `${at.file ?? "Dockerfile"}:${at.line}: ${at.text}`;
  const cut =
    failure.logTail.length > MAX_TAIL ? [`  | … ${failure.logTail.length - MAX_TAIL} lines before`] : [];
  return [...(where === undefined ? [] : [where]), ...cut, ...tail.map((line) => `  | ${line}`), message];
}
