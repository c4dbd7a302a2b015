import type { NamedFile } from "./lock-facts.ts";
import type { LockHeader } from "./lock-header.ts";
import type { RequirementsFile } from "./requirements-file.ts";
import { readVia } from "./via.ts";

/** A file that a lock says it was made of, and the places where it may be, relative to the fleet's folder. */
export interface NamedPath extends Pick<NamedFile, "role" | "written"> {
  readonly places: readonly string[];
}

/** By the command of the header; without one by the comments; without those the `.in` file of the same name beside it. */
export function namedFiles(file: RequirementsFile, header: LockHeader | undefined): readonly NamedPath[] {
  const folders = foldersOf(file.file, header?.output);
  const named = (role: NamedFile["role"], written: readonly string[]): readonly NamedPath[] =>
    [...new Set(written)].map((path) => ({
      role,
      written: path,
      places: folders.flatMap((folder) => joinInside(folder, path) ?? []),
    }));
  if (header !== undefined && header.inputs.length > 0) {
    return [
      ...named("input", header.inputs),
      ...named("constraint", header.constraints),
      ...named("override", header.overrides),
    ];
  }
  const vias = file.requirements.flatMap((requirement) => readVia(requirement) ?? []);
  const inputs = vias.flatMap((via) => via.inputs);
  if (inputs.length > 0)
    return [
      ...named("input", inputs),
      ...named(
        "constraint",
        vias.flatMap((via) => via.constraints),
      ),
    ];
  const sibling = /([^/]+)\.(?:lock|txt)$/.exec(file.file)?.[1];
  return sibling === undefined ? [] : named("input", [`${sibling}.in`]);
}

/** The folder in which the command ran, as far as its output file tells, and the folder of the lock. */
function foldersOf(lock: string, output: string | undefined): readonly string[] {
  const own = lock.includes("/") ? lock.slice(0, lock.lastIndexOf("/")) : "";
  if (output === undefined) return [own];
  const plain = output.replace(/^(?:\.\/)+/, "");
  const ran = lock === plain ? "" : lock.endsWith(`/${plain}`) ? lock.slice(0, -plain.length - 1) : own;
  return [...new Set([ran, own])];
}

/** Undefined where the path leaves the fleet's folder. */
export function joinInside(folder: string, path: string): string | undefined {
  if (path.startsWith("/")) return undefined;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
