import type { Relation } from "./package-database.ts";

export interface DebianVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** `[epoch:]upstream[-revision]` (deb-version(7)); undefined where dpkg would refuse it as well. */
export function parseDebianVersion(text: string): DebianVersion | undefined {
  const trimmed = text.trim();
  const colon = trimmed.indexOf(":");
  const epochText = colon < 0 ? "0" : trimmed.slice(0, colon);
  const rest = trimmed.slice(colon + 1);
  const hyphen = rest.lastIndexOf("-");
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? "" : rest.slice(hyphen + 1);
  const epoch = Number(epochText);
  if (!/^\d+$/.test(epochText) || epoch > 2 ** 31 - 1) return undefined;
  if (!/^[A-Za-z0-9.+~:-]+$/.test(upstream) || !/^[A-Za-z0-9.+~]*$/.test(revision)) return undefined;
  return hyphen >= 0 && revision === "" ? undefined : { epoch, upstream, revision };
}

/** Below 0, 0, or above 0, exactly as `dpkg --compare-versions`. */
export function compareDebianVersions(a: DebianVersion, b: DebianVersion): number {
  return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
}

/** Whether a version meets what a relation asks; a text that is no version meets nothing. */
export function satisfies(
  version: string,
  { operator, version: asked }: NonNullable<Relation["version"]>,
): boolean {
  const [have, want] = [parseDebianVersion(version), parseDebianVersion(asked)];
  if (have === undefined || want === undefined) return false;
  const order = compareDebianVersions(have, want);
  switch (operator) {
    case "<<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">>":
      return order > 0;
  }
}

/** Stretches of anything but digits, then of digits, in turn (dpkg, lib/dpkg/version.c: verrevcmp). */
function compareParts(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = orderAt(a, i) - orderAt(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a[i] === "0") i++;
    while (b[j] === "0") j++;
    let first = 0;
    while (isDigit(a, i) && isDigit(b, j)) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a, i)) return 1;
    if (isDigit(b, j)) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

/** `~` before the end, the end (and a digit, which ends the stretch) before letters, letters before all else. */
function orderAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (at >= text.length || isDigit(text, at)) return 0;
  if (unit === 0x7e) return -1;
  const isLetter = (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
  return isLetter ? unit : unit + 256;
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0x30 && unit <= 0x39;
}
