/** What Linux opens at most; an engine fails to unpack more. */
const MAX_PATH = 4096;
const MAX_NAME = 255;

export type PlainPath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string };

/** A path of an archive from the image's root, without `.`, `..` and slashes at its ends; the root itself is "". */
export function plainPath(written: string): PlainPath {
  if (written.length > MAX_PATH) return { ok: false, why: `it is longer than ${MAX_PATH} characters` };
  if (written.includes("\0")) return { ok: false, why: "it holds a zero byte" };
  const parts: string[] = [];
  for (const part of written.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return { ok: false, why: "it leads out of the image" };
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  if (parts.some((part) => part.length > MAX_NAME))
    return { ok: false, why: `a name in it is longer than ${MAX_NAME}` };
  return { ok: true, path: parts.join("/") };
}
