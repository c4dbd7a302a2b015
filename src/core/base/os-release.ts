/** Which release of which distribution: `ID` and `VERSION_CODENAME` of os-release(5). */
export interface OsRelease {
  /** `debian`. */
  readonly distribution: string;
  /** `bookworm`. */
  readonly codename: string;
}

/** Undefined where the text does not say both: testing releases have no name. */
export function parseOsRelease(text: string): OsRelease | undefined {
  const valueOf = (name: string): string | undefined =>
    new RegExp(`^${name}=(["']?)([^"'\\n]*)\\1$`, "m").exec(text)?.[2];
  const [distribution, codename] = [valueOf("ID"), valueOf("VERSION_CODENAME")];
  return distribution === undefined || codename === undefined ? undefined : { distribution, codename };
}
