import type { Digest } from "../../core/base/digest.ts";

/** What an engine says of itself. */
export interface EngineInfo {
  readonly name: string;
  readonly serverVersion: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly storageDriver: string;
  /** Images are kept by containerd: needed to push them as they were built. */
  readonly containerdStore: boolean;
  /** The folder that must have disk space. */
  readonly rootDir: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  /** Of the engine's host. */
  readonly os: string;
  readonly architecture: string;
}

export interface EngineImage {
  readonly id: string;
  readonly repoTags: readonly string[];
  /** `REPOSITORY@DIGEST`. */
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** Seconds since 1970 UTC. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The platforms' manifests that lie there, where it was asked for and the engine tells (containerd's store). */
  readonly manifests?: readonly EngineManifest[];
}

export interface EngineManifest {
  readonly digest: string;
  /** Of the unpacked snapshot. */
  readonly unpackedBytes?: number;
}

export interface EngineContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** As it was given at creation. */
  readonly image: string;
  readonly imageId: string;
  /** The platform's manifest, where the engine tells it (API 1.48). */
  readonly manifestDigest?: string;
  /** `created`, `running`, `exited`, … */
  readonly state: string;
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
}

export interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIp?: string;
  readonly hostPort?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ListContainersOptions extends CallOptions {
  /** Also those that do not run. */
  readonly all?: boolean;
  /** `key` or `key=value`; all must match. */
  readonly labels?: readonly string[];
}

export interface ListImagesOptions extends CallOptions {
  /** Also which manifests of each lie there. */
  readonly manifests?: boolean;
}

/** A Docker Engine, read only. Every failure is an EngineError. */
export interface Engine {
  /** Does it answer? Gives the highest API version that it speaks. */
  ping(options?: CallOptions): Promise<string>;
  version(options?: CallOptions): Promise<EngineVersion>;
  info(options?: CallOptions): Promise<EngineInfo>;
  listContainers(options?: ListContainersOptions): Promise<readonly EngineContainer[]>;
  listImages(options?: ListImagesOptions): Promise<readonly EngineImage[]>;
}

/** The extra power to hand out an image with all its layers. */
export interface ImageExport {
  /** An archive of it as `docker save` writes it. EngineError ENGINE_REFUSED where there is no such image. */
  exportImage(name: string, options?: CallOptions): AsyncIterable<Uint8Array>;
  /** The diffIDs of its layers, the lowest first. */
  listDiffIds(name: string, options?: CallOptions): Promise<readonly Digest[]>;
}

/** What a service said on GET of its health URL. */
export interface HealthAnswer {
  readonly status: number;
  /** At most 64 KiB of it. */
  readonly body: string;
}

/** Throws EngineError ENGINE_UNREACHABLE where nobody answers within five seconds. */
export type AskHealth = (url: string, options?: CallOptions) => Promise<HealthAnswer>;

export interface ContainerSpec {
  readonly image: string;
  readonly name?: string;
  /** Replaces the image's CMD. */
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Published on 127.0.0.1; a free host port where none is given. */
  readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
  readonly memoryBytes?: number;
  readonly readOnly?: boolean;
  /** `bridge`, `none`, `host` or a network's name. */
  readonly network?: string;
}

export interface ContainerState {
  readonly id: string;
  readonly imageId: string;
  readonly status: string;
  readonly running: boolean;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** `starting`, `healthy`, `unhealthy`; undefined where the image has no health check. */
  readonly health?: string;
  readonly ports: readonly PublishedPort[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerLogs {
  readonly stdout: string;
  readonly stderr: string;
}

/** The extra power to run containers: tests and smoke checks need it, inventory does not. */
export interface ContainerRunner {
  /** Fetches `REF` or `REF@DIGEST` from its registry into the engine. */
  pullImage(ref: string, options?: CallOptions): Promise<void>;
  /** Gives the container's id. */
  createContainer(spec: ContainerSpec, options?: CallOptions): Promise<string>;
  startContainer(id: string, options?: CallOptions): Promise<void>;
  inspectContainer(id: string, options?: CallOptions): Promise<ContainerState>;
  /** Waits until it does not run any more; gives its exit code. */
  waitContainer(id: string, options?: CallOptions): Promise<number>;
  /** The last lines (all unless told), at most 16 MiB. */
  readLogs(id: string, options?: CallOptions & { readonly tail?: number }): Promise<ContainerLogs>;
  /** SIGTERM, and SIGKILL after that many seconds. */
  stopContainer(id: string, options?: CallOptions & { readonly seconds?: number }): Promise<void>;
  /** Removes it, also while it runs; one that is not there is fine. */
  removeContainer(id: string, options?: CallOptions): Promise<void>;
}
