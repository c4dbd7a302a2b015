import { plainPath } from "../image/path.ts";
import { nameLines } from "./database-text.ts";
import { dpkgInvalid, shown } from "./invalid.ts";

/** What others than `by` install at `from` goes to `to`. Plain paths, as recorded. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  /** Name of a package; undefined where the administrator diverted it: then nobody's file stays. */
  readonly by: string | undefined;
}

/** `diversions`: records of three lines. Throws AuditError DPKG_INVALID, as dpkg stops at a record that is cut off. */
export function readDiversions(bytes: Uint8Array, file: string): readonly Diversion[] {
  const lines = nameLines(bytes);
  const found: Diversion[] = [];
  for (let at = 0; at < lines.length; at += 3) {
    const [from, to, by] = [lines[at], lines[at + 1], lines[at + 2]];
    if (from === undefined || to === undefined || by === undefined || by === "")
      throw dpkgInvalid("the last diversion is cut off", { file, line: at + 1 });
    found.push({
      from: pathOf(from, { file, line: at + 1 }),
      to: pathOf(to, { file, line: at + 2 }),
      by: by === ":" ? undefined : by,
    });
  }
  return found;
}

function pathOf(written: string, place: { readonly file: string; readonly line: number }): string {
  const plain = plainPath(written);
  if (!plain.ok || plain.path === "" || !written.startsWith("/"))
    throw dpkgInvalid(`"${shown(written)}" is no absolute path`, place);
  return plain.path;
}
