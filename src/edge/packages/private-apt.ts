import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessRecord, ProcessRunner } from "../process/port.ts";
import type { ArchiveRelease } from "./contents-port.ts";

const ASK_MS = 30_000;
const FETCH_MS = 600_000;

/** What of a suite is fetched: its indexes of files, or those of packages. */
export type IndexKind = "contents" | "packages";

const TARGETS: Readonly<Record<IndexKind, string>> = {
  contents: "Contents-deb,Contents-deb-legacy",
  packages: "Packages",
};

const WHAT: Readonly<Record<IndexKind, string>> = {
  contents: "the index of files",
  packages: "the index of packages",
};

/** Of a fetch that did not give what it should have. */
export function indexFailure(kind: IndexKind, why: string): Failure {
  return { why: `apt could not read ${WHAT[kind]}: ${why}` };
}

export interface Asked {
  readonly runner: ProcessRunner;
  readonly signal: AbortSignal | undefined;
}

/** Sites of the host's sources that serve one of these suites; empty where apt knows none. They need not have been read. */
export async function sitesOf(
  { runner, signal }: Asked,
  suites: readonly string[],
): Promise<readonly string[] | Failure> {
  const record = await runner.run({
    argv: [
      "apt-get",
      "indextargets",
      "--no-release-info",
      "--format",
      "$(CREATED_BY) $(COMPONENT) $(SITE) $(RELEASE)",
    ],
    timeout: ASK_MS,
    ...given(signal),
  });
  signal?.throwIfAborted();
  if (record.outcome !== "ok") return failureOf(record, "its own sources");
  const sites = record.stdout.split("\n").flatMap((line) => {
    const [creator, component, site, release] = line.split(" ");
    const fits = creator === "Packages" && component === "main" && suites.includes(release ?? "");
    return fits && site !== undefined && SITE.test(site) ? [site] : [];
  });
  return [...new Set(sites)];
}

/** One word for a sources list, whatever the host's own sources hold. */
const SITE = /^[a-z][a-z0-9+]*:[^\s[\]#]+$/;

export interface Failure {
  readonly why: string;
}

export interface WantedIndexes {
  readonly site: string;
  readonly release: ArchiveRelease;
  /** Of the archive's keys. */
  readonly keyring: string;
  readonly components: readonly string[];
  readonly kind: IndexKind;
}

/**
 * Lets apt fetch indexes of a suite into `folder`, by a state of its own: the host's lists, sources and locks stay as they
 * are, its way to the mirror (proxy, certificates) holds. What arrives was checked against the archive's keys. Returns the
 * folder of apt's lists. That apt ended well is no proof that all arrived: `arrivedFiles` is.
 */
export async function fetchIndexes(
  asked: Asked,
  folder: string,
  { site, release, keyring, components, kind }: WantedIndexes,
): Promise<{ readonly lists: string } | Failure> {
  const { runner, signal } = asked;
  if (/["\n]/.test(folder)) return { why: `apt's configuration cannot name ${folder}` };
  const dump = await runner.run({ argv: ["apt-config", "dump"], timeout: ASK_MS, ...given(signal) });
  signal?.throwIfAborted();
  if (dump.outcome !== "ok") return failureOf(dump, "its own settings");
  const lists = join(folder, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  const options = `arch=${release.architecture} signed-by=${keyring} target=${TARGETS[kind]}`;
  const source = `deb [${options}] ${site} ${release.suite} ${components.join(" ")}\n`;
  await writeFile(join(folder, "sources.list"), source);
  await writeFile(join(folder, "apt.conf"), configuration(folder, dump.stdout));
  const update = await runner.run({
    argv: ["apt-get", "-q", "update"],
    env: { APT_CONFIG: join(folder, "apt.conf"), LC_ALL: "C" },
    timeout: FETCH_MS,
    ...given(signal),
  });
  signal?.throwIfAborted();
  return update.outcome === "ok" ? { lists } : failureOf(update, WHAT[kind]);
}

/** Settings in one line of the host's way to its mirrors; hooks are lists, and stay behind. */
const ACQUIRE = /^Acquire::(?!IndexTargets::)[^ ]+ "[^"]+";$/;

function configuration(folder: string, hostSettings: string): string {
  const target = (name: string, key: string, more: readonly string[] = []): readonly string[] =>
    [
      `MetaKey "${key}"`,
      'ShortDescription "Contents-$(ARCHITECTURE)"',
      'Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents (deb)"',
      'PDiffs "false"',
      // As the archive signed it, so that it needs no second compression.
      'KeepCompressed "true"',
      'KeepCompressedAs "gz"',
      'CompressionTypes "gz"',
      ...more,
    ].map((setting) => `Acquire::IndexTargets::deb::${name}::${setting};`);
  return [
    ...hostSettings.split("\n").filter((line) => ACQUIRE.test(line)),
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    `Dir::State "${folder}";`,
    `Dir::State::lists "${folder}/lists";`,
    `Dir::Cache "${folder}";`,
    `Dir::Log "${folder}";`,
    // Its own user could not write into a folder of ours.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    // Else a server that is away is only warned of (apt since 2.1.8).
    'APT::Update::Error-Mode "any";',
    // A host that trusts its mirror in this may; what is made of these indexes decides about images.
    ...["Insecure", "Weak", "DowngradeToInsecure"].map(
      (kind) => `Acquire::Allow${kind}Repositories "false";`,
    ),
    // Whoever reads a Release judges its dates, by a clock of its own.
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Check-Date "false";',
    // As the release lists them.
    'Acquire::GzipIndexes "false";',
    'Acquire::Retries "3";',
    'Debug::NoLocking "true";',
    ...target("Contents-deb", "$(COMPONENT)/Contents-$(ARCHITECTURE)"),
    // Ubuntu has one for all components.
    ...target("Contents-deb-legacy", "Contents-$(ARCHITECTURE)", ['Fallback-Of "Contents-deb"']),
    "",
  ].join("\n");
}

function given(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** apt's own first error, which names what it could not reach. */
function failureOf({ argv, outcome, stderr }: ProcessRecord, what: string): Failure {
  if (outcome === "not-found") return { why: `there is no ${argv[0]} on this host` };
  const lines = stderr.split("\n");
  const said = lines.find((line) => line.startsWith("E:")) ?? lines.find((line) => line.startsWith("W:"));
  return { why: `apt could not read ${what}: ${(said ?? outcome).slice(0, 200)}` };
}
