import { LapstrakeError } from "../core/base/error.ts";
import { FlowError } from "./error.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import type { World } from "./world.ts";

/**
 * Compares the package index as it is now with the lock, where an image that is about to be built installs from it.
 * A mirror keeps only its newest packages, so a moved index means newer packages than the lock's. The blueprint says
 * whether that is a warning or ends the run (`build.index`). What cannot be read is told as not checked.
 */
export async function checkIndex(
  world: World,
  planned: PlannedFleet,
  open: ReadonlySet<string>,
): Promise<void> {
  const locked = planned.fleet.lock?.index.apt;
  const concerned = planned.subjects.filter(
    ({ node, own }) => open.has(node.name) && own.index !== undefined,
  );
  if (locked === undefined || concerned.length === 0) return;
  const bootstrapper = await world.bootstrapper(planned.fleet.engine ?? world.engine());
  const suites = new Set(planned.fleet.blueprint.roots.flatMap((root) => root.bootstrap?.suite ?? []));
  const moved: string[] = [];
  for (const suite of suites) {
    try {
      const now = await bootstrapper.aptIndex(suite, world.kill);
      moved.push(
        ...Object.keys(locked.suites).filter(
          (name) => now[name] !== undefined && now[name] !== locked.suites[name],
        ),
      );
    } catch (error) {
      if (!(error instanceof LapstrakeError)) throw error;
      world.onEvent({
        type: "note",
        level: "info",
        message: `the package index was not compared with the lock: ${error.message}`,
      });
    }
  }
  if (moved.length === 0) return;
  const message = `the package index moved since ${planned.fleet.lockFile} was written (${moved.join(", ")}): ${concerned.length} image(s) would get newer packages`;
  if (planned.fleet.blueprint.build.index === "strict") {
    throw new FlowError("INDEX_MOVED", message, {
      hint: "run `lapstrake lock` and review, or set build.index to warn",
    });
  }
  world.onEvent({
    type: "note",
    level: "warning",
    message: `${message}; \`lapstrake lock\` takes the new state`,
  });
}
