import { execFileSync } from "node:child_process";
import { join } from "node:path";

export type PeerName =
  | "crane"
  | "skopeo"
  | "chromium"
  | "syft"
  | "spdx-schema"
  | "sarif-schema"
  | "actionlint"
  | "zizmor";

/**
 * The path of a program that others use for the same work, brought by `scripts/peers` of this project's folder: from
 * Debian the first time, some seconds. Throws where it cannot be had; the script has said why on stderr.
 */
export function peerProgram(root: string, name: PeerName): string {
  return execFileSync(join(root, "scripts/peers"), [name], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
}

/** For tests of the real ring: undefined, after a loud line, where it cannot be had and an engine is not insisted on. */
export function requirePeer(name: PeerName): string | undefined {
  try {
    return peerProgram(join(import.meta.dirname, "../.."), name);
  } catch (error) {
    if (process.env["LAPSTRAKE_REQUIRE_ENGINE"] === "1") throw error;
    console.warn(`\n!!! SKIPPED: there is no ${name} here, and scripts/peers could not bring it\n`);
    return undefined;
  }
}
