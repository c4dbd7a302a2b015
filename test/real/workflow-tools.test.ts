import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { dockerBuildPipeline } from "../../src/core/pipeline/docker-build.ts";
import { securityPipeline } from "../../src/core/pipeline/security.ts";
import { renderWorkflow } from "../../src/core/pipeline/workflow/render-workflow.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { generateFleet } from "../kit/generate-fleet.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { runProgram } from "../kit/program.ts";
import { filesWithCi, inputsOf } from "../pipeline/opened.ts";

const actionlint = requirePeer("actionlint");
const zizmor = requirePeer("zizmor");
const ROOT = resolve(import.meta.dirname, "../..");
const CI = "ci:\n  lapstrake: { kind: package }\n  registry: ghcr.io/example\n";

interface Judged {
  /** What actionlint says, one a line; empty for a clean one. */
  readonly actionlint: string;
  /** Names of zizmor's findings, those of its pedantic persona included. */
  readonly zizmor: readonly string[];
}

describe.skipIf(actionlint === undefined || zizmor === undefined)(
  "generated workflows, by the tools of others",
  () => {
    const home = mkdtempSync(join(tmpdir(), "lapstrake-workflows-"));
    afterAll(() => rmSync(home, { recursive: true, force: true }));
    const runner = createProcessRunner();

    /** Of the workflows of a repository. */
    const judge = async (repository: string): Promise<Judged> => {
      const folder = join(repository, ".github/workflows");
      const files = ["docker-build.yml", "security.yml"].map((name) => join(folder, name));
      // No shellcheck: whether the host has one must not decide. The shell of each step has tests of its own.
      const lint = await runner.run({
        argv: [actionlint ?? "", "-no-color", "-shellcheck=", "-pyflakes=", ...files],
      });
      expect(["ok", "failed"]).toContain(lint.outcome);
      expect(lint.exitCode === 0).toBe(lint.stdout === "");
      const audit = await runner.run({
        argv: [zizmor ?? "", "--offline", "--no-progress", "--persona=pedantic", "--format=json", repository],
      });
      expect([0, 11, 12, 13, 14], audit.stderr).toContain(audit.exitCode);
      const findings = JSON.parse(audit.stdout) as readonly { readonly ident: string }[];
      return { actionlint: lint.stdout, zizmor: findings.map(({ ident }) => ident) };
    };
    const CLEAN: Judged = { actionlint: "", zizmor: [] };

    it("are clean for the reference fleet, as they stand in this repository", async () => {
      const copy = join(home, "reference");
      cpSync(join(ROOT, ".github"), join(copy, ".github"), { recursive: true });
      expect(await judge(copy)).toEqual(CLEAN);
    });

    it("are clean for 74 images, as the program writes them", async () => {
      const folder = join(home, "many");
      const fleet = generateFleet({ folder, name: "many", registry: "local/many", images: 74 });
      writeFileSync(
        join(folder, "lapstrake.yaml"),
        `${readFileSync(join(folder, "lapstrake.yaml"), "utf8")}${CI}`,
      );
      commitFolder(folder, "Add pipelines", fleet.epochSeconds);
      const made = await runProgram(["ci", "generate", "github"], {
        cwd: folder,
        env: { LAPSTRAKE_STATE: join(home, "state") },
      });
      expect(made, made.err).toMatchObject({ code: 0 });
      expect(await judge(folder)).toEqual(CLEAN);
      const text = readFileSync(join(folder, ".github/workflows/docker-build.yml"), "utf8");
      expect(text).toContain("needs.plan.outputs.wave-5 != '[]'");
    });

    const WAYS = {
      checkout: { kind: "checkout", path: "tools" },
      package: { kind: "package", path: "." },
      image: {
        kind: "image",
        image: { host: "ghcr.io", repository: "e/lapstrake", digest: `sha256:${"0".repeat(64)}` },
      },
    } as const;

    it.each(Object.entries(WAYS))(
      "are clean with gates, a login, an environment and lapstrake as a %s",
      async (name, way) => {
        const folder = join(home, `way-${name}`);
        mkdirSync(join(folder, ".github/workflows"), { recursive: true });
        const inputs = await inputsOf(
          filesWithCi(["lock: fresh", "login: REGISTRY_LOGIN", "environment: production"]),
          {
            gated: true,
            registry: { host: name === "image" ? "ghcr.io" : "registry.example", namespace: "e" },
            // as: the digest is of the right form.
            settings: { lapstrake: way as never },
          },
        );
        const { settings, registry } = inputs;
        for (const pipeline of [dockerBuildPipeline(inputs), securityPipeline(inputs)]) {
          const text = renderWorkflow(pipeline, {
            settings,
            registry,
            folder: "fleet",
            blueprint: "lapstrake.yaml",
          });
          writeFileSync(join(folder, `.github/workflows/${pipeline.name}.yml`), text);
        }
        expect(await judge(folder)).toEqual(CLEAN);
      },
    );

    it("are found wanting where something is wrong in them (canary)", async () => {
      const folder = join(home, "canary");
      cpSync(join(ROOT, ".github"), join(folder, ".github"), { recursive: true });
      const file = join(folder, ".github/workflows/docker-build.yml");
      const text = readFileSync(file, "utf8");
      writeFileSync(
        file,
        text
          .replace("needs.plan.outputs.wave-1 ", "needs.plan.outputs.wave-9 ")
          .replace(/actions\/checkout@\S+ # \S+/, "actions/checkout@main")
          .replace('lapstrake build "$IMAGE"', "lapstrake build ${{ github.event.head_commit.message }}"),
      );
      const judged = await judge(folder);
      expect(judged.actionlint).toContain('property "wave-9" is not defined');
      expect(judged.zizmor).toEqual(expect.arrayContaining(["unpinned-uses", "template-injection"]));
    });
  },
);
