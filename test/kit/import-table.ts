/** The import table of the design, as data. Rooms are folders of `src`; a room may always import itself. */
export const ROOMS = [
  "core/base",
  "core/record",
  "core/oci",
  "core/blueprint",
  "core/dockerfile",
  "core/graph",
  "core/plan",
  "core/audit",
  "core/advisory",
  "core/policy",
  "core/inventory",
  "core/phases",
  "core/pipeline",
  "edge/process",
  "edge/tree",
  "edge/builder",
  "edge/engine",
  "edge/registry",
  "edge/scanner",
  "edge/ledger",
  "edge/packages",
  "edge/grammar",
  "flow",
  "views/render",
  "views/cli",
  "views/docs",
  "views/server",
  "views/web",
] as const;

export type Room = (typeof ROOMS)[number];

export interface ImportRule {
  /** Rooms, or parents of rooms. */
  readonly rooms: readonly string[];
  /** Rooms of which only the types may be used; the linter cannot tell, review can. */
  readonly ports?: readonly string[];
  /** Files that may import anything, each with its reason beside it. */
  readonly exceptions?: readonly string[];
}

const EDGE: ImportRule = { rooms: ["core", "edge/process"] };
const LEAF: ImportRule = { rooms: ["core/base", "core/oci"] };

export const IMPORT_TABLE: Readonly<Record<Room, ImportRule>> = {
  "core/base": { rooms: [] },
  "core/record": LEAF,
  "core/oci": LEAF,
  "core/blueprint": LEAF,
  "core/dockerfile": LEAF,
  "core/audit": LEAF,
  "core/graph": { rooms: ["core/base", "core/oci", "core/blueprint", "core/dockerfile"] },
  "core/advisory": { rooms: ["core/base", "core/oci", "core/audit"] },
  "core/policy": {
    rooms: [
      "core/base",
      "core/oci",
      "core/blueprint",
      "core/dockerfile",
      "core/graph",
      "core/audit",
      "core/advisory",
    ],
  },
  "core/inventory": { rooms: ["core/base", "core/oci", "core/blueprint", "core/graph"] },
  "core/phases": { rooms: ["core/base", "core/record", "core/blueprint", "core/policy"] },
  "core/plan": { rooms: ["core/base", "core/oci", "core/graph", "core/policy", "core/inventory"] },
  "core/pipeline": { rooms: ["core/base", "core/oci", "core/blueprint", "core/graph", "core/plan"] },
  "edge/process": { rooms: ["core/base"] },
  "edge/tree": EDGE,
  "edge/builder": EDGE,
  "edge/engine": EDGE,
  "edge/registry": EDGE,
  "edge/scanner": EDGE,
  "edge/ledger": EDGE,
  "edge/packages": EDGE,
  "edge/grammar": EDGE,
  flow: {
    rooms: ["core"],
    ports: [
      "edge/builder",
      "edge/engine",
      "edge/grammar",
      "edge/ledger",
      "edge/packages",
      "edge/process",
      "edge/registry",
      "edge/scanner",
      "edge/tree",
    ],
  },
  "views/render": { rooms: ["core"] },
  // main.ts alone names concrete adapters.
  "views/cli": {
    rooms: ["flow", "views/render", "core"],
    exceptions: ["views/cli/main.ts", "views/cli/wire.ts", "views/cli/wire-sources.ts"],
  },
  "views/docs": { rooms: ["core", "views/cli"] },
  "views/server": { rooms: ["flow", "views/render", "core"] },
  "views/web": { rooms: ["views/render", "core"] },
};

/** Lines of a source file. The linter holds functions to 60. */
export const SIZE_LIMITS = { hard: 500, nineInTen: 250 } as const;
