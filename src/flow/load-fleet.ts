import { isUtf8 } from "node:buffer";
import { basename, dirname, join } from "node:path";
import { LapstrakeError } from "../core/base/error.ts";
import { type Finding, hasErrors } from "../core/base/finding.ts";
import type { Blueprint, DeclaredImage, RegistryPlace } from "../core/blueprint/blueprint.ts";
import { buildable } from "../core/blueprint/buildable.ts";
import { firstPlatform } from "../core/blueprint/first-platform.ts";
import type { Lock } from "../core/blueprint/lock.ts";
import { DockerfileError } from "../core/dockerfile/error.ts";
import type { ResolvedDockerfile, ResolveOptions } from "../core/dockerfile/resolved.ts";
import { buildGraph } from "../core/graph/build-graph.ts";
import type { ImageGraph } from "../core/graph/image-graph.ts";
import { isPlatform } from "../core/oci/parse-platform.ts";
import { isRepository } from "../core/oci/reference.ts";
import type { EngineFile } from "../edge/tree/engine-file.ts";
import type { WorkingTree } from "../edge/tree/port.ts";
import { FlowError, findingsError } from "./error.ts";
import { createParser, type Parser } from "./parser.ts";
import { saveParsed } from "./save-parsed.ts";
import type { World } from "./world.ts";

/** The named context that holds the profile of the machine that an image is built for. */
export const PROFILE_CONTEXT = "machine-profile";
export const PROFILE_FILE = "machine-profile.json";

/** A fleet as its files say it is: no registry and no engine was asked. */
export interface Fleet {
  readonly folder: string;
  readonly tree: WorkingTree;
  readonly blueprint: Blueprint;
  /** The registry as the file has it, whatever the environment says. */
  readonly declared: RegistryPlace;
  /** Undefined where `lapstrake lock` was never run. */
  readonly lock: Lock | undefined;
  readonly lockFile: string;
  readonly graph: ImageGraph;
  readonly findings: readonly Finding[];
  readonly engine: EngineFile | undefined;
  /** Where images are pushed; the host is undefined where `local` has no engine yet. */
  readonly place: { readonly host: string | undefined; readonly namespace: string | undefined };
}

/** Reads blueprint, lock and Dockerfiles. Throws BlueprintError or FlowError; findings about images are values. */
export async function loadFleet(world: World): Promise<Fleet> {
  const file = world.findBlueprint();
  if (file === undefined) {
    throw new FlowError("NO_BLUEPRINT", `expected a lapstrake.yaml in ${world.cwd} or above it, found none`, {
      hint: "write one (docs/blueprint.md has a sample), or name it with --blueprint FILE",
    });
  }
  const folder = dirname(file);
  const tree = world.tree(folder);
  const parser = createParser(world.parsed(folder, "fleet"));
  const declared = await parser.blueprint(await readText(tree, basename(file)), basename(file));
  const blueprint = await withEnvironment(declared, world);
  const lockFile = basename(file).replace(/\.ya?ml$/, "") + ".lock";
  const lockBytes = await tree.read(lockFile);
  const lock =
    lockBytes === undefined ? undefined : await parser.lock(new TextDecoder().decode(lockBytes), lockFile);
  const engine = blueprint.registry.host === "local" ? world.engine() : undefined;
  const host = blueprint.registry.host === "local" ? engine?.registry : blueprint.registry.host;
  const { images, findings } = await readImages(tree, blueprint, parser);
  await saveParsed(parser, world);
  const drawn = buildGraph({
    blueprint,
    images,
    hosts: ["local", ...(host === undefined ? [] : [host])],
    declared: declared.registry,
  });
  return {
    folder,
    tree,
    blueprint,
    declared: declared.registry,
    lock,
    lockFile,
    graph: drawn.graph,
    findings: [...findings, ...drawn.findings],
    engine,
    place: { host, namespace: blueprint.registry.namespace },
  };
}

/** The same, but any finding that is an error ends it: what plan, build and release stand on. */
export async function loadSoundFleet(world: World): Promise<Fleet> {
  const fleet = await loadFleet(world);
  if (hasErrors(fleet.findings)) throw findingsError(fleet.findings);
  return fleet;
}

async function readText(tree: WorkingTree, path: string): Promise<string> {
  const bytes = await readUnless(tree, path, (error) => {
    if (error.code !== "TREE_UNREADABLE") throw error;
    throw new FlowError("NO_BLUEPRINT", error.message, { hint: NAME_IT, cause: error });
  });
  if (bytes === undefined) {
    throw new FlowError("NO_BLUEPRINT", `there is no file ${join(tree.root, path)}`, { hint: NAME_IT });
  }
  return new TextDecoder().decode(bytes);
}

const NAME_IT = "name the blueprint with --blueprint FILE";

/** The bytes of a file that a person named; a folder, or a file that may not be read, is `refused`. */
async function readUnless<Refused>(
  tree: WorkingTree,
  path: string,
  refused: (error: LapstrakeError) => Refused,
): Promise<Uint8Array | Refused | undefined> {
  try {
    return await tree.read(path);
  } catch (error) {
    if (!(error instanceof LapstrakeError)) throw error;
    return refused(error);
  }
}

/**
 * The guide's variables: ORG is the namespace, PLATFORM the platforms. A generated workflow says by LAPSTRAKE_REGISTRY where CI
 * pushes. They come from outside, as a file does.
 */
