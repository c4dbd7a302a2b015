import type { Ground } from "./ground.ts";

/** A registry that this fleet has to do with. */
export interface RegistryHost {
  readonly host: string;
  /** `push`: images or caches go there. `pull`: roots come from there. */
  readonly use: "push" | "pull";
}

/** The registry that images are pushed to: the fleet's, or the one of the engine where there is no fleet. */
export function ownHost({ fleet, engine }: Ground): string | undefined {
  if (fleet.state === "loaded") return fleet.fleet.place.host;
  return engine.state === "found" ? engine.file.registry : undefined;
}

/** Every registry by name, those that are pushed to first. */
export function registryHosts(ground: Ground): readonly RegistryHost[] {
  const own = ownHost(ground);
  const hosts = new Map<string, RegistryHost>();
  const add = (host: string | undefined, use: RegistryHost["use"]): void => {
    // "local" stands for the engine's registry.
    const name = host === "local" ? own : host;
    if (name !== undefined && !hosts.has(name)) hosts.set(name, { host: name, use });
  };
  add(own, "push");
  if (ground.fleet.state !== "loaded") return [...hosts.values()];
  const { build, roots } = ground.fleet.fleet.blueprint;
  add(build.cacheRef?.host, "push");
  for (const { image, mirrors } of roots) for (const { host } of [image, ...mirrors]) add(host, "pull");
  return [...hosts.values()];
}

/** `localhost`, 127.0.0.0/8 and ::1, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}
