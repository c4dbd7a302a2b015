import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../core/base/error.ts";
import type { ProcessRecord, ProcessRunner } from "../process/port.ts";
import type { ArchiveRelease } from "./contents-port.ts";
import { fetchedContents } from "./fetched-contents.ts";

const ASK_MS = 30_000;
const FETCH_MS = 600_000;

/** Components whose packages an image of the distribution may have without further sources. */
const COMPONENTS: Readonly<Record<string, string>> = { debian: "main", ubuntu: "main universe" };

export interface Asked {
  readonly runner: ProcessRunner;
  readonly signal: AbortSignal | undefined;
}

/** Sites of the host's sources that serve this codename; empty where apt knows none. They need not have been read. */
export async function sitesOf(
  { runner, signal }: Asked,
  codename: string,
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
  if (record.outcome !== "ok") return failureOf(record);
  const sites = record.stdout.split("\n").flatMap((line) => {
    const [creator, component, site, release] = line.split(" ");
    const fits = creator === "Packages" && component === "main" && release === codename;
    return fits && site !== undefined && SITE.test(site) ? [site] : [];
  });
  return [...new Set(sites)];
}

/** One word for a sources list, whatever the host's own sources hold. */
const SITE = /^[a-z][a-z0-9+]*:[^\s[\]#]+$/;

export interface Failure {
  readonly why: string;
}

/**
 * Lets apt fetch the indexes of files of a release into `folder`, by a state of its own: the host's lists, sources and
 * locks stay as they are, its way to the mirror (proxy, certificates) holds. What arrives was checked against the archive's
 * keys in `keyring`. Returns the paths of the indexes.
 */
export async function fetchContents(
  asked: Asked,
  folder: string,
  source: { readonly site: string; readonly release: ArchiveRelease; readonly keyring: string },
): Promise<readonly string[] | Failure> {
  const { runner, signal } = asked;
  const { site, release, keyring } = source;
  if (/["\n]/.test(folder)) return { why: `apt's configuration cannot name ${folder}` };
  const dump = await runner.run({ argv: ["apt-config", "dump"], timeout: ASK_MS, ...given(signal) });
  signal?.throwIfAborted();
  if (dump.outcome !== "ok") return failureOf(dump);
  await mkdir(join(folder, "lists", "partial"), { recursive: true });
  const components = COMPONENTS[release.distribution] ?? "main";
  const options = `arch=${release.architecture} signed-by=${keyring} target=Contents-deb,Contents-deb-legacy`;
  await writeFile(join(folder, "sources.list"), `deb [${options}] ${site} ${release.suite} ${components}\n`);
  await writeFile(join(folder, "apt.conf"), configuration(folder, dump.stdout));
  const env = { APT_CONFIG: join(folder, "apt.conf"), LC_ALL: "C" };
  const update = await runner.run({
    argv: ["apt-get", "-q", "update"],
    env,
    timeout: FETCH_MS,
    ...given(signal),
  });
  signal?.throwIfAborted();
  if (update.outcome !== "ok") return failureOf(update);
  try {
    const { architecture } = release;
    return await fetchedContents(join(folder, "lists"), { architecture, components: components.split(" ") });
  } catch (error) {
    return { why: `apt could not read the index of files: ${messageOf(error)}` };
  }
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
function failureOf({ argv, outcome, stderr }: ProcessRecord): Failure {
  if (outcome === "not-found") return { why: `there is no ${argv[0]} on this host` };
  const lines = stderr.split("\n");
  const said = lines.find((line) => line.startsWith("E:")) ?? lines.find((line) => line.startsWith("W:"));
  return { why: `apt could not read the index of files: ${(said ?? outcome).slice(0, 200)}` };
}
