import type { Service } from "../../blueprint/blueprint.ts";
import { positionOf } from "../../blueprint/positions.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import type { PlanFacts, Rule } from "./facts.ts";

/** Two services of one machine on one port: the second to start would fail. */
export const portTaken: Rule = (facts) => {
  const { machines } = facts.blueprint;
  const clashes = machines.flatMap(({ name }) => clashesOn(facts, name));
  return [...groupBy(clashes, ({ key }) => key)].map(([key, group]) => {
    const [{ first, second, machine, uses }, ...more] = group;
    const ports = [...new Set(group.map(({ port }) => port))].join(" and ");
    const placed = [first, second].find((service) => service.machines.length > 1);
    return contradiction({
      rule: "port-taken",
      subject: key,
      message: `${second.name} and ${first.name} both use port ${ports} on ${machine}`,
      places: [...uses, ...more.flatMap((clash) => clash.uses)],
      resolution:
        placed === undefined
          ? "give one of them another port, or place it on another machine"
          : `take ${placed.name} off ${machine} (it is placed on ${placed.machines.join(" and ")}), or give one of them another port`,
    });
  });
};

interface Use extends Place {
  readonly at: NonNullable<Place["at"]>;
  readonly service: Service;
}

interface Clash {
  readonly key: string;
  readonly machine: string;
  readonly port: number;
  readonly first: Service;
  readonly second: Service;
  readonly uses: readonly [Use, Use];
}

function clashesOn(facts: PlanFacts, machine: string): readonly Clash[] {
  const taken = new Map<number, Use>();
  const clashes: Clash[] = [];
  for (const service of facts.blueprint.services) {
    if (!service.machines.includes(machine)) continue;
    for (const kind of ["service", "health"] as const) {
      const port = service.ports[kind];
      if (port === undefined) continue;
      const at = positionOf(facts.blueprint, ["services", service.name, "ports", kind]);
      const use = { service, at, says: `${service.name} uses ${port} for its ${kind}` };
      const other = taken.get(port);
      if (other === undefined) taken.set(port, use);
      else {
        const first = other.service;
        const key = `${first.name}+${service.name}@${machine}`;
        clashes.push({ key, machine, port, first, second: service, uses: [use, other] });
      }
    }
  }
  return clashes;
}
