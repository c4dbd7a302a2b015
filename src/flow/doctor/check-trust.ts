import { type Answer, type Check, failure, ok, unknown, warning } from "./check.ts";
import type { Ground } from "./ground.ts";

/** The bundle of certificate authorities that builds are given where the blueprint says `trust: host`. */
export function trustCheck(ground: Ground): Check {
  return { ids: ["trust"], area: "environment", late: "unknown", run: async () => [await look(ground)] };
}

const INSTALL = "apt-get install ca-certificates";

async function look({ world, fleet }: Ground): Promise<Answer> {
  if (fleet.state === "broken") return unknown("trust", "the blueprint cannot be read");
  const wanted = fleet.state === "loaded" && fleet.fleet.blueprint.build.trust === "host";
  if (fleet.state === "loaded" && !wanted) {
    return ok("trust", "builds get no authorities of this host (build.trust: none)");
  }
  const bundle = world.trustBundle();
  if (bundle === undefined) {
    const finding = "no bundle of certificate authorities was found on this host";
    return wanted
      ? failure("trust", `${finding}, and the blueprint says trust: host`, INSTALL)
      : warning("trust", finding, INSTALL);
  }
  const bytes = await world.tree(world.cwd).read(bundle);
  const count = new TextDecoder().decode(bytes).split("-----BEGIN CERTIFICATE-----").length - 1;
  if (count === 0) return failure("trust", `${bundle} holds no certificate`, INSTALL);
  const asked = world.env["SSL_CERT_FILE"] ?? "";
  if (asked !== "" && asked !== bundle) {
    return warning(
      "trust",
      `SSL_CERT_FILE names ${asked}, which is not there; builds get ${bundle} (${count} authorities)`,
      "unset SSL_CERT_FILE",
    );
  }
  const use = wanted ? "builds get it as a secret, never in a layer" : "for builds that want it";
  return ok("trust", `${bundle}, ${count} authorities; ${use}`);
}
