import { OciError } from "./error.ts";
import type { Descriptor, Platform } from "./manifest.ts";

const PART = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** `linux/amd64` or `linux/arm64/v8`. Throws OciError OCI_PLATFORM. */
export function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  if (!isPlatform(text)) {
    throw new OciError("OCI_PLATFORM", `"${text.slice(0, 100)}" is no platform: expected os/architecture`);
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

export function isPlatform(text: string): boolean {
  const parts = text.split("/");
  return (parts.length === 2 || parts.length === 3) && parts.every((part) => PART.test(part));
}

export function formatPlatform(platform: Platform): string {
  const variant = platform.variant === undefined ? "" : `/${platform.variant}`;
  return `${platform.os}/${platform.architecture}${variant}`;
}

/**
 * Does a descriptor's platform serve the wanted one? arm64 and arm64/v8 are the same (containerd normalises so); a
 * wanted platform without variant takes any. BuildKit's attestation entries (`unknown/unknown`) never match.
 */
export function matchesPlatform(entry: Descriptor, wanted: Platform): boolean {
  const platform = entry.platform;
  if (platform === undefined || platform.os !== wanted.os) return false;
  if (platform.architecture !== wanted.architecture) return false;
  return wanted.variant === undefined || variantOf(platform) === variantOf(wanted);
}

function variantOf(platform: Platform): string | undefined {
  return platform.variant ?? (platform.architecture === "arm64" ? "v8" : undefined);
}
