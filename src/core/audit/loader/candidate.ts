import type { ElfFacts } from "../elf/elf-facts.ts";
import type { Attempt, LoaderImage } from "./load-trace.ts";

/** A file that the loader opens for a name: it takes it, passes it over, or gives up on the name. */
export type Candidate =
  | { readonly state: "taken"; readonly path: string; readonly elf: ElfFacts }
  | { readonly state: "passed" | "fatal"; readonly why: Attempt["why"] };

/** A major version that no kernel will have while this is in use. */
const NO_KERNEL = 90;

/** As `open_verify` of glibc's elf/dl-load.c judges it, for the program's class, byte order and machine. */
export function openCandidate(image: LoaderImage, path: string, program: ElfFacts): Candidate {
  const found = image.tree.resolve(path.slice(1));
  if (found?.file.type !== "file") return { state: "passed", why: "absent" };
  const elf = image.elfAt(found.path);
  if (elf === undefined) return { state: "fatal", why: "not-elf" };
  if (elf.class !== program.class) return { state: "passed", why: "wrong-class" };
  if (elf.byteOrder !== program.byteOrder) return { state: "fatal", why: "wrong-byte-order" };
  if (elf.machine !== program.machine) return { state: "passed", why: "wrong-machine" };
  if (elf.type !== "shared") return { state: "fatal", why: "wrong-type" };
  if (elf.kernel !== undefined && isNewer(elf.kernel)) return { state: "passed", why: "newer-kernel" };
  return { state: "taken", path: found.path, elf };
}

/** Than what any kernel that runs containers has. The kernel of the machine is not known, so only an absurd one is passed over. */
function isNewer(kernel: string): boolean {
  const parts = kernel.split(".").map(Number);
  return (parts[0] ?? 0) > NO_KERNEL;
}
