import { formatPosition } from "../../core/base/error.ts";
import type { Finding } from "../../core/base/finding.ts";
import type { Fleet } from "../load-fleet.ts";
import { type Answer, type Check, failure, ok, warning } from "./check.ts";
import type { Ground } from "./ground.ts";

/** Can the fleet's own files be read, and do they make sense together? */
export function blueprintCheck(ground: Ground): Check {
  return {
    ids: ["blueprint"],
    area: "configuration",
    late: "failure",
    run: () => Promise.resolve([look(ground)]),
  };
}

function look({ fleet, world }: Ground): Answer {
  switch (fleet.state) {
    case "none":
      return warning(
        "blueprint",
        `no lapstrake.yaml in ${world.cwd} or above it: only the machine was looked at`,
        "lapstrake doctor -C FOLDER, the folder of your fleet",
      );
    case "broken":
      return failure("blueprint", fleet.error.message, fleet.error.hint ?? "lapstrake check");
    case "loaded":
      return judge(fleet.fleet);
  }
}

function judge({ blueprint, graph, findings }: Fleet): Answer {
  const errors = findings.filter(({ level }) => level === "error");
  const worst = errors[0] ?? findings[0];
  if (worst === undefined) {
    const planned = blueprint.services.filter((service) => service.planned).length;
    const rest = planned === 0 ? "" : `, ${planned} services are planned`;
    return ok("blueprint", `fleet ${blueprint.fleet}: ${graph.nodes.size} images to build${rest}`);
  }
  const counts = `${errors.length} error(s), ${findings.length - errors.length} warning(s)`;
  const finding = `${counts}; the first: ${describe(worst)}`;
  const fix = worst.hint ?? "lapstrake check";
  return errors.length > 0 ? failure("blueprint", finding, fix) : warning("blueprint", finding, fix);
}

function describe({ at, message, rule }: Finding): string {
  const place = formatPosition(at);
  return `${place === "" ? "" : `${place}: `}${message} [${rule}]`;
}
