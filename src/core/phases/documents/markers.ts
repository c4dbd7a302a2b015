import { digestOf, shortDigest } from "../../base/digest.ts";

/** A mark in a document: a comment on a line of its own, which no reader of the page sees. */
export type Marker =
  | { readonly kind: "drafted"; readonly section: string; readonly seal: string }
  | { readonly kind: "open"; readonly id: string }
  | { readonly kind: "close" };

const MARKER = /^<!--\s*(?:drafted:\s*([a-z]+)\s+([0-9a-f]{16})|human:\s*([a-z]+)|(\/human))\s*-->$/;

export function parseMarker(line: string): Marker | undefined {
  const found = MARKER.exec(line.trim());
  if (found === null) return undefined;
  const [, section, seal, id, close] = found;
  if (section !== undefined && seal !== undefined) return { kind: "drafted", section, seal };
  if (id !== undefined) return { kind: "open", id };
  return close === undefined ? undefined : { kind: "close" };
}

export function draftedMarker(section: string, machine: readonly string[]): string {
  return `<!-- drafted: ${section} ${sealOf(machine)} -->`;
}

export function openMarker(id: string): string {
  return `<!-- human: ${id} -->`;
}

export const CLOSE_MARKER = "<!-- /human -->";

/**
 * What a section was when it was drafted, so that a later draft knows whether a person's words came into it since. It
 * proves nothing to anybody else: what a document says is compared with the ledger. Ticks are people's.
 */
export function sealOf(machine: readonly string[]): string {
  const lines = machine.map((line) => untick(line.trim())).filter((line) => line !== "");
  return shortDigest(digestOf(lines.join("\n")), 16);
}

const TICK = /^([-*+] )\[[xX]\](?=\s)/;

export function untick(line: string): string {
  return line.replace(TICK, "$1[ ]");
}
