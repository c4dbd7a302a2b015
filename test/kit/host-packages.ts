import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import { hostTree } from "./host-tree.ts";

/** This machine as an image, with all that dpkg and apt know of it. */
export function hostPackagesTree(): FileTree {
  return hostTree({
    keep: (path) =>
      /^var\/lib\/dpkg\/(?:status|diversions|arch|info\/[^/]+\.(?:list|md5sums|shlibs|symbols)|alternatives\/[^/]+)$/.test(
        path,
      ) || path === "var/lib/apt/extended_states",
    walk: ["var/lib/dpkg/alternatives", "etc/alternatives"],
  });
}
