import {
  type DockerfilePatch,
  type PackageRemoval,
  patchDockerfile,
} from "../../core/policy/audit/patch-dockerfile.ts";
import { loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import type { AuditReport } from "./audit-images.ts";

/**
 * For the Dockerfile of each image that was audited, what takes its unused packages out; each package by the image that
 * installs it, so only where all that is built on that one was audited with it. Nothing is written.
 */
export async function patchFleet(world: World, { images }: AuditReport): Promise<readonly DockerfilePatch[]> {
  const { tree } = await loadFleet(world);
  const byFile = new Map<string, PackageRemoval[]>();
  for (const { name: image, audit } of images) {
    for (const { name, use, instruction } of audit.packages) {
      if (use !== "unused" || instruction?.image !== image) continue;
      const { file, line, endLine } = instruction;
      byFile.set(file, [...(byFile.get(file) ?? []), { name, line, endLine }]);
    }
  }
  const patches: DockerfilePatch[] = [];
  for (const [file, removals] of byFile) {
    const bytes = await tree.read(file);
    if (bytes !== undefined) patches.push(patchDockerfile(file, new TextDecoder().decode(bytes), removals));
  }
  return patches;
}
