import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "../../../core/base/digest.ts";
import { canonicalJson } from "../../../core/base/json.ts";
import type { Bootstrap } from "../../../core/blueprint/blueprint.ts";
import type { ProcessRunner } from "../../process/port.ts";
import { readAptIndex } from "./apt-index.ts";
import { hostSources } from "./apt-sources.ts";
import { installedPackages } from "./dpkg-status.ts";
import { BootstrapError } from "./error.ts";
import { findHostPython, stageHostPython } from "./host-python.ts";
import { mmdebstrapCommand } from "./mmdebstrap.ts";
import type { Bootstrapper, MadeRoot } from "./port.ts";
import { makeRootImage } from "./root-image.ts";

export interface BootstrapperSetup {
  readonly runner: ProcessRunner;
  /** argv prefix of mmdebstrap; undefined where the engine has none. */
  readonly mmdebstrap: readonly [string, ...string[]] | undefined;
  /** A folder for scratch; a minimal root takes about 300 MB of it for a while. */
  readonly scratch: string;
}

/** 2024-01-01: older than any commit that builds on a root, so that children's epochs never go back. */
const EPOCH = 1_704_067_200;
const TIMEOUT = 15 * 60_000;
/** Debian's names of architectures by OCI's. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: "amd64",
  arm64: "arm64",
  "386": "i386",
  ppc64le: "ppc64el",
  s390x: "s390x",
};

/** Real roots, by mmdebstrap and the host's own mirrors. */
export function createBootstrapper(setup: BootstrapperSetup): Bootstrapper {
  return {
    make: (recipe, options) => make(setup, recipe, options),
    aptIndex: async (suite, signal) => {
      await mkdir(setup.scratch, { recursive: true });
      return readAptIndex({
        runner: setup.runner,
        sources: await hostSources(setup.runner, suite),
        architecture: ARCHITECTURES[hostArchitecture()] ?? hostArchitecture(),
        scratch: await mkdtemp(join(setup.scratch, "index-")),
        ...(signal === undefined ? {} : { signal }),
      });
    },
  };
}

async function make(
  setup: BootstrapperSetup,
  recipe: Bootstrap,
  { platform, signal }: { readonly platform: string; readonly signal?: AbortSignal },
): Promise<MadeRoot> {
  const architecture = checkPlatform(platform);
  if (setup.mmdebstrap === undefined) {
    throw new BootstrapError(
      "BOOTSTRAP_NOT_HERE",
      "making a Debian root needs mmdebstrap, which runs on Debian and Ubuntu as root",
      {
        hint: "`scripts/engine up` there provides it; else lock where the root's registry can be reached",
      },
    );
  }
  const sources = await hostSources(setup.runner, recipe.suite);
  await mkdir(setup.scratch, { recursive: true });
  const scratch = await mkdtemp(join(setup.scratch, "root-"));
  try {
    const python = await stagePython(setup, recipe, scratch);
    const tar = join(scratch, "root.tar");
    const command = mmdebstrapCommand({
      program: setup.mmdebstrap,
      ...recipe,
      sources,
      epoch: EPOCH,
      ...(python === undefined ? {} : { local: python.stage }),
      facts: scratch,
      output: tar,
    });
    const record = await setup.runner.run({
      ...command,
      timeout: TIMEOUT,
      ...(signal === undefined ? {} : { signal }),
    });
    if (record.outcome !== "ok") throw failure(recipe, record.stderr, record.outcome);
    const packages = installedPackages(await readFile(join(scratch, "status"), "utf8"), architecture);
    // All that the recipe came to: the same words make another root on another architecture or with another CPython.
    const made = { recipe: describe(recipe), architecture, python: python?.build, packages };
    const identity = digestOf(canonicalJson(made));
    const image = await makeRootImage({
      tar,
      layerFile: join(scratch, "layer.tar.gz"),
      architecture: hostArchitecture(),
      epoch: EPOCH,
      identity,
      createdBy: `lapstrake lock: mmdebstrap ${recipe.variant} ${recipe.suite}`,
    });
    await rm(tar);
    return {
      image,
      identity,
      packages,
      epoch: EPOCH,
      dispose: () => rm(scratch, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function stagePython(
  setup: BootstrapperSetup,
  recipe: Bootstrap,
  scratch: string,
): Promise<{ readonly stage: string; readonly build: string } | undefined> {
  if (recipe.python === undefined) return undefined;
  const { prefix, build } = await findHostPython(setup.runner, recipe.python);
  const stage = join(scratch, "local");
  await stageHostPython(prefix, recipe.python, stage);
  return { stage, build };
}

function describe(recipe: Bootstrap): { [key: string]: string | readonly string[] | undefined } {
  return {
    suite: recipe.suite,
    variant: recipe.variant,
    packages: recipe.packages.toSorted(),
    python: recipe.python,
  };
}

function checkPlatform(platform: string): string {
  const [os, architecture = ""] = platform.split("/");
  const debian = ARCHITECTURES[architecture];
  if (os === "linux" && architecture === hostArchitecture() && debian !== undefined) return debian;
  throw new BootstrapError(
    "BOOTSTRAP_NOT_HERE",
    `a root for ${platform} cannot be made on linux/${hostArchitecture()}`,
    {
      hint: "lock on a machine of that platform, or where the root's registry can be reached",
    },
  );
}

/** OCI's name of this machine's architecture. */
function hostArchitecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch === "ia32" ? "386" : process.arch;
}

function failure(recipe: Bootstrap, stderr: string, outcome: string): BootstrapError {
  const lines = stderr.trim().split("\n");
  const telling = lines.findLast((line) => line.startsWith("E: ")) ?? lines.at(-1) ?? outcome;
  return new BootstrapError("BOOTSTRAP_FAILED", `mmdebstrap could not make ${recipe.suite}: ${telling}`, {
    details: { tail: lines.slice(-20) },
  });
}
