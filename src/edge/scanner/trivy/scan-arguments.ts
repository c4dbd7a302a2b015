/** What of an image Trivy is asked, and how. Paths are as the program sees them. */
export interface ScanArguments {
  /** `HOST/REPOSITORY@DIGEST`, or the folder of an OCI layout. */
  readonly target: { readonly image: string; readonly insecure: boolean } | { readonly layout: string };
  readonly platform: string;
  readonly cache: string;
  /** An empty file: the working directory's `trivy.yaml` would be read otherwise. */
  readonly config: string;
  /** An empty file, in the place of `.trivyignore`. */
  readonly ignore: string;
  /** Until Trivy itself gives up. */
  readonly seconds: number;
}

/** Without one of these a scan is none that could be believed. */
const REQUIRED = [
  "format",
  "list-all-pkgs",
  "exit-code",
  "severity",
  "skip-db-update",
  "offline-scan",
  "cache-dir",
  "config",
  "ignorefile",
  "timeout",
  "input",
  "image-src",
  "platform",
];

/** They differ by version, and are given where the program knows them. */
const WHERE_KNOWN = [
  "--skip-java-db-update",
  "--skip-vex-repo-update",
  "--skip-version-check",
  "--disable-telemetry",
  "--no-progress",
  // Findings that a rule takes out are listed apart: there must be none.
  "--show-suppressed",
];

/** The names of the flags in the text of `trivy image --help`. */
export function flagsOf(help: string): ReadonlySet<string> {
  return new Set(
    [...help.matchAll(/^\s+(?:-[A-Za-z], )?--([a-z][a-z0-9-]*)/gm)].map((found) => found[1] ?? ""),
  );
}

/** Those that a program lacks and without which it is not asked. */
export function lackingFlags(flags: ReadonlySet<string>): readonly string[] {
  const scanners = flags.has("scanners") || flags.has("security-checks") ? [] : ["scanners"];
  return [...REQUIRED.filter((name) => !flags.has(name)), ...scanners].map((name) => `--${name}`);
}

/** The words after the program's name. All severities, whatever they are called by: what is denied is no business of Trivy's. */
export function scanArguments(
  flags: ReadonlySet<string>,
  { target, platform, cache, config, ignore, seconds }: ScanArguments,
): readonly string[] {
  const place =
    "layout" in target
      ? ["--input", target.layout]
      : ["--image-src", "remote", ...(target.insecure ? ["--insecure"] : []), target.image];
  return [
    "image",
    "--format=json",
    // Until 0.37 it was called so.
    flags.has("scanners") ? "--scanners=vuln" : "--security-checks=vuln",
    "--list-all-pkgs",
    "--exit-code=0",
    "--severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
    "--skip-db-update",
    "--offline-scan",
    ...WHERE_KNOWN.filter((flag) => flags.has(flag.slice(2))),
    `--timeout=${seconds}s`,
    `--cache-dir=${cache}`,
    `--config=${config}`,
    `--ignorefile=${ignore}`,
    `--platform=${platform}`,
    ...place,
  ];
}
