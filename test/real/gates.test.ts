import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GateOutcome, ScanReport } from "../../src/core/policy/gates/gate.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { type Ended, runProgram } from "../kit/program.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const engine = await requireEngine();

type Told =
  | { readonly state: "released"; readonly release: ReleaseBody; readonly scan: ScanReport }
  | {
      readonly state: "denied";
      readonly denied: readonly { readonly name: string; readonly why: string }[];
      readonly scan: ScanReport;
    };

describe.runIf(engine)("the gates of the reference fleet's release", () => {
  const home = mkdtempSync(join(tmpdir(), "lapstrake-gates-"));
  const namespace = `test-gates-${randomBytes(4).toString("hex")}`;
  const [state, clone] = [join(home, "state"), join(home, "repository")];
  const folder = join(clone, "fleet");
  let faults = 0;

  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", clone, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const run = (...args: readonly string[]): Promise<Ended> =>
    runProgram([...args, "--json", "--progress", "none"], { cwd: folder, env: { LAPSTRAKE_STATE: state } });

  /** Changes files of the fleet, commits, and releases its CPU tier. */
  async function releaseWith(
    changes: Readonly<Record<string, (text: string) => string>>,
    ...flags: readonly string[]
  ) {
    for (const [path, change] of Object.entries(changes)) {
      const file = join(folder, path);
      writeFileSync(file, change(existsSync(file) ? readFileSync(file, "utf8") : ""));
    }
    faults++;
    commitFolder(clone, `Plant fault ${faults}`, 1_800_000_000 + faults);
    const { code, out, err } = await run("release", "--tier", "cpu", ...flags);
    // The program's own answer, whose shape the command's tests have.
    const told = (out === "" ? {} : JSON.parse(out)) as Partial<Told>;
    if (told.state !== "released" && told.state !== "denied")
      throw new Error(`exit ${code}: ${out.slice(0, 3000)} ${err.slice(-3000)}`);
    return { code, told: told as Told };
  }

  /** By image, the gates that stop it. */
  function stopped({ images }: ScanReport): Readonly<Record<string, readonly string[]>> {
    const stops: ReadonlySet<GateOutcome> = new Set(["denied", "unknown", "error"]);
    return Object.fromEntries(
      images.flatMap(({ name, verdicts, blockedBy }) => {
        const own = verdicts
          .filter(({ outcome }) => stops.has(outcome))
          .map(
            ({ gate, outcome, findings }) =>
              `${gate} ${outcome}: ${findings
                .filter(({ level }) => level !== "note")
                .map(({ id }) => id)
                .join(" ")}`,
          );
        const all = [...own, ...(blockedBy === undefined ? [] : [`by ${blockedBy}`])];
        return all.length === 0 ? [] : [[name, all]];
      }),
    );
  }

  beforeAll(async () => {
    mkdirSync(state);
    copyFileSync(join(engineStateFolder(), "engine.json"), join(state, "engine.json"));
    // With its history: the times of commits are in the layers.
    execFileSync("git", ["clone", "--quiet", "--shared", ROOT, clone], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const blueprint = join(folder, "lapstrake.yaml");
    writeFileSync(
      blueprint,
      readFileSync(blueprint, "utf8").replace(
        "registry: local/haymayndzultra",
        `registry: local/${namespace}`,
      ),
    );
    commitFolder(clone, "Move to a namespace of its own", 1_800_000_000);
    // Roots that were made here lie in the fleet's own namespace.
    const { code, err } = await run("lock");
    if (code !== 0) throw new Error(`lapstrake lock: exit ${code}: ${err.slice(-3000)}`);
  }, 900_000);
  afterEach(() => void git("reset", "--quiet", "--hard", "HEAD~1"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("pass what has no fault, and their canaries were alive", async () => {
    const { code, told } = await releaseWith({ "README.md": (text) => `${text}\n` });
    expect(stopped(told.scan)).toEqual({});
    expect([code, told.state]).toEqual([0, "released"]);
    const { canaries, images } = told.scan;
    expect(canaries.filter(({ alive }) => !alive)).toEqual([]);
    expect(new Set(canaries.map(({ gate }) => gate)).size).toBeGreaterThanOrEqual(10);
    expect(images.map(({ name }) => name)).toContain("service_registry");
  });

  const SERVICE = "service_registry/Dockerfile";

  it("deny a vulnerable wheel, and what is built on it", async () => {
    const { code, told } = await releaseWith({
      "docker/families/family-web/requirements.lock": (text) => `${text}${VULNERABLE}`,
    });
    expect([code, told.state]).toEqual([1, "denied"]);
    const found = stopped(told.scan);
    expect(Object.keys(found).sort()).toEqual(["family-web", "service_registry"]);
    expect(found["family-web"]?.[0]).toMatch(/^vulnerabilities denied: .*CVE-2019-10906/);
    expect(found["service_registry"]).toContain("by family-web");
    expect(
      told.scan.images.find(({ name }) => name === "service_registry")?.verdicts[0]?.findings[0]?.owner,
    ).toBe("family-web");
  });

  it("deny a planted secret", async () => {
    const token = `ghp_${randomBytes(18).toString("hex")}`;
    const { code, told } = await releaseWith({
      "service_registry/.dockerignore": (text) => `${text}\n!settings.ini\n`,
      "service_registry/settings.ini": () => `[github]\ntoken = ${token}\n`,
      [SERVICE]: (text) =>
        text.replace("COPY --chmod=644 app.py ./", "COPY --chmod=644 app.py settings.ini ./"),
    });
    expect([code, told.state]).toEqual([1, "denied"]);
    expect(stopped(told.scan)).toEqual({ service_registry: ["secrets denied: github-token"] });
    expect(JSON.stringify(told)).not.toContain(token);
  });

  it("deny an image over its budget", async () => {
    const { code, told } = await releaseWith({
      "service_registry/.dockerignore": (text) => `${text}\n!weights.bin\n`,
      "service_registry/weights.bin": () => randomBytes(60_000_000).toString("latin1"),
      [SERVICE]: (text) =>
        text.replace("COPY --chmod=644 app.py ./", "COPY --chmod=644 app.py weights.bin ./"),
    });
    expect([code, told.state]).toEqual([1, "denied"]);
    expect(stopped(told.scan)).toEqual({ service_registry: ["budget denied: over-compressed"] });
  });

  it("deny an image that runs as root", async () => {
    const { code, told } = await releaseWith({ [SERVICE]: (text) => `${text}USER 0:0\n` });
    expect([code, told.state]).toEqual([1, "denied"]);
    expect(stopped(told.scan)).toEqual({ service_registry: ["user denied: root-user"] });
  });

  it("know nothing where the database is too old, of any image", async () => {
    const { code, told } = await releaseWith({
      "lapstrake.yaml": (text) => text.replace(/asOf: \S+/, "asOf: 2025-01-31"),
    });
    expect([code, told.state]).toEqual([1, "denied"]);
    const found = stopped(told.scan);
    expect(Object.keys(found)).toEqual(told.scan.images.map(({ name }) => name));
    for (const [first] of Object.values(found))
      expect(first).toContain("vulnerabilities unknown: database-age");
  });

  it("let a waiver stand for a while, and not a day longer", async () => {
    const waived = (until: string) => ({
      [SERVICE]: (text: string) => `${text}USER 0:0\n`,
      "waivers.yaml": (text: string) =>
        text.replace(/waivers:.*\n/, (line) => `${line.replace(" []", "")}${WAIVER.replace("UNTIL", until)}`),
    });
    const held = await releaseWith(waived("2024-11-30"));
    expect([held.code, held.told.state]).toEqual([0, "released"]);
    expect(held.told.scan.waivers.map(({ id, state: use }) => [id, use])).toContainEqual([
      "root-user",
      "used",
    ]);
    git("reset", "--quiet", "--hard", "HEAD~1");
    const over = await releaseWith(waived("2024-10-01"));
    expect([over.code, over.told.state]).toEqual([1, "denied"]);
    expect(stopped(over.told.scan)).toEqual({ service_registry: ["user denied: root-user"] });
    expect(over.told.scan.waivers.map(({ id, state: use }) => [id, use])).toContainEqual([
      "root-user",
      "expired",
    ]);
  });

  it("release the others where a part is asked for, and say what is not in it", async () => {
    const { code, told } = await releaseWith({ [SERVICE]: (text) => `${text}USER 0:0\n` }, "--partial");
    expect([code, told.state]).toEqual([4, "released"]);
    if (told.state !== "released") return;
    expect(told.release.images.map(({ name }) => name)).not.toContain("service_registry");
    expect(told.release.unavailable.find(({ name }) => name === "service_registry")?.why).toContain(
      "denied by the gate user",
    );
    expect(told.release.partial).toBe(true);
  });
});

/** From 2018; CVE-2019-10906 lets templates out of their sandbox. */
const VULNERABLE =
  "jinja2==2.10 --hash=sha256:74c935a1b8bb9a3947c50a54766a969d4846290e1e788ea44c1392163723c3bd\n";

const WAIVER = `  - gate: user
    id: root-user
    image: service_registry
    why: a test
    who: a test
    from: 2024-09-15
    until: UNTIL
`;
