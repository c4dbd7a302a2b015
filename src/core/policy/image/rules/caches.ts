import type { LayerEntry } from "../../../audit/image/layer-facts.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

interface CacheKind {
  readonly what: string;
  readonly path: RegExp;
  readonly hint: string;
}

/** Files that a build leaves behind and nobody reads. Empty files are none: a package may want its log to be there. */
const CACHES: readonly CacheKind[] = [
  {
    what: "apt's package lists",
    path: /^var\/lib\/apt\/lists\/./,
    hint: "rm -rf /var/lib/apt/lists/* in the RUN that made them",
  },
  {
    what: "apt's archives and caches",
    path: /^var\/cache\/apt\/./,
    hint: "apt-get clean in the RUN that filled them",
  },
  {
    what: "caches of debconf and ldconfig",
    path: /^var\/cache\/(?:debconf\/.*-old|ldconfig\/.)/,
    hint: "remove them in the same RUN",
  },
  {
    what: "caches in a home",
    path: /^(?:root|home\/[^/]+)\/\.cache\/./,
    hint: "mount a cache (RUN --mount=type=cache), or pip's --no-cache-dir",
  },
  { what: "temporary files", path: /^(?:tmp|var\/tmp)\/./, hint: "RUN --mount=type=tmpfs,target=/tmp" },
  { what: "logs", path: /^var\/log\/./, hint: "remove them in the same RUN" },
];
const TOLD = 3;

/**
 * No layer of the fleet holds caches, lists, logs or bytecode without source; not even one whose files a later layer hides,
 * since they are sent and stored all the same. What a root brings is its maker's: no Dockerfile here could leave it out.
 */
export function cachesVerdict(facts: ImageFacts): Verdict {
  const roots = rootLayersIn(facts);
  return contentVerdict("image-caches", facts, ({ layers }) => {
    const own = layers.slice(roots);
    const fails = own.flatMap(({ entries, diffId }): Reason[] => {
      const files = entries.filter(({ type, size }) => type === "file" && size > 0);
      const found = CACHES.map((kind) => ({
        ...kind,
        files: files.filter(({ path }) => kind.path.test(path)),
      }));
      const orphans = {
        what: "bytecode without its source",
        hint: "remove it with its source",
        files: orphansOf(files, layers),
      };
      return [...found, orphans].flatMap(({ what, hint, files: found }) =>
        found.length === 0 ? [] : [{ message: `${what}: ${shown(found)}`, digest: diffId, hint }],
      );
    });
    return { fails, holds: { message: `no caches, lists or logs in ${own.length} layer(s) above the root` } };
  });
}

/** How many of the image's layers are those of its root: all of the root's, in its order, or none. */
function rootLayersIn({ expected, manifest }: ImageFacts): number {
  const { rootLayers } = expected;
  return rootLayers.every((digest, index) => manifest.layers[index]?.digest === digest)
    ? rootLayers.length
    : 0;
}

function shown(files: readonly LayerEntry[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const names = files.slice(0, TOLD).map(({ path }) => `/${path}`);
  const more = files.length > TOLD ? ` and ${files.length - TOLD} more` : "";
  return `${names.join(", ")}${more} (${bytes} bytes)`;
}

/** `__pycache__/x.cpython-311.pyc` is read for `x.py` beside its folder; without that nothing ever reads it. */
function orphansOf(
  files: readonly LayerEntry[],
  layers: readonly { readonly entries: readonly LayerEntry[] }[],
): readonly LayerEntry[] {
  const cached = files.filter(({ path }) => path.includes("__pycache__/"));
  if (cached.length === 0) return [];
  const sources = new Set(
    layers.flatMap(({ entries }) => entries.flatMap(({ path }) => (path.endsWith(".py") ? [path] : []))),
  );
  return cached.filter(({ path }) => {
    const found = /^(.*\/)?__pycache__\/([^/]+?)\.[^/.]+(?:\.opt-\d)?\.pyc$/.exec(path);
    return found === null || !sources.has(`${found[1] ?? ""}${found[2]}.py`);
  });
}
