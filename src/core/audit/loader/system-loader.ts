import type { ElfFacts } from "../elf/elf-facts.ts";
import type { LoaderImage, LoadRoot } from "./load-trace.ts";
import { type LoaderMachine, loaderMachine } from "./machine.ts";

/** The loader of an image that a program is started with, and the rules that were built into it. */
export interface SystemLoader {
  readonly kind: "glibc" | "musl" | "unknown";
  /** As the program names it. */
  readonly name: string;
  /** Where it really lies; undefined where nothing is there. */
  readonly path: string | undefined;
  readonly machine: LoaderMachine;
  /** Default folders in their order, with slashes at both ends. */
  readonly folders: readonly string[];
  /** What `$LIB` stands for. */
  readonly lib: string;
  /** The folders are not of a layout that is known here: what is not found elsewhere may be found by it. */
  readonly foldersAssumed: boolean;
  /** Minor version of glibc 2: 36 in Debian 12. Undefined where its libc tells none. */
  readonly glibc: number | undefined;
}

/** Undefined for a program that is started without any: a static one. */
export function findSystemLoader(image: LoaderImage, facts: ElfFacts): SystemLoader | undefined {
  const machine = loaderMachine(facts);
  const name =
    facts.interpreter ??
    (facts.type === "shared" && facts.needed.length > 0 ? present(image, machine) : undefined);
  if (name === undefined) return undefined;
  const path = image.tree.resolve(name)?.path;
  const kind = kindOf(name.slice(name.lastIndexOf("/") + 1));
  return {
    kind,
    name,
    path,
    machine,
    ...layoutOf(path ?? name),
    glibc: path === undefined ? undefined : glibcVersion(image, path),
  };
}

/** For a library that is looked at by itself: the loader that its machine's programs name. */
function present({ tree }: LoaderImage, { loaders }: LoaderMachine): string | undefined {
  const found = loaders.find((each) => tree.resolve(each) !== undefined) ?? loaders[0];
  return found === undefined ? undefined : `/${found}`;
}

function kindOf(name: string): SystemLoader["kind"] {
  if (name.startsWith("ld-musl-")) return "musl";
  return /^ld(?:64)?(?:-linux(?:-[\w-]+)?|-[\d.]+)?\.so(?:\.\d+)?$/.test(name) ? "glibc" : "unknown";
}

function layoutOf(path: string): Pick<SystemLoader, "folders" | "lib" | "foldersAssumed"> {
  const folder = path.replace(/^\/+/, "").replace(/\/?[^/]*$/, "");
  const inner = folder.replace(/^usr\//, "");
  // Debian and what comes of it: slibdir and libdir of the machine, then the plain ones as trusted folders.
  if (/^lib\/[\w-]+-linux-[\w-]+$/.test(inner))
    return {
      folders: [`/${inner}/`, `/usr/${inner}/`, "/lib/", "/usr/lib/"],
      lib: inner,
      foldersAssumed: false,
    };
  // Fedora, SUSE, Arch: slibdir and libdir of the same name.
  if (/^lib(?:64|32|x32)?$/.test(inner))
    return { folders: [`/${inner}/`, `/usr/${inner}/`], lib: inner, foldersAssumed: false };
  // A prefix of its own (Nix, Guix, a toolchain): its libdir is where it lies.
  return { folders: [`/${folder}/`], lib: "lib", foldersAssumed: true };
}

/** The newest version that the libc beside the loader defines. */
function glibcVersion({ tree, elfAt }: LoaderImage, loader: string): number | undefined {
  const libc = tree.resolve(`${loader.replace(/[^/]*$/, "")}libc.so.6`);
  const versions = (libc && elfAt(libc.path)?.versionsDefined) ?? [];
  const minors = versions.flatMap((each) => /^GLIBC_2\.(\d+)(?:\.\d+)?$/.exec(each)?.[1] ?? []).map(Number);
  return minors.length === 0 ? undefined : Math.max(...minors);
}

/** Sub-folders of each searched folder: those that the loader looks into before the folder itself, and those of other CPUs. */
export interface SubFolders {
  readonly active: readonly string[];
  readonly inactive: readonly string[];
  /** The part of `active` that is below `glibc-hwcaps`, by its names. */
  readonly levels: readonly string[];
}

/** glibc-hwcaps came with 2.33; folders by `tls`, platform and features of the CPU went with 2.37 (`_dl_important_hwcaps`). */
export function subFoldersOf({ machine, glibc = 36 }: SystemLoader, root: LoadRoot): SubFolders {
  const position = machine.levels.indexOf(root.level);
  const levels = position < 0 || glibc < 33 ? [] : machine.levels.slice(position);
  const named = (list: readonly string[]) => list.map((each) => `glibc-hwcaps/${each}/`);
  const others = glibc < 33 ? [] : machine.levels.filter((each) => !levels.includes(each));
  if (glibc > 36) return { active: named(levels), inactive: named(others), levels };
  const isX86 = machine.platforms?.includes("x86_64") === true;
  const platform = root.platform ?? machine.platforms?.[0];
  const legacy = combinations([...(isX86 ? ["x86_64"] : []), ...(platform === undefined ? [] : [platform])]);
  const active = [...named(levels), ...legacy];
  const elsewhere = (machine.platforms ?? []).flatMap((each) =>
    combinations([...(isX86 ? ["x86_64", "avx512_1"] : []), each]),
  );
  return {
    active,
    inactive: [...named(others), ...elsewhere].filter((each) => !active.includes(each)),
    levels,
  };
}

/** All subsets of features, platform and "tls", the last named first, the largest first; without the empty one. */
function combinations(features: readonly string[]): readonly string[] {
  const all = [...features, "tls"];
  const folders: string[] = [];
  for (let mask = 2 ** all.length - 1; mask > 0; mask--)
    folders.push(
      all
        .flatMap((each, index) => ((mask >> index) & 1 ? [`${each}/`] : []))
        .reverse()
        .join(""),
    );
  return [...new Set(folders)];
}
