import type { ElfFacts } from "../elf/elf-facts.ts";
import type { Resolved } from "../image/file-tree.ts";
import { ImageMemo } from "./image-memo.ts";
import type { AttemptFailure, LoaderImage, Refusal } from "./load-trace.ts";
import { placeOf } from "./place-of.ts";

export type Opened =
  | {
      readonly state: "open";
      readonly path: string;
      readonly facts: ElfFacts;
      readonly file: Resolved["file"];
    }
  /** The search goes on. */
  | { readonly state: "passed"; readonly why: AttemptFailure }
  /** The search ends, and the start with it. */
  | { readonly state: "refused"; readonly path: string; readonly why: Refusal };

export interface OpenRules {
  readonly image: LoaderImage;
  readonly cwd: string;
  /** What the loader runs on. */
  readonly wanted: Pick<ElfFacts, "class" | "byteOrder" | "machine">;
  /** Of loaders before glibc 2.36, where the kernel is known. */
  readonly kernel: string | undefined;
}

/** System V, GNU; those of other machines' ABIs are not judged. */
const OS_ABIS: ReadonlySet<number> = new Set([0, 3]);
const JUDGED_ABIS: ReadonlySet<number> = new Set([3, 62, 183]);

/** What comes of opening a path (`open_verify` of elf/dl-load.c): only another class or machine lets the search go on. */
export function openLibrary(path: string, { image, cwd, wanted, kernel }: OpenRules): Opened {
  const place = placeOf(path, cwd);
  const memo = ImageMemo.of(image);
  const found = memo.resolve(place);
  if (found === undefined)
    return { state: "passed", why: memo.leadsInCircles(place) ? "link-in-circles" : "absent" };
  const { file } = found;
  const refused = (why: Refusal): Opened => ({ state: "refused", path: found.path, why });
  if (file.type === "directory") return refused("folder");
  if (file.type === "file" && file.size === 0) return refused("empty-file");
  const facts = image.elfAt(found.path);
  if (facts === undefined) return refused("not-elf");
  if (facts.class !== wanted.class) return { state: "passed", why: "wrong-class" };
  if (facts.byteOrder !== wanted.byteOrder) return refused("wrong-byte-order");
  if (JUDGED_ABIS.has(wanted.machine) && !OS_ABIS.has(facts.osAbi)) return refused("wrong-os-abi");
  if (facts.machine !== wanted.machine) return { state: "passed", why: "wrong-machine" };
  if (facts.type !== "shared" && facts.type !== "executable") return refused("not-loadable");
  if (kernel !== undefined && facts.kernel !== undefined && isNewer(facts.kernel, kernel))
    return { state: "passed", why: "newer-kernel" };
  return { state: "open", path: found.path, facts, file };
}

/** Why a file that opened is not mapped (`_dl_map_object_from_fd`); only asked of one that is not loaded already. */
export function mapRefusal({ type, dynamic, pie }: ElfFacts): Refusal | undefined {
  if (type !== "shared") return "executable";
  if (!dynamic) return "no-dynamic-section";
  return pie ? "executable" : undefined;
}

function isNewer(wanted: string, kernel: string): boolean {
  const [mine, theirs] = [wanted, kernel].map((version) =>
    version.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let index = 0; index < 3; index++) {
    const difference = (mine?.[index] ?? 0) - (theirs?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
