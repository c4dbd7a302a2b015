import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import { layerOf } from "../audit/layers.ts";
import { linkItem, type TarItem } from "./tar-writer.ts";

/** Fields of a status stanza; `Package` is the key of the record. */
export type StanzaFields = Readonly<Record<string, string>>;

export interface DebianImage {
  /** By name; fields that are not given are those of any small package. */
  readonly packages: Readonly<Record<string, StanzaFields>>;
  /** By file of `info/`, its lines. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Names that apt installed for others. */
  readonly automatic?: readonly string[];
  readonly files?: readonly TarItem[];
  /** Top folders are links into `/usr`. */
  readonly merged?: boolean;
}

/** The status of packages as dpkg writes it. */
export function statusText(packages: DebianImage["packages"]): string {
  return Object.entries(packages)
    .map(([name, fields]) => {
      const all = { Status: "install ok installed", Architecture: "amd64", Version: "1.0-1", ...fields };
      return `Package: ${name}\n${Object.entries(all)
        .map(([field, value]) => `${field}: ${value}\n`)
        .join("")}\n`;
    })
    .join("");
}

/** The files of an image with dpkg's databases. */
export function debianItems({
  packages,
  lists = {},
  automatic,
  files = [],
  merged,
}: DebianImage): readonly TarItem[] {
  const info = Object.entries(lists).map(([name, lines]) => ({
    path: `var/lib/dpkg/info/${name}`,
    content: lines.map((line) => `${line}\n`).join(""),
  }));
  const marks = automatic?.map((name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n\n`);
  return [
    ...(merged === true ? ["bin", "lib", "sbin"].map((name) => linkItem(name, `usr/${name}`)) : []),
    { path: "var/lib/dpkg/status", content: statusText(packages) },
    ...(marks === undefined ? [] : [{ path: "var/lib/apt/extended_states", content: marks.join("") }]),
    ...info,
    ...files,
  ];
}

export function debianTree(image: DebianImage): FileTree {
  return flatten([layerOf(debianItems(image))]).tree;
}
