import { chosenImages, chosenServices, heldImages } from "../../../core/phases/chosen-images.ts";
import type { HealthAnswer, HealthExactFacts } from "../../../core/phases/rules/health-exact.ts";
import type { EngineContainer } from "../../../edge/engine/port.ts";
import { FlowError } from "../../error.ts";
import { enginePlaces } from "../../inventory/engine-places.ts";
import type { Collector, Question } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";
import { ask } from "./ask.ts";

/** Asks every running container of the released images; nothing is started for it. */
export const collectHealthExact: Collector<"health-exact"> = async (question) => {
  const { world, today, check, machine } = question;
  const engine = engineOf(question);
  const running = await ask(world, async () => {
    if (engine.dockerHost === undefined) throw new FlowError("NO_ENGINE", "no engine was set up here");
    const options = { signal: world.kill };
    const containers = await (await world.engineAt(engine.dockerHost)).listContainers(options);
    return containers.filter(({ state }) => state === "running");
  });
  const held = heldImages(chosenImages(check.services, today, machine), today);
  const images = held.map(async ({ name, digest }) => {
    const service = today.images.find((image) => image.name === name)?.service ?? name;
    const own = (running.answer ?? []).filter((container) => isOf(container, digest));
    const containers = await Promise.all(
      own.map((container) => askContainer(question, { engine, container, service })),
    );
    return { service, image: name, digest, containers };
  });
  const facts: HealthExactFacts = {
    release: today.release?.tag ?? null,
    place: machine ?? engine.name,
    engine: engine.name,
    silent: running.why ?? null,
    expected: chosenServices(check.services, today, machine).map(({ name }) => name),
    images: await Promise.all(images),
  };
  return { facts: asFacts(facts) };
};

interface EnginePlace {
  readonly name: string;
  readonly dockerHost: string | undefined;
}

function engineOf({ world, open, machine }: Question<"health-exact">): EnginePlace {
  const own = open.fleet.blueprint.machines.find(({ name }) => name === machine)?.engine;
  const word = own === undefined || machine === undefined ? "local" : machine;
  const [place] = enginePlaces(world, open.fleet, [word]);
  return place ?? { name: "local", dockerHost: undefined };
}

/** By what it was made of, not by its name: a tag may have moved on since. */
function isOf({ image, imageId, manifestDigest }: EngineContainer, digest: string): boolean {
  return manifestDigest === digest || imageId === digest || image.endsWith(`@${digest}`);
}

interface Asking {
  readonly engine: EnginePlace;
  readonly container: EngineContainer;
  readonly service: string;
}

async function askContainer(
  { world, open }: Question<"health-exact">,
  { engine, container, service }: Asking,
): Promise<HealthAnswer> {
  const { name, id } = container;
  const port = open.fleet.blueprint.services.find((each) => each.name === service)?.ports.health;
  const place = port === undefined ? undefined : hostOf(engine, container, port);
  if (place === undefined || "why" in place) {
    const why = place?.why ?? `the blueprint names no health port of ${service}`;
    return { name, id, url: null, status: null, body: null, why };
  }
  const url = `http://${place.host}/health`;
  const { answer, why } = await ask(world, () => world.askHealth(url, { signal: world.kill }));
  return { name, id, url, status: answer?.status ?? null, body: answer?.body ?? null, why: why ?? null };
}

/** Where the port of the container is reached from this machine. */
function hostOf(
  { name, dockerHost }: EnginePlace,
  { ports }: EngineContainer,
  port: number,
): { readonly host: string } | { readonly why: string } {
  const published = ports.find(
    ({ containerPort, hostPort }) => containerPort === port && hostPort !== undefined,
  );
  if (published?.hostPort === undefined) return { why: `its port ${port} is not published` };
  const { hostIp = "", hostPort } = published;
  const at = /^(?:ssh|tcp):\/\//.test(dockerHost ?? "") ? new URL(dockerHost ?? "").hostname : "";
  const remote = at === "" || isLoopback(at) ? undefined : at;
  if (remote !== undefined && isLoopback(hostIp))
    return { why: `its port ${port} is published on ${name} itself only` };
  const isAny = hostIp === "" || hostIp === "0.0.0.0" || hostIp === "::";
  const own = isAny ? "127.0.0.1" : hostIp.includes(":") ? `[${hostIp}]` : hostIp;
  return { host: `${remote ?? own}:${hostPort}` };
}

function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1" || host === "[::1]" || host === "localhost";
}
