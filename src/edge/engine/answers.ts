import { z } from "zod";
import { parseDigest } from "../../core/base/digest.ts";
import type { ContainerState, EngineContainer, EngineImage, EngineInfo, EngineVersion } from "./port.ts";

// The Engine API's JSON (Docker's api/swagger.yaml), as far as we read it. Lists and maps may be null.
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

export const Version = z
  .object({ Version: z.string(), ApiVersion: z.string(), Os: z.string(), Arch: z.string() })
  .transform(
    (value): EngineVersion => ({
      version: value.Version,
      apiVersion: value.ApiVersion,
      os: value.Os,
      architecture: value.Arch,
    }),
  );

export const Info = z
  .object({
    Name: z.string().default(""),
    ServerVersion: z.string().default(""),
    OperatingSystem: z.string().default(""),
    Architecture: z.string().default(""),
    Driver: z.string().default(""),
    DriverStatus: list(z.array(z.string())),
    DockerRootDir: z.string().default(""),
    NCPU: z.number().default(0),
    MemTotal: z.number().default(0),
  })
  .transform(
    (value): EngineInfo => ({
      name: value.Name,
      serverVersion: value.ServerVersion,
      operatingSystem: value.OperatingSystem,
      architecture: value.Architecture,
      storageDriver: value.Driver,
      // dockerd has no field for it: this pair of the driver's status is how its own CLI and buildx tell.
      containerdStore: value.DriverStatus.some(
        ([key, text]) => key === "driver-type" && text?.startsWith("io.containerd.snapshotter") === true,
      ),
      rootDir: value.DockerRootDir,
      cpus: value.NCPU,
      memoryBytes: value.MemTotal,
    }),
  );

// API 1.47. Attestations and manifests whose content is not there are of no use to us.
const Manifests = z
  .array(
    z.object({
      ID: z.string(),
      Available: z.boolean().default(true),
      Kind: z.string().default("image"),
      ImageData: z.object({ Size: z.object({ Unpacked: z.number() }).nullish() }).nullish(),
    }),
  )
  .transform((value) =>
    value
      .filter(({ Available, Kind }) => Available && Kind === "image")
      .map(({ ID, ImageData }) => ({
        digest: ID,
        ...(ImageData?.Size ? { unpackedBytes: ImageData.Size.Unpacked } : {}),
      })),
  );

export const Images = z.array(
  z
    .object({
      Id: z.string(),
      RepoTags: list(z.string()),
      RepoDigests: list(z.string()),
      Size: z.number().default(0),
      Created: z.number().default(0),
      Labels: labels,
      Manifests: Manifests.nullish(),
    })
    .transform(
      (value): EngineImage => ({
        id: value.Id,
        repoTags: value.RepoTags,
        repoDigests: value.RepoDigests,
        sizeBytes: value.Size,
        created: value.Created,
        labels: value.Labels,
        ...(value.Manifests ? { manifests: value.Manifests } : {}),
      }),
    ),
);

const ListedPort = z.object({
  IP: z.string().optional(),
  PrivatePort: z.number(),
  PublicPort: z.number().optional(),
  Type: z.string().default("tcp"),
});

export const Containers = z.array(
  z
    .object({
      Id: z.string(),
      Names: list(z.string()),
      Image: z.string().default(""),
      ImageID: z.string().default(""),
      ImageManifestDescriptor: z.object({ digest: z.string() }).nullish(),
      State: z.string().default(""),
      Created: z.number().default(0),
      Labels: labels,
      Ports: list(ListedPort),
    })
    .transform(
      (value): EngineContainer => ({
        id: value.Id,
        name: (value.Names[0] ?? "").replace(/^\//, ""),
        image: value.Image,
        imageId: value.ImageID,
        ...(value.ImageManifestDescriptor ? { manifestDigest: value.ImageManifestDescriptor.digest } : {}),
        state: value.State,
        created: value.Created,
        labels: value.Labels,
        ports: value.Ports.map((port) => ({
          containerPort: port.PrivatePort,
          protocol: port.Type,
          ...(port.IP === undefined ? {} : { hostIp: port.IP }),
          ...(port.PublicPort === undefined ? {} : { hostPort: port.PublicPort }),
        })),
      }),
    ),
);

const Bindings = z.record(
  z.string(),
  z.array(z.object({ HostIp: z.string().default(""), HostPort: z.string().default("") })).nullable(),
);

export const Inspected = z
  .object({
    Id: z.string(),
    Image: z.string().default(""),
    State: z.object({
      Status: z.string(),
      Running: z.boolean(),
      ExitCode: z.number().default(0),
      OOMKilled: z.boolean().default(false),
      Health: z.object({ Status: z.string() }).nullish(),
    }),
    Config: z.object({ Labels: labels }).optional(),
    NetworkSettings: z.object({ Ports: Bindings.nullish() }).optional(),
  })
  .transform(
    (value): ContainerState => ({
      id: value.Id,
      imageId: value.Image,
      status: value.State.Status,
      running: value.State.Running,
      exitCode: value.State.ExitCode,
      oomKilled: value.State.OOMKilled,
      ...(value.State.Health && value.State.Health.Status !== "none"
        ? { health: value.State.Health.Status }
        : {}),
      labels: value.Config?.Labels ?? {},
      ports: Object.entries(value.NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) => {
        const [port = "0", protocol = "tcp"] = key.split("/");
        return (bindings ?? []).map((binding) => ({
          containerPort: Number(port),
          protocol,
          hostIp: binding.HostIp,
          hostPort: Number(binding.HostPort),
        }));
      }),
    }),
  );

export const Created = z.object({ Id: z.string() });
export const Waited = z.object({ StatusCode: z.number() });
export const Message = z.object({ message: z.string() });

/** Of an image: the diffIDs of its layers. Anything else in their place is told by whoever reads the layers. */
export const ImageLayers = z
  .object({ RootFS: z.object({ Layers: list(z.string()) }) })
  .transform(({ RootFS }) => RootFS.Layers.flatMap((text) => parseDigest(text) ?? []));
