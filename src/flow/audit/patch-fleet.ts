import { withDependents } from "../../core/graph/image-graph.ts";
import {
  type DockerfilePatch,
  type PackageRemoval,
  patchDockerfile,
} from "../../core/policy/audit/patch-dockerfile.ts";
import { loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import type { AuditReport } from "./audit-report.ts";

/**
 * For the Dockerfile of each image that was audited, what takes its unused packages out; each package by the image that
 * installs it, so only where all that is built on that one was audited with it. Nothing is written.
 */
export async function patchFleet(
  world: World,
  { images, left }: AuditReport,
): Promise<readonly DockerfilePatch[]> {
  const { tree, graph } = await loadFleet(world);
  const unread = new Set(left.map(({ name }) => name));
  const byFile = new Map<string, { removals: PackageRemoval[]; open: string[] }>();
  for (const { name: image, audit, ofFleet } of images) {
    const open = ofFleet ? withDependents(graph, [image]).filter((name) => unread.has(name)) : [];
    for (const { name, use, instruction } of audit.packages) {
      if (use !== "unused" || instruction?.image !== image) continue;
      const { file, line, endLine } = instruction;
      const known = byFile.get(file) ?? { removals: [], open };
      known.removals.push({ name, line, endLine });
      byFile.set(file, known);
    }
  }
  const patches: DockerfilePatch[] = [];
  for (const [file, { removals, open }] of byFile) {
    const bytes = await tree.read(file);
    if (bytes === undefined) continue;
    const text = new TextDecoder().decode(bytes);
    // What was not read may use any of it.
    if (open.length === 0) patches.push(patchDockerfile(file, text, removals));
    else {
      const why = `${open.join(", ")}, which is built on it, was not read`;
      patches.push({
        file,
        diff: "",
        patched: text,
        removed: [],
        kept: removals.map(({ name }) => ({ name, why })),
      });
    }
  }
  return patches;
}
