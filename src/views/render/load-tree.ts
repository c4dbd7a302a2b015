import type {
  Attempt,
  AttemptFailure,
  LoadEdge,
  LoadTrace,
  SearchStep,
} from "../../core/audit/loader/load-trace.ts";

/** How many of those are named that get what is loaded already. */
const NAMED = 8;

/**
 * What the loader of each program did for a library, by its name, its path or the last part of that: down from the program to who
 * needs it, then each path that was tried, in order, with why it was not taken, and where the search ended. A text for each program
 * that asks for it.
 */
export function renderLoadTrees(traces: readonly LoadTrace[], name: string): readonly string[] {
  const trees = traces.flatMap((trace) => {
    const about = trace.edges.filter((edge) => isAbout(edge, name));
    const searched = about.filter((edge) => !isAnswered(edge));
    if (searched.length === 0) return [];
    const cut = trace.isCut ? ["  cut off: it loads more, or searches longer, than is followed"] : [];
    return [
      [
        `/${trace.root.program}, by the loader of ${trace.loader}${openedText(trace)}:`,
        ...cut,
        ...searched.flatMap((edge) => searchLines(trace, edge)),
        ...answeredLine(about.filter(isAnswered)),
        ...versionLines(trace, about),
      ].join("\n"),
    ];
  });
  // Environments of Python share an interpreter.
  return [...new Set(trees)];
}

function openedText({ root: { opened } }: LoadTrace): string {
  return opened.length === 0 ? "" : `, ${opened.length} extensions and libraries opened`;
}

function isAbout({ needed, outcome }: LoadEdge, name: string): boolean {
  const path = "path" in outcome ? outcome.path : outcome.state === "missing" ? outcome.refused : undefined;
  return (
    needed === name ||
    lastOf(needed) === name ||
    (path !== undefined && (path === name.replace(/^\/+/, "") || lastOf(path) === name))
  );
}

/** By what was loaded before, without any search. */
function isAnswered({ outcome }: LoadEdge): boolean {
  return outcome.state === "loaded" && outcome.through === undefined;
}

function searchLines(trace: LoadTrace, edge: LoadEdge): readonly string[] {
  const above = chainTo(trace, edge.from);
  const indent = (depth: number): string => "  ".repeat(depth + 1);
  const inner = indent(above.length + 1);
  return [
    ...above.map((each, depth) => `${indent(depth)}${asksFor(each)}: ${endOf(trace, each)}`),
    `${indent(above.length)}${asksFor(edge)}:`,
    ...edge.tried.map((attempt) => `${inner}${attemptText(attempt, edge.from)}`),
    `${inner}${endOf(trace, edge)}${takenBack(trace, edge)}`,
    ...(edge.variants ?? []).map((path) => `${inner}another CPU would take /${path}`),
    ...(edge.hint === undefined ? [] : [`${inner}${edge.hint}`]),
  ];
}

/** The edges that lead from the program to an object, the first of each. */
function chainTo({ edges, root }: LoadTrace, object: string): readonly LoadEdge[] {
  const chain: LoadEdge[] = [];
  const seen = new Set([root.program]);
  for (let path = object; !seen.has(path); ) {
    seen.add(path);
    const edge = edges.find(({ outcome }) => outcome.state === "found" && outcome.path === path);
    if (edge === undefined) break;
    chain.unshift(edge);
    path = edge.from;
  }
  return chain;
}

function asksFor({ kind, needed, from }: LoadEdge): string {
  switch (kind) {
    case "interpreter":
      return `/${from} is started by ${needed}`;
    case "needed":
      return `/${from} needs ${needed}`;
    case "auxiliary":
      return `/${from} takes ${needed} where it is there`;
    case "filter":
      return `/${from} is a filter for ${needed}`;
    case "opened":
      return `/${from} opens ${needed}`;
    case "preload":
      return `${needed} is preloaded`;
  }
}

function endOf(trace: LoadTrace, { outcome, from }: LoadEdge): string {
  switch (outcome.state) {
    case "found":
      return `found by ${stepText(outcome.through, from)}: ${placeText(trace, outcome.path)}`;
    case "loaded":
      return `${outcome.through === undefined ? "" : `found by ${stepText(outcome.through, from)}: `}/${outcome.path}, which is loaded already`;
    case "host":
      return "not in the image: the container runtime brings it";
    case "missing":
      return outcome.refused === undefined
        ? "NOT FOUND"
        : `NOT LOADED: the search ends at /${outcome.refused}`;
    case "unknown":
      return `not known: ${outcome.why}`;
  }
}

/** The path by which it was found, and where that leads. */
function placeText({ objects, takenBack: gone }: LoadTrace, path: string): string {
  const foundAs = [...objects, ...gone].find((each) => each.path === path)?.foundAs ?? path;
  return foundAs === path ? `/${path}` : `/${foundAs}, which is /${path}`;
}

function takenBack({ takenBack: gone }: LoadTrace, { outcome }: LoadEdge): string {
  return outcome.state === "found" && gone.some(({ path }) => path === outcome.path)
    ? "; taken back, since what opened it failed"
    : "";
}

/** `asker`: whose own lists need no name. */
function stepText({ by, of }: SearchStep, asker: string): string {
  switch (by) {
    case "rpath":
    case "runpath":
      return of === asker ? `its ${by.toUpperCase()}` : `${by.toUpperCase()} of /${of}`;
    case "LD_LIBRARY_PATH":
      return by;
    case "cache":
      return "etc/ld.so.cache";
    case "default":
      return "default folder";
    case "path":
      return "its path";
  }
}

function attemptText({ path, why, ...step }: Attempt, asker: string): string {
  return `${stepText(step, asker)}: ${path === undefined ? "" : `${path}: `}${FAILURES[why]}`;
}

const FAILURES: Readonly<Record<AttemptFailure, string>> = {
  absent: "no such file",
  "no-folder": "no such folder",
  "link-in-circles": "a link in circles, so the rest of this list is passed over",
  "newer-kernel": "it wants a newer kernel",
  "not-in-cache": "not listed, or not for this machine",
  "no-cache": "there is none that the loader takes",
  "system-folder-refused": "who asks takes nothing of the system's folders (NODEFLIB)",
  "skipped-for-runpath": "not looked into, since who asks has a RUNPATH",
  "no-set-user-id": "not set-user-id, as a preload of such a program must be",
  "host-dependent": "whether it is taken depends on the CPU",
  "not-elf": "no ELF file",
  "empty-file": "an empty file",
  folder: "a folder",
  "wrong-byte-order": "of another byte order",
  "wrong-os-abi": "of another system's ABI",
  "not-loadable": "an ELF file that cannot be loaded",
  executable: "a program",
  "no-dynamic-section": "no dynamic section",
  "wrong-class": "of another class (32 or 64 bits)",
  "wrong-machine": "for another machine",
};

function answeredLine(edges: readonly LoadEdge[]): readonly string[] {
  const names = [...new Set(edges.map(({ from }) => `/${from}`))];
  if (names.length === 0) return [];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return [`  loaded already when these need it: ${names.slice(0, NAMED).join(", ")}${more}`];
}

function versionLines({ versions }: LoadTrace, about: readonly LoadEdge[]): readonly string[] {
  const names = new Set(about.map(({ needed }) => needed));
  return versions
    .filter(({ library }) => names.has(library))
    .map(
      ({ from, version, severity, path }) =>
        `  /${from} wants its version ${version}: ${path === undefined ? "nothing loaded answers to the name" : `/${path} does not have it`} (${severity})`,
    );
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
