import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitFolder } from "./generated-commit.ts";
import { type Ended, type Running, runProgram, startProgram } from "./program.ts";

export interface GatedFleetOptions {
  /** Empty; the fleet and its state are made below it. */
  readonly home: string;
  /** LAPSTRAKE_STATE: where engine.json is. */
  readonly state: string;
  readonly namespace: string;
  /** Bytes of a file that does not shrink, in an image of its own; 0 for none. */
  readonly heavyBytes?: number;
}

/** What the gated step of the fleet does, as a shell script. */
export type Gate = "pass" | "wait" | { readonly seconds: number };

/** What the gated step says when it has begun. */
export const GATE_OPEN = "gate: begun";

/**
 * A fleet with a step that a test can hold: `base` with the host's own shell, `early` and `gated` on it, `leaf` on
 * gated. The gated step runs a script that comes as a secret, and a secret's value is no part of an identity: what is
 * held in one run passes in the next, for the same image. Every fleet has content of its own, so nothing is cached.
 */
export class GatedFleet {
  readonly folder: string;
  readonly #options: GatedFleetOptions;

  constructor(options: GatedFleetOptions) {
    this.#options = options;
    this.folder = join(options.home, "fleet");
    writeFleet(this.folder, options);
    this.gate("pass");
    commitFolder(this.folder, "Make the fleet", 1_700_000_000);
  }

  gate(gate: Gate): void {
    const script = gate === "pass" ? "true" : gate === "wait" ? "sleep 600" : `sleep ${gate.seconds}`;
    writeFileSync(join(this.folder, "gate.secret"), `echo "${GATE_OPEN}"\n${script}\n`);
  }

  start(...args: readonly string[]): Running {
    return startProgram(["--progress=json", ...args], {
      cwd: this.folder,
      env: { LAPSTRAKE_STATE: this.#options.state },
    });
  }

  /** Runs a command with --json to its end. */
  async run(...args: readonly string[]): Promise<Ended & { readonly json: unknown }> {
    const ended = await runProgram(["--progress=json", ...args, "--json"], {
      cwd: this.folder,
      env: { LAPSTRAKE_STATE: this.#options.state },
    });
    return { ...ended, json: ended.out === "" ? undefined : JSON.parse(ended.out) };
  }

  /** By image, how often the ledger has it built. */
  async builds(): Promise<Readonly<Record<string, number>>> {
    const { json } = await this.run("ledger", "show", "--last", "1000");
    // The program's own answer, whose shape has a test of its own.
    const { entries } = json as { entries: readonly { kind: string; body: { image: string } }[] };
    const counts: Record<string, number> = {};
    for (const { kind, body } of entries) {
      if (kind === "build") counts[body.image] = (counts[body.image] ?? 0) + 1;
    }
    return counts;
  }

  /** Processes of builds of this fleet: after a run there may be none. */
  strays(): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => commandOf(pid).includes(this.folder));
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

function writeFleet(folder: string, { namespace, heavyBytes = 0 }: GatedFleetOptions): void {
  const images = ["base", "early", "gated", "leaf", ...(heavyBytes > 0 ? ["heavy"] : [])];
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  put(
    "lapstrake.yaml",
    [
      "version: 1",
      `fleet: ${namespace.replaceAll("/", "-")}`,
      `registry: local/${namespace}`,
      "images:",
      ...images.flatMap((name) => [
        `  ${name}:`,
        `    dockerfile: ${name}/Dockerfile`,
        `    context: ${name}`,
        ...(name === "gated" ? ["    secrets: { gate: { file: gate.secret } }"] : []),
      ]),
      "build: { parallelism: 2, cache: none }",
      "",
    ].join("\n"),
  );
  // The secret is in no commit and in no image, so the tree is clean; all that is copied is committed.
  put(".gitignore", "gate.secret\n");
  put("base/Dockerfile", "FROM scratch\nCOPY root /\nCOPY seed /seed\nRUN echo made >/made\n");
  put("base/seed", randomBytes(16).toString("hex"));
  put("early/Dockerfile", "FROM base\nCOPY file /early\n");
  put("early/file", "early\n");
  put("gated/Dockerfile", "FROM base\nRUN --mount=type=secret,id=gate,required=true sh /run/secrets/gate\n");
  put("leaf/Dockerfile", "FROM gated\nRUN echo leaf >/leaf\n");
  if (heavyBytes > 0) {
    put("heavy/Dockerfile", "FROM scratch\nCOPY heavy.bin /\n");
    put("heavy/heavy.bin", randomBytes(heavyBytes));
  }
  copyShell(join(folder, "base/root"));
}

/** The host's shell and sleep with their libraries: an image FROM scratch that can run a script, without a download. */
function copyShell(root: string): void {
  const programs = ["/bin/sh", "/bin/sleep"];
  const linked = execFileSync("ldd", programs, { encoding: "utf8" });
  const libraries = [...linked.matchAll(/\/[^ :\n]+(?= \()/g)].map(([path]) => path);
  for (const path of new Set([...programs, ...libraries])) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
}