async function withEnvironment(declared: Blueprint, world: World): Promise<Blueprint> {
  const blueprint = await withRegistry(declared, world.env["LAPSTRAKE_REGISTRY"] ?? "");
  const namespace = world.env["ORG"] ?? "";
  const platform = world.env["PLATFORM"] ?? "";
  if (namespace !== "" && !isRepository(namespace))
    throw variableError("ORG", namespace, "no namespace of a registry (lower case, digits, . _ - /)");
  if (platform !== "" && !platform.split(",").every(isPlatform))
    throw variableError("PLATFORM", platform, "no list of platforms such as linux/amd64");
  return {
    ...blueprint,
    ...(namespace === "" ? {} : { registry: { ...blueprint.registry, namespace } }),
    ...(platform === "" ? {} : { platforms: platform.split(",") }),
  };
}

async function withRegistry(blueprint: Blueprint, text: string): Promise<Blueprint> {
  if (text === "") return blueprint;
  // Loaded only here: it stands on the schemas of the blueprint.
  const { parseRegistry } = await import("../core/blueprint/shape/place.ts");
  const read = parseRegistry(text);
  if ("value" in read) return { ...blueprint, registry: read.value };
  throw variableError("LAPSTRAKE_REGISTRY", text, `not ${read.expected}`);
}

function variableError(name: string, value: string, why: string): FlowError {
  return new FlowError("VARIABLE_INVALID", `${name} is "${value.slice(0, 100)}", which is ${why}`, {
    hint: `unset ${name}, or correct it`,
  });
}

interface ReadImages {
  readonly images: readonly { readonly declared: DeclaredImage; readonly dockerfile: ResolvedDockerfile }[];
  readonly findings: readonly Finding[];
}

async function readImages(tree: WorkingTree, blueprint: Blueprint, parser: Parser): Promise<ReadImages> {
  const images: ReadImages["images"][number][] = [];
  const findings: Finding[] = [];
  for (const declared of buildable(blueprint)) {
    const read = await readImage({ tree, blueprint, parser }, declared);
    if ("rule" in read) findings.push(read);
    else images.push({ declared, dockerfile: read });
  }
  return { images, findings };
}

async function readImage(
  {
    tree,
    blueprint,
    parser,
  }: { readonly tree: WorkingTree; readonly blueprint: Blueprint; readonly parser: Parser },
  declared: DeclaredImage,
): Promise<ResolvedDockerfile | Finding> {
  const bytes = await readUnless(
    tree,
    declared.dockerfile,
    ({ message }): Finding => ({
      rule: "dockerfile-unreadable",
      level: "error",
      message: `${declared.name}: ${message}`,
      at: declared.at,
      hint: "`dockerfile` names the file itself, relative to the folder of the blueprint",
    }),
  );
  if (bytes !== undefined && "rule" in bytes) return bytes;
  if (bytes === undefined) {
    return {
      rule: "dockerfile-missing",
      level: "error",
      message: `${declared.name}: there is no Dockerfile at ${declared.dockerfile}`,
      at: declared.at,
      hint: "paths are relative to the folder of the blueprint",
    };
  }
  const text = new TextDecoder().decode(bytes);
  try {
    const read = await parser.dockerfile(text, declared.dockerfile, resolveOptions(blueprint, declared));
    return encodingFinding(declared, { bytes, text, read }) ?? read;
  } catch (error) {
    return dockerfileFinding(declared, error);
  }
}

/**
 * Bytes that are no UTF-8 all become one letter, so that two Dockerfiles would have one identity; and BuildKit cannot
 * send them. In comments, where old files have them, they do no harm.
 */
function encodingFinding(
  declared: DeclaredImage,
  file: { readonly bytes: Uint8Array; readonly text: string; readonly read: ResolvedDockerfile },
): Finding | undefined {
  const { bytes, text, read } = file;
  if (!text.includes("\ufffd") || isUtf8(bytes)) return undefined;
  const used = read.stages.some(({ instructions }) => JSON.stringify(instructions).includes("\ufffd"));
  if (!used) return undefined;
  const lines = text.split("\n");
  const index = lines.findIndex((line) => line.includes("\ufffd") && !line.trimStart().startsWith("#"));
  const column = (lines[index] ?? "").indexOf("\ufffd") + 1;
  return {
    rule: "dockerfile-encoding",
    level: "error",
    message: `${declared.name}: expected UTF-8, found other bytes in an instruction`,
    at: { file: declared.dockerfile, line: index + 1, column },
    hint: `iconv -f latin1 -t utf-8 ${declared.dockerfile} shows it as UTF-8, if it is Latin-1`,
  };
}

/** What is wrong in an image's Dockerfile or ignore file, so that one run shows those of all images. Throws the rest. */
export function dockerfileFinding(declared: DeclaredImage, error: unknown): Finding {
  if (!(error instanceof DockerfileError)) throw error;
  return {
    rule: error.code.toLowerCase().replaceAll("_", "-"),
    level: "error",
    message: `${declared.name}: ${error.message}`,
    at: error.at ?? declared.at,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** How an image's Dockerfile is read: with what a build would pass. */
export function resolveOptions(blueprint: Blueprint, declared: DeclaredImage): ResolveOptions {
  return {
    args: argsOf(declared),
    ...(declared.target === undefined ? {} : { target: declared.target }),
    platform: firstPlatform(blueprint),
    contexts: contextNames(declared),
  };
}

/** What is passed as build arguments: the declared ones, and MACHINE as the guide has it. */
export function argsOf(declared: DeclaredImage): Readonly<Record<string, string>> {
  return declared.machine === undefined ? declared.args : { MACHINE: declared.machine, ...declared.args };
}

function contextNames(declared: DeclaredImage): readonly string[] {
  const names = Object.keys(declared.contexts);
  return declared.machine === undefined ? names : [...names, PROFILE_CONTEXT];
}
