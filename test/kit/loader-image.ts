import { spawnSync } from "node:child_process";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { ElfFacts } from "../../src/core/audit/elf/elf-facts.ts";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import type { LoaderImage, LoadRoot } from "../../src/core/audit/loader/load-trace.ts";
import { folderLayer } from "./folder-layer.ts";
import { LOADER } from "./real-loader.ts";

export interface FolderImage {
  readonly image: LoaderImage;
  readonly elf: ReadonlyMap<string, ElfFacts>;
}

/** A folder of this machine as an image, for the model of the loader. Reads all ELF files in it but those in `leaves`. */
export function folderImage(root: string, leaves?: (path: string) => boolean): FolderImage {
  const layer = folderLayer(root, LINKS_QUESTION, leaves);
  const { tree } = flatten([layer]);
  const elf = new Map(
    layer.notes.flatMap((note) => (note.kind === "elf" ? [[note.path, note.elf] as const] : [])),
  );
  const image = {
    tree,
    elfAt: (path: string) => elf.get(path),
    contentOf: (path: string) => tree.resolve(path)?.file.content,
    identityOf: (path: string) => {
      const { dev, ino } = lstatSync(join(root, path));
      return `${dev}:${ino}`;
    },
  };
  return { image, elf };
}

/** What the loader of this machine says of its processor. */
export function processorHere(): Pick<LoadRoot, "level" | "platform"> {
  return processorOf(spawnSync(LOADER, ["--help"], { encoding: "utf8" }).stdout);
}

/** By the help of a loader. */
export function processorOf(help: string): Pick<LoadRoot, "level" | "platform"> {
  const levels = ["x86-64-v4", "x86-64-v3", "x86-64-v2"] as const;
  const level = levels.find((each) => help.includes(`${each} (supported, searched)`)) ?? "baseline";
  const platform = /^ {2}(\S+) \(AT_PLATFORM; supported, searched\)/m.exec(help)?.[1];
  return platform === undefined ? { level } : { level, platform };
}
