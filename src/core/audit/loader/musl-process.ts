import type { ElfFacts } from "../elf/elf-facts.ts";
import { nameText } from "../tar/text.ts";
import type { ProcessStart } from "./glibc-process.ts";
import { isHostLibrary } from "./host-libraries.ts";
import { ImageMemo } from "./image-memo.ts";
import type { Attempt, LoadEdge, LoadOutcome, LoadTrace, Refusal, SearchStep } from "./load-trace.ts";
import { placeOf } from "./place-of.ts";
import { preloadNames } from "./preload.ts";
import { costOf, MAX_PATH } from "./tokens.ts";

const [MAX_OBJECTS, MAX_EDGES, MAX_CONF] = [5000, 100_000, 64 * 1024];
const DEFAULT_PATH = "/lib:/usr/local/lib:/usr/lib";
/** Names that musl's one library answers to itself. */
const RESERVED = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

interface MuslObject {
  readonly path: string;
  readonly foundAs: string;
  readonly facts: ElfFacts;
  readonly needer: MuslObject | undefined;
  /** What it answers to: its file's name, where it was searched for. There are no sonames. */
  shortName: string | undefined;
}

type Found =
  | { readonly state: "open"; readonly foundAs: string; readonly path: string; readonly through: SearchStep }
  | { readonly state: "missing" }
  | { readonly state: "given-up" };

/**
 * A process of musl's loader (ldso/dynlink.c): LD_LIBRARY_PATH first, then the RPATH or RUNPATH of who asks and of all whose needs
 * loaded it, then `etc/ld-musl-ARCH.path` or three default folders. The first file that opens is taken, whatever it is.
 * No cache, no sonames, no symbol versions, `$ORIGIN` only.
 */
export class MuslProcess {
  readonly #start: ProcessStart;
  readonly #objects: MuslObject[] = [];
  readonly #edges: LoadEdge[] = [];
  readonly #notes = new Set<string>();
  readonly #secure: boolean;
  readonly #paths = new Map<MuslObject, readonly string[]>();
  #ownLoaded = false;
  readonly #enough: (steps: number) => boolean;
  #isCut = false;

  constructor(start: ProcessStart) {
    this.#start = start;
    this.#enough = ImageMemo.of(start.image).spender();
    const file = start.image.tree.resolve(start.root.program)?.file;
    this.#secure = start.root.secure ?? (((file?.mode ?? 0) & 0o6000) !== 0 || file?.capabilities === true);
  }

