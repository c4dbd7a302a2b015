import type { LayerFacts } from "../image/layer-facts.ts";
import { STATUS, STATUS_FOLDER } from "./database-files.ts";
import { fieldsText } from "./database-text.ts";
import { parsePackage } from "./parse-package.ts";
import { readDeb822 } from "./read-deb822.ts";

export interface PackageOrigin {
  /** Index of the layer since which it is there, the lowest is 0: its instruction is the one to edit. */
  readonly layer: number;
  /** Of the layer since which it has its version: later than `layer` where it was upgraded. */
  readonly versionLayer: number;
}

/**
 * Which layer brought each package of an image, by id. A layer that changes packages holds the whole status anew, so the
 * first status that lists a package is of the layer that installed it; one that was removed on the way begins again.
 * Removing it in a later layer would free nothing. Throws AuditError DPKG_INVALID.
 */
export function firstLayersOf(
  layers: readonly Pick<LayerFacts, "kept" | "whiteouts">[],
): ReadonlyMap<string, PackageOrigin> {
  let status: ReadonlyMap<string, string> = new Map();
  const split = new Map<string, ReadonlyMap<string, string>>();
  let origins: ReadonlyMap<string, PackageOrigin> = new Map();
  for (const [layer, { kept, whiteouts }] of layers.entries()) {
    const before = origins;
    for (const { path, opaque } of whiteouts) {
      if (path === STATUS || STATUS.startsWith(`${path}/`) || path === "") status = new Map();
      for (const file of split.keys())
        if ((!opaque && file === path) || file.startsWith(`${path}/`) || path === "") split.delete(file);
    }
    const whole = kept.get(STATUS);
    if (whole !== undefined) status = versionsOf(whole, STATUS);
    for (const [path, content] of kept) {
      if (path.startsWith(`${STATUS_FOLDER}/`) && !path.endsWith(".md5sums"))
        split.set(path, versionsOf(content, path));
    }
    origins = advance(before, [...split.values(), status], layer);
  }
  return new Map([...origins].map(([id, { layer, versionLayer }]) => [id, { layer, versionLayer }]));
}

interface Versioned extends PackageOrigin {
  readonly version?: string;
}

function advance(
  before: ReadonlyMap<string, Versioned>,
  lists: readonly ReadonlyMap<string, string>[],
  layer: number,
): ReadonlyMap<string, Versioned> {
  const after = new Map<string, Versioned>();
  for (const list of lists) {
    for (const [id, version] of list) {
      const known = before.get(id);
      after.set(id, {
        layer: known?.layer ?? layer,
        versionLayer: known?.version === version ? known.versionLayer : layer,
        version,
      });
    }
  }
  return after;
}

function versionsOf(content: Uint8Array, file: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const stanza of readDeb822(fieldsText(content), { file })) {
    const read = parsePackage(stanza);
    if (read !== undefined) versions.set(read.id, read.version);
  }
  return versions;
}
