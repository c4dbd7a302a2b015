import type { FileOwner } from "../../core/policy/size/file-owners.ts";
import type { FleetSize } from "../../core/policy/size/fleet-size.ts";
import type { ImageGrowth } from "../../core/policy/size/image-growth.ts";
import type { ImageSize, LayerSize } from "../../core/policy/size/image-size.ts";

/** What every form of a report of sizes is made of. */
export interface SizeView {
  readonly release: string | undefined;
  readonly images: readonly SizedView[];
  readonly fleet: FleetSize;
  readonly growth: GrowthView | undefined;
  /** Images that could not be measured. */
  readonly left: readonly LeftView[];
}

export interface SizedView {
  readonly source: string;
  readonly tier: "cpu" | "gpu" | undefined;
  readonly size: ImageSize;
}

export interface GrowthView {
  readonly images: readonly (ImageGrowth & { readonly since: string | undefined })[];
  readonly left: readonly LeftView[];
}

export interface LeftView {
  readonly name: string;
  readonly why: string;
}

/** `Dockerfile:12-20` of who brought a layer; the whole path where nobody knows whose it is. */
export function shortOrigin(layer: Pick<LayerSize, "owner" | "instruction" | "createdBy">): string {
  const { owner, instruction } = layer;
  if (owner === undefined || instruction === undefined) return originText(layer);
  return `${owner}  ${instruction.slice(instruction.lastIndexOf("/") + 1)}`;
}

/** What an owner is called, with its version. */
export function ownerText({ name, version }: Pick<FileOwner, "name" | "version">): string {
  return version === undefined ? name : `${name} ${version}`;
}

/** Where a layer is from, as precisely as anybody knows. */
export function originText({
  owner,
  instruction,
  createdBy,
}: Pick<LayerSize, "owner" | "instruction" | "createdBy">): string {
  const what = instruction ?? createdBy?.replace(/\s+/g, " ").trim();
  return [owner, what].filter((part) => part !== undefined && part !== "").join("  ") || "nobody says";
}

/** Unpacked bytes of the layers that an image brought itself; undefined where nobody knows who brought them. */
export function ownBytes({ name, layers }: ImageSize): number | undefined {
  if (layers.some(({ owner }) => owner === undefined)) return undefined;
  return layers.reduce((sum, { owner, unpacked }) => sum + (owner === name ? unpacked : 0), 0);
}
