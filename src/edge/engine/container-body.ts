import type { ContainerSpec } from "./port.ts";

/** The body of `POST /containers/create`. Ports are published on loopback only. */
export function containerBody(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  const ports = spec.ports ?? [];
  return {
    Image: spec.image,
    Cmd: spec.command,
    Entrypoint: spec.entrypoint,
    User: spec.user,
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port.containerPort}/tcp`, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          `${port.containerPort}/tcp`,
          [{ HostIp: "127.0.0.1", HostPort: String(port.hostPort ?? 0) }],
        ]),
      ),
      Memory: spec.memoryBytes,
      ReadonlyRootfs: spec.readOnly,
      NetworkMode: spec.network,
    },
  };
}
