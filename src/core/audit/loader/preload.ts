import { nameText } from "../tar/text.ts";
import type { LoaderImage } from "./load-trace.ts";

const FILE = "etc/ld.so.preload";
const MAX_BYTES = 64 * 1024;
const MAX_NAME = 255;

/** What of LD_PRELOAD the loader takes: from users with fewer rights than the program, names only (`dso_name_valid_for_suid`). */
export function preloadNames(names: readonly string[], secure: boolean): readonly string[] {
  return names
    .flatMap((each) => each.split(/[ :]/))
    .filter((name) => name !== "" && (!secure || (!name.includes("/") && name.length < MAX_NAME)));
}

/** Names in `etc/ld.so.preload`: parted by white space or colons, comments to the end of their lines. */
export function preloadFileNames({ tree, contentOf }: LoaderImage): readonly string[] {
  const place = tree.resolve(FILE);
  const bytes = place === undefined ? undefined : contentOf(place.path);
  if (bytes === undefined) return [];
  return nameText(bytes.subarray(0, MAX_BYTES))
    .replace(/#[^\n]*/g, " ")
    .split(/[: \t\n]+/)
    .filter((name) => name !== "");
}
