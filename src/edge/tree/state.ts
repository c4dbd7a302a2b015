import { isAbsolute, join } from "node:path";
import { digestOf, shortDigest } from "../../core/base/digest.ts";
import { TreeError } from "./error.ts";

/**
 * Where everything lives that a run leaves behind: LAPSTRAKE_STATE, else XDG_STATE_HOME/lapstrake, else
 * ~/.local/state/lapstrake. A relative XDG_STATE_HOME is ignored, as the XDG base directory specification asks.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = env["LAPSTRAKE_STATE"] ?? "";
  if (own !== "") {
    if (isAbsolute(own)) return own;
    throw new TreeError("STATE_FOLDER", `expected an absolute path in LAPSTRAKE_STATE, found ${own}`);
  }
  const xdg = env["XDG_STATE_HOME"] ?? "";
  return isAbsolute(xdg) ? join(xdg, "lapstrake") : join(home, ".local", "state", "lapstrake");
}

/** The folder of one fleet. `place` is registry and namespace: the same name in two places is two fleets. */
export function fleetState(state: string, fleet: string, place: string): string {
  // The name is checked by the blueprint; this keeps the folder one level deep whatever it was.
  const plain = fleet.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_");
  return join(state, "fleets", `${plain}-${shortDigest(digestOf(place), 8)}`);
}

/** The folder of one work tree's caches: they belong to the tree, so that two clones of a fleet do not fight over one. */
export function treeState(state: string, root: string): string {
  return join(state, "trees", shortDigest(digestOf(root), 16));
}
