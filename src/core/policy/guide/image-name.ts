import type { Blueprint } from "../../blueprint/blueprint.ts";
import type { BuildCommand } from "./build-commands.ts";

/** A reference taken apart without asking whether it is a good one: examples hold variables and commands. */
export interface LooseRef {
  /** Host and namespace; empty for a plain name. */
  readonly prefix: string;
  readonly name: string;
  readonly tag: string | undefined;
}

export function looseRef(text: string): LooseRef {
  const slash = text.indexOf("/");
  // A host may have a port: the tag comes after the first slash.
  const end = text.slice(slash + 1).search(/[:@]/);
  const path = end < 0 ? text : text.slice(0, slash + 1 + end);
  const rest = text.slice(path.length);
  const last = path.lastIndexOf("/");
  return {
    prefix: last < 0 ? "" : path.slice(0, last),
    name: path.slice(last + 1),
    tag: rest.startsWith(":") ? rest.slice(1).replace(/@.*$/s, "") : undefined,
  };
}

/** Tells the fleet's own images from others: by its registry and namespace, and by where documents push. */
export function ownImages(
  { registry }: Blueprint,
  commands: readonly BuildCommand[],
): (ref: string) => LooseRef | undefined {
  const { host, namespace } = registry;
  const pushed = new Set(
    commands
      .flatMap(({ tags }) => tags.map(({ text }) => looseRef(text).prefix))
      .filter((each) => each !== ""),
  );
  const isOwn = (prefix: string): boolean =>
    pushed.has(prefix) ||
    (namespace === undefined
      ? prefix === host
      : // The namespace is the fleet's, wherever its registry is today.
        prefix === namespace || prefix.endsWith(`/${namespace}`));
  return (ref) => {
    const loose = looseRef(ref);
    return isOwn(loose.prefix) ? loose : undefined;
  };
}
