import type { Service } from "../../blueprint/blueprint.ts";
import { positionOf } from "../../blueprint/positions.ts";
import {
  commandText,
  environmentOf,
  fill,
  lastStage,
  type ShownDockerfile,
  stageChain,
} from "../guide/shown-dockerfile.ts";
import { type Contradiction, contradiction } from "./contradiction.ts";
import { allDockerfiles, type PlanFacts, type Rule, subjectOf } from "./facts.ts";

/** A health check that asks another port than the one that the blueprint gives the service for its health. */
export const healthPort: Rule = (facts) =>
  allDockerfiles(facts).flatMap((shown) => {
    const name = subjectOf(facts, shown.name);
    const service = facts.blueprint.services.find((each) => each.name === name);
    return service === undefined ? [] : inFile(facts, shown, service);
  });

function inFile(facts: PlanFacts, shown: ShownDockerfile, service: Service): readonly Contradiction[] {
  const { name, ports } = service;
  const stages = stageChain(shown, lastStage(shown));
  const check = stages
    .flatMap(({ instructions }) => instructions)
    .findLast((each) => each.name === "HEALTHCHECK");
  if (ports.health === undefined || check === undefined) return [];
  const environment = environmentOf(stages);
  const asked = askedPorts(fill(commandText(check), environment));
  const [wrong] = asked;
  if (wrong === undefined || asked.includes(ports.health)) return [];
  const isService = wrong === ports.service ? ", which is the port of its service" : "";
  return [
    contradiction({
      rule: "health-port",
      subject: name,
      message: `the health check of ${name} asks port ${wrong}${isService}, but its health port is ${ports.health}`,
      places: [
        { at: check.at, says: `${shown.name}: HEALTHCHECK asks port ${wrong}` },
        {
          at: positionOf(facts.blueprint, ["services", name, "ports", "health"]),
          says: `the health port of ${name} is ${ports.health}`,
        },
      ],
      resolution: `ask port ${ports.health} in ${shown.name}, or declare health: ${wrong}`,
    }),
  ];
}

function askedPorts(command: string): readonly number[] {
  return [...command.matchAll(/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{1,5})\b/g)].map(([, port]) =>
    Number(port),
  );
}
