import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../../core/base/digest.ts";
import { digestOf } from "../../../core/base/digest.ts";
import type { ProcessRunner } from "../../process/port.ts";
import { BootstrapError } from "./error.ts";

export interface AptIndexInputs {
  readonly runner: ProcessRunner;
  /** deb822 text. */
  readonly sources: string;
  /** Debian's name: `amd64`. */
  readonly architecture: string;
  /** An empty folder that is removed afterwards. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

const UPDATE_TIMEOUT = 120_000;

/**
 * Suite to a digest of what its signed Release says of its Packages index. Apt itself fetches and verifies the Release,
 * with a state of its own, so that the host's lists stay as they are. The date of a Release does not count: it moves
 * when nothing else does.
 */
export async function readAptIndex(inputs: AptIndexInputs): Promise<Readonly<Record<string, Digest>>> {
  const { runner, scratch } = inputs;
  const lists = join(scratch, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(scratch, "cache"), { recursive: true });
  const file = join(scratch, "lapstrake.sources");
  await writeFile(file, inputs.sources);
  try {
    const record = await runner.run({
      argv: ["apt-get", "update", "-qq", ...options(file, lists, join(scratch, "cache"))],
      timeout: UPDATE_TIMEOUT,
      ...(inputs.signal === undefined ? {} : { signal: inputs.signal }),
    });
    if (record.outcome !== "ok") {
      const last = record.stderr.trim().split("\n").at(-1) ?? record.outcome;
      throw new BootstrapError("BOOTSTRAP_FAILED", `apt could not read the package index: ${last}`, {
        hint: "`apt-get update` on this host shows more",
      });
    }
    await expectReleases(lists, inputs.sources);
    return await readReleases(lists, inputs.architecture);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Only the Release files: the indexes themselves are megabytes, and their digests stand in the Release. */
function options(file: string, lists: string, cache: string): string[] {
  return [
    `Dir::Etc::sourcelist=${file}`,
    "Dir::Etc::sourceparts=/dev/null",
    `Dir::State::lists=${lists}`,
    `Dir::Cache=${cache}`,
    "Acquire::IndexTargets::deb::Packages::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::Translations::DefaultEnabled=false",
    "Acquire::Languages=none",
    // Else a server that is away is only warned of (apt since 2.1.8).
    "APT::Update::Error-Mode=any",
  ].flatMap((option) => ["-o", option]);
}

/** An older apt ends well without a suite that did not arrive, and a lock without it would rename what it locks. */
async function expectReleases(lists: string, sources: string): Promise<void> {
  const names = await readdir(lists);
  const suites = [...sources.matchAll(/^Suites: (.+)$/gm)].flatMap((found) => found[1]?.split(" ") ?? []);
  const absent = suites.find((suite) => !names.some((name) => name.endsWith(`_dists_${suite}_InRelease`)));
  if (absent === undefined) return;
  throw new BootstrapError("BOOTSTRAP_FAILED", `the InRelease of ${absent} did not arrive`, {
    hint: "`apt-get update` on this host shows more",
  });
}

async function readReleases(lists: string, architecture: string): Promise<Readonly<Record<string, Digest>>> {
  const suites: Record<string, Digest> = {};
  for (const name of (await readdir(lists)).sort()) {
    if (!name.endsWith("_InRelease")) continue;
    const text = await readFile(join(lists, name), "utf8");
    const suite = /^Codename: (\S+)$/m.exec(text)?.[1];
    const line = new RegExp(`^ ([0-9a-f]{64}) +\\d+ main/binary-${architecture}/Packages$`, "m").exec(
      text,
    )?.[1];
    if (suite === undefined || line === undefined) {
      throw new BootstrapError("BOOTSTRAP_FAILED", `${name} names no Packages index for ${architecture}`);
    }
    suites[suite] = digestOf(line);
  }
  return suites;
}
