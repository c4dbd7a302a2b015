import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { indexFault } from "../../src/core/advisory/suite/index-age.ts";
import { outdatedPackages } from "../../src/core/advisory/suite/outdated-packages.ts";
import type { SuiteAnswer, SuiteRelease } from "../../src/core/advisory/suite/suite-index.ts";
import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import { parseOsRelease } from "../../src/core/base/os-release.ts";
import { fromHostMirror } from "../../src/edge/packages/host-mirror.ts";
import { createSuiteIndexes } from "../../src/edge/packages/suite-index.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import type { ScanSubject, VulnerabilitySource } from "../../src/edge/scanner/port.ts";
import { plantSuiteCanary } from "../../src/edge/scanner/suite/plant-suite-canary.ts";
import { createSuiteSource } from "../../src/edge/scanner/suite/suite-source.ts";
import { debComponent } from "../kit/suite-index.ts";

const HOST = parseOsRelease(readFileSync("/etc/os-release", "utf8"));
const OWN = `${HOST?.codename}-security`;
/** What is said where the host's sources have no security suite. */
const NO_MIRROR = /name no mirror of/;
const { signal } = new AbortController();

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "security-suite-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What programs of the host say of the host; they are its own apt and dpkg, and only read. */
function said(argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}): string {
  const [program, ...args] = argv;
  const run = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C", ...env } });
  if (run.status !== 0) throw new Error(`${program}: ${run.stderr}`);
  return run.stdout;
}

function hostRelease(suite: string): SuiteRelease {
  if (HOST === undefined) throw new Error("this host does not say which release it is");
  const architecture = said(["dpkg", "--print-architecture"]).trim();
  return { distribution: HOST.distribution, suite, architecture };
}

function options() {
  if (HOST === undefined) throw new Error("this host does not say which release it is");
  return { runner: createProcessRunner(), folder, clock: Date.now, host: HOST };
}

/** Whether the host's own sources name its security suite; where they do not, the answer must say so. */
const hasSuite = said(["apt-get", "indextargets", "--no-release-info", "--format", "$(RELEASE)"])
  .split("\n")
  .includes(OWN);

function installed(): readonly SbomComponent[] {
  const format =
    "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n";
  return said(["dpkg-query", "-W", "-f", format])
    .split("\n")
    .filter((line) => line.startsWith("installed\t"))
    .map((line) => {
      const [, name = "", version = "", architecture = "", source = "", sourceVersion = ""] =
        line.split("\t");
      return debComponent(name, version, { architecture, source, sourceVersion });
    });
}

const whyOf = (answer: SuiteAnswer) => (answer.state === "unknown" ? answer.why : "it is known");

describe("a security suite, from the mirror of this host", () => {
  it("is unknown where there is none of that name", async () => {
    const release = hostRelease("nosuchrelease-security");
    const why = whyOf(await createSuiteIndexes(options())(release, { signal }));
    expect(why).toMatch(
      hasSuite ? /could not read the index of packages: .*nosuchrelease/ : /name no mirror of/,
    );
  });

  it("is read whole", async () => {
    const answer = await createSuiteIndexes(options())(hostRelease(OWN), { signal });
    const isWhole =
      answer.state === "known" &&
      answer.stale === undefined &&
      answer.index.records > 0 &&
      indexFault({ ...answer.index, validUntil: undefined }, Date.now()) === undefined;
    expect(isWhole ? "whole" : whyOf(answer)).toMatch(hasSuite ? /^whole$/ : NO_MIRROR);
  });

  it("is seen to be read by a planted package", async () => {
    const read = createSuiteIndexes(options());
    const subject = {
      name: "host",
      at: undefined,
      platform: "linux/amd64",
      sbom: {
        subject: { name: "host", digest: undefined, architecture: "amd64" },
        created: undefined,
        tool: "test",
        system: { id: HOST?.distribution ?? "", codename: HOST?.codename ?? "" },
        components: installed(),
      },
    };
    const canary = await plantSuiteCanary(subject, read, { signal });
    expect(
      "why" in canary ? canary.why : await foundIn(createSuiteSource({ read, clock: Date.now }), canary),
    ).toMatch(hasSuite ? /^\S+ 0$/ : NO_MIRROR);
  });

  it("has newer of the host's own packages what apt says that it has", async () => {
    expect(await agreement()).toMatch(hasSuite ? /^the same [1-9][0-9]*$/ : NO_MIRROR);
  });
});

async function foundIn(source: VulnerabilitySource, subject: ScanSubject): Promise<string> {
  const [answer] = await source.scan([subject], { signal });
  if (answer?.state !== "scanned") return `it is not scanned: ${answer?.why}`;
  return answer.vulnerabilities.map(({ component }) => `${component.name} ${component.version}`).join(", ");
}

/** Whether we and apt find the same newer packages; how many, or what differs. */
async function agreement(): Promise<string> {
  const answer = await createSuiteIndexes(options())(hostRelease(OWN), { signal });
  if (answer.state === "unknown") return answer.why;
  const packages = installed();
  // All of them far older, so that the two have something to agree about.
  const aged = packages.map(({ name, about }) =>
    debComponent(name, "0.0.1", { source: about["deb:source"] ?? name }),
  );
  let count = 0;
  for (const components of [packages, aged]) {
    const ours = outdatedPackages(components, answer.index).filter(({ fixed }) => fixed.length > 0);
    const found = [...new Set(ours.map(({ component, fixed }) => `${component.name} ${fixed[0]}`))].sort();
    const theirs = await upgradable(answer.index.release, components);
    count += theirs.length;
    if (found.join() !== theirs.join())
      return `ours alone: ${found.filter((each) => !theirs.includes(each)).join()}; apt's alone: ${theirs.filter((each) => !found.includes(each)).join()}`;
  }
  return `the same ${count}`;
}

/** What a real apt that knows the security suite alone would upgrade of these packages: `NAME VERSION`. */
async function upgradable(
  release: SuiteRelease,
  components: readonly SbomComponent[],
): Promise<readonly string[]> {
  const wanted = {
    release,
    kind: "packages",
    components: ["main"],
    beside: [release.suite],
    signal,
  } as const;
  const taken = await fromHostMirror(options(), wanted, (lists) => {
    const status = components.map(
      ({ name, version, purl }) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: ${/arch=([^&]*)/.exec(purl)?.[1]}\nMaintainer: x\nVersion: ${version}\nDescription: x\n\n`,
    );
    return Promise.resolve(listed(join(lists, ".."), status.join("")));
  });
  if ("why" in taken) throw new Error(taken.why);
  return taken;
}

function listed(apt: string, status: string): readonly string[] {
  writeFileSync(join(apt, "status"), status);
  const argv = ["apt", "list", "--upgradable", "-o", `Dir::State::status=${join(apt, "status")}`] as const;
  const lines = said([...argv], { APT_CONFIG: join(apt, "apt.conf") }).split("\n");
  const found = lines.flatMap((line) => {
    const [, name, version, from] = /^([^/ ]+)\/\S+ (\S+) \S+ \[upgradable from: (\S+)\]/.exec(line) ?? [];
    // Apt takes the same version for another one where the rest of the stanza differs, as it does here.
    return name === undefined || version === from ? [] : [`${name} ${version}`];
  });
  return [...new Set(found)].sort();
}
