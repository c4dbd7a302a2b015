import type { Json } from "../base/json.ts";
import { runsApt } from "./apt.ts";
import type { Instruction } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import { cleanPath } from "./go-path.ts";
import { ArgsError } from "./instruction-args.ts";
import { flagValue, flagValues } from "./instruction-flags.ts";
import { type Mount, parseMount } from "./mount.ts";
import { canonicalSource, contextNameOf, type StageContext } from "./stage-context.ts";
import type { Command } from "./stage-states.ts";

/** RUN: the command is left as it is (its shell expands it); mounts are expanded and collected. */
export function resolveRun({ instruction, sources }: Command, context: StageContext): Json {
  const { args, json, heredocs } = instruction;
  const text = [...args, ...heredocs.map(({ content }) => content)].join("\n");
  if (runsApt(json ? args.join(" ") : text)) context.collector.usesApt = true;
  const mounts = flagValues(instruction, "mount").map((mount, index): Json => {
    const { resolved, unknown } = expandMount(mount, instruction, context);
    const source = sources[index];
    collectMount({ mount: resolved, source, instruction, unknown: unknown.length > 0 }, context);
    const from = source === undefined ? null : canonicalSource(source, context.ordinals);
    return { ...definedFields(resolved), from, unknown };
  });
  return {
    do: "RUN",
    json,
    args,
    heredocs: heredocs.map(({ name, content, chomp }): Json => [name, content, chomp]),
    mounts,
    network: flagValue(instruction, "network") ?? "default",
    security: flagValue(instruction, "security") ?? "sandbox",
    devices: flagValues(instruction, "device"),
  };
}

/** `unknown`: the canonical forms of fields that only the base image could complete. */
function expandMount(
  text: string,
  { at }: Instruction,
  { expander, environment }: StageContext,
): { resolved: Mount; unknown: readonly Json[] } {
  const unknown: Json[] = [];
  try {
    const resolved = parseMount(text, (value) => {
      const word = expander.word(value, environment, at);
      if (word.known) return word.text;
      unknown.push(word.canonical);
      return undefined;
    });
    return { resolved, unknown };
  } catch (error) {
    if (!(error instanceof ArgsError)) throw error;
    throw new DockerfileError("DOCKERFILE_VALUE", error.message, { at });
  }
}

interface MountUse {
  readonly mount: Mount;
  readonly source: Command["sources"][number];
  readonly instruction: Instruction;
  readonly unknown: boolean;
}

function collectMount({ mount, source, instruction, unknown }: MountUse, context: StageContext): void {
  const { at } = instruction;
  const { collector } = context;
  const { type, required } = mount;
  if (type === "secret") {
    const id = mount.source || mount.id || baseName(mount.target);
    collector.addSecret("secrets", { id, required, at });
    return;
  }
  if (type === "ssh") {
    collector.addSecret("ssh", { id: mount.id || "default", required, at });
    return;
  }
  checkTarget(mount.target, instruction, context);
  const from = source === undefined ? undefined : contextNameOf(source);
  if (type !== "bind" || (source !== undefined && from === undefined)) return;
  if (unknown) {
    const message = "only the base image could say what this mount reads: all files count";
    collector.warn("dockerfile-unknown-variable", message, at);
  }
  collector.sources.push({
    kind: "bind",
    patterns: [unknown || mount.source === "" ? "." : mount.source],
    exclude: [],
    parents: false,
    ...(from === undefined ? {} : { from }),
    at,
  });
}

/** The root cannot be mounted over; without a known working directory a relative target cannot be judged. */
function checkTarget(target: string, { at }: Instruction, { workdir }: StageContext): void {
  const path = target.startsWith("/") ? target : workdir === undefined ? undefined : `${workdir}/${target}`;
  if (path === undefined || cleanPath(path) !== "/") return;
  throw new DockerfileError("DOCKERFILE_VALUE", "a mount cannot have the root as its target", { at });
}

/** path.Base of Go. */
function baseName(path: string): string {
  return cleanPath(path).split("/").at(-1) || "/";
}

function definedFields(mount: Mount): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(mount).filter(([, value]) => value !== undefined));
}
