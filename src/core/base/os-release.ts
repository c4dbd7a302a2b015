/** Which release of which distribution: `ID` and `VERSION_CODENAME` of os-release(5). */
export interface OsRelease {
  /** `debian`. */
  readonly distribution: string;
  /** `bookworm`. */
  readonly codename: string;
}

/** Undefined where the text does not say both: testing releases have no name. */
export function parseOsRelease(text: string): OsRelease | undefined {
  const [distribution, codename] = ["ID", "VERSION_CODENAME"].map((name) => osReleaseValue(text, name));
  return distribution === undefined || codename === undefined ? undefined : { distribution, codename };
}

/** What os-release(5) says under a name; undefined where it says nothing. */
export function osReleaseValue(text: string, name: string): string | undefined {
  return new RegExp(`^${name}=(["']?)([^"'\\n]*)\\1$`, "m").exec(text)?.[2];
}