  run(): LoadTrace {
    const { root, program, system } = this.#start;
    const main: MuslObject = {
      path: root.program,
      foundAs: `/${root.program}`,
      facts: program,
      needer: undefined,
      shortName: undefined,
    };
    this.#objects.push(main);
    const there = system.path !== undefined;
    if (program.interpreter !== undefined && !there)
      this.#edges.push({
        from: root.program,
        needed: system.name,
        kind: "interpreter",
        outcome: { state: "missing" },
        tried: [{ by: "path", path: system.name, why: "absent" }],
      });
    for (const name of this.#secure ? [] : preloadNames(root.preload, false))
      this.#need({ by: undefined, name, kind: "preload" });
    this.#loadFrom(0);
    for (const { path } of root.opened) {
      if (this.#isCut) break;
      const [objects, edges, own] = [this.#objects.length, this.#edges.length, this.#ownLoaded];
      // Whoever calls it: `dlopen` searches as for the program.
      this.#need({
        by: main,
        name: path.includes("/") ? `/${path.replace(/^\/+/, "")}` : path,
        kind: "opened",
      });
      this.#loadFrom(objects);
      if (this.#edges.slice(edges).some(({ outcome }) => outcome.state === "missing")) {
        this.#takenBack.push(...this.#objects.splice(objects));
        this.#ownLoaded = own;
      }
    }
    const written = ({ path, foundAs, needer }: MuslObject) => ({
      path,
      foundAs: foundAs.replace(/^\//, ""),
      ...(needer === undefined ? {} : { by: needer.path }),
    });
    const own =
      this.#ownLoaded && there ? [{ path: system.path, foundAs: system.name, by: root.program }] : [];
    return {
      root,
      loader: "musl",
      objects: [...this.#objects.map(written), ...own],
      takenBack: this.#takenBack.map(written),
      edges: this.#edges,
      versions: [],
      isCut: this.#isCut,
      notes: [...this.#notes],
    };
  }

  readonly #takenBack: MuslObject[] = [];

  #spend(steps: number): boolean {
    this.#isCut ||= !this.#enough(steps);
    return !this.#isCut;
  }

  #loadFrom(first: number): void {
    for (let at = first; at < this.#objects.length && !this.#isCut; at++) {
      const by = this.#objects[at];
      for (const name of by?.facts.needed ?? []) this.#need({ by, name, kind: "needed" });
    }
  }

  #need({
    by,
    name,
    kind,
  }: {
    readonly by: MuslObject | undefined;
    readonly name: string;
    readonly kind: "needed" | "opened" | "preload";
  }): void {
    const { root, image, program, system } = this.#start;
    this.#isCut ||= this.#edges.length >= MAX_EDGES || this.#objects.length >= MAX_OBJECTS;
    if (!this.#spend(1 + (this.#objects.length >> 6))) return;
    const tried: Attempt[] = [];
    const put = (outcome: LoadOutcome) => {
      this.#edges.push({ from: by?.path ?? root.program, needed: name, kind, outcome, tried });
    };
    if (RESERVED.test(name) || name === system.name) {
      this.#ownLoaded = true;
      put(system.path === undefined ? { state: "missing" } : { state: "loaded", path: system.path });
      return;
    }
    const [, ...libraries] = this.#objects;
    const known = name.includes("/") ? undefined : libraries.find(({ shortName }) => shortName === name);
    if (known !== undefined) {
      put({ state: "loaded", path: known.path });
      return;
    }
    const found = this.#find(name, by, tried);
    if (this.#isCut) put({ state: "unknown", why: "the search takes more steps than are followed" });
    else if (found.state !== "open") put(isHostLibrary(name) ? { state: "host" } : { state: "missing" });
    else {
      const { path, foundAs, through } = found;
      const searched = !name.includes("/");
      const same = libraries.find((each) => this.#identity(each.path) === this.#identity(path));
      if (same !== undefined) {
        if (searched) same.shortName ??= fileName(same.foundAs);
        put({ state: "loaded", path: same.path, through });
        return;
      }
      const facts = image.elfAt(path);
      const why = refusalOf(facts, program);
      if (facts === undefined || why !== undefined) {
        tried.push({ ...through, path: foundAs, why: why ?? "not-elf" });
        put({ state: "missing", refused: path });
      } else {
        this.#objects.push({
          path,
          foundAs,
          facts,
          needer: by,
          shortName: searched ? fileName(foundAs) : undefined,
        });
        put({ state: "found", path, through });
      }
    }
  }

  #identity(path: string): string {
    return this.#start.image.identityOf?.(path) ?? path;
  }

  #find(name: string, by: MuslObject | undefined, tried: Attempt[]): Found {
    const { root } = this.#start;
    if (name.includes("/")) return this.#inPaths([""], { name, step: { by: "path" }, tried });
    if (name.length > 255) return { state: "missing" };
    const first = this.#secure ? [] : splitPath(root.libraryPath ?? "");
    let found = this.#inPaths(first, { name, step: { by: "LD_LIBRARY_PATH" }, tried });
    for (let each = by; found.state === "missing" && each !== undefined; each = each.needer) {
      const step: SearchStep = { by: each.facts.runpath === undefined ? "rpath" : "runpath", of: each.path };
      found = this.#inPaths(this.#pathsOf(each), { name, step, tried });
    }
    return found.state === "missing"
      ? this.#inPaths(this.#systemPaths(), { name, step: { by: "default" }, tried })
      : found;
  }

  #inPaths(
    folders: readonly string[],
    { name, step, tried }: { readonly name: string; readonly step: SearchStep; readonly tried: Attempt[] },
  ): Found {
    const { image, root } = this.#start;
    const memo = ImageMemo.of(image);
    for (const folder of folders) {
      const foundAs = step.by === "path" ? name : `${folder}/${name}`;
      if (!this.#spend(costOf(foundAs))) return { state: "given-up" };
      const place = placeOf(foundAs, root.cwd);
      const found = memo.resolve(place);
      if (found !== undefined) return { state: "open", foundAs, path: found.path, through: step };
      tried.push({ ...step, path: foundAs, why: "absent" });
    }
    return { state: "missing" };
  }

  /** One list for both tags, RUNPATH where there are two; a list with any other token than `$ORIGIN` is none (`fixup_rpath`). */
  #pathsOf(object: MuslObject): readonly string[] {
    const known = this.#paths.get(object);
    if (known !== undefined) return known;
    const text = object.facts.runpath ?? object.facts.rpath ?? "";
    const strange = /\$(?!ORIGIN|\{ORIGIN\})/.test(text);
    const isProgram = object === this.#objects[0];
    const origin = object.foundAs.replace(/\/[^/]*$/, "");
    const refused = text.includes("$") && (strange || (this.#secure && isProgram));
    const paths = refused
      ? []
      : splitPath(text).map((each) =>
          each.replaceAll(/\$(?:ORIGIN|\{ORIGIN\})/g, () => origin).slice(0, MAX_PATH),
        );
    this.#paths.set(object, paths);
    this.#spend(paths.reduce((sum, { length }) => sum + length, 0) >> 7);
    return paths;
  }

  #systemPaths(): readonly string[] {
    const { image, system } = this.#start;
    const arch = /ld-musl-(.+)\.so/.exec(system.name)?.[1] ?? "";
    // Beside the folder that the loader's own path names: `/lib/ld-musl-x86_64.so.1` has `/etc/ld-musl-x86_64.path`.
    const prefix = system.name.replace(/\/[^/]*\/[^/]*$/, "");
    const place = image.tree.resolve(placeOf(`${prefix}/etc/ld-musl-${arch}.path`, ""));
    if (place === undefined) return splitPath(DEFAULT_PATH);
    const bytes = image.contentOf(place.path);
    if (bytes !== undefined) return splitPath(nameText(bytes.subarray(0, MAX_CONF)));
    this.#notes.add(`the content of ${place.path} is not known: default folders are taken`);
    return splitPath(DEFAULT_PATH);
  }
}

function splitPath(text: string): readonly string[] {
  return text
    .split(/[:\n]+/)
    .filter((each) => each !== "")
    .slice(0, 1000);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function refusalOf(facts: ElfFacts | undefined, program: ElfFacts): Refusal | undefined {
  if (facts === undefined) return "not-elf";
  if (facts.class !== program.class) return "wrong-class";
  if (facts.machine !== program.machine) return "wrong-machine";
  if (facts.byteOrder !== program.byteOrder) return "wrong-byte-order";
  return facts.dynamic ? undefined : "no-dynamic-section";
}
