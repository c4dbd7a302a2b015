import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dockerBuildPipeline } from "../../src/core/pipeline/docker-build.ts";
import type { PipelineInputs } from "../../src/core/pipeline/inputs.ts";
import type { CommandStep } from "../../src/core/pipeline/pipeline.ts";
import { securityPipeline } from "../../src/core/pipeline/security.ts";
import { ACTIONS } from "../../src/core/pipeline/workflow/actions.ts";
import { readKept } from "../../src/core/pipeline/workflow/keep.ts";
import { renderWorkflow } from "../../src/core/pipeline/workflow/render-workflow.ts";
import { quoted, shellStep } from "../../src/core/pipeline/workflow/shell.ts";
import { judgeText } from "../workflows/judged.ts";
import { filesWithCi, inputsOf } from "./opened.ts";

const GHCR = { host: "ghcr.io", namespace: "example" };
const targetOf = ({ settings, registry }: PipelineInputs, folder = "") => ({
  settings,
  registry,
  folder,
  blueprint: "lapstrake.yaml",
});

async function texts(changed: Parameters<typeof inputsOf>[1] = {}, folder = ""): Promise<readonly string[]> {
  const inputs = await inputsOf(filesWithCi(), { gated: true, registry: GHCR, ...changed });
  return [dockerBuildPipeline(inputs), securityPipeline(inputs)].map((pipeline) =>
    renderWorkflow(pipeline, targetOf(inputs, folder)),
  );
}

interface Read {
  readonly jobs: Readonly<
    Record<string, { readonly if?: string; readonly needs?: string[]; readonly steps: Step[] }>
  >;
  readonly defaults: unknown;
  readonly env: unknown;
  readonly permissions: unknown;
}
type Step = Readonly<Record<"name" | "run" | "uses" | "if", string>> & {
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
};
// Our own text, of which the tests below look at a few members.
const read = (text: string | undefined) => parse(text ?? "") as Read;

describe("a generated workflow", () => {
  test("is the same text for the same value, and sound by our own rules", async () => {
    const [first, second] = [await texts(), await texts()];
    expect(second).toEqual(first);
    for (const text of first) expect(judgeText(text)).toEqual([]);
  });

  test("starts a wave only where it has something to do, nothing above failed, and nobody only asks", async () => {
    const [build, security] = (await texts()).map(read);
    expect(build?.jobs["wave-2"]).toMatchObject({
      needs: ["plan", "wave-1"],
      if: "${{ !cancelled() && !failure() && github.event_name != 'pull_request' && needs.plan.outputs.wave-2 != '[]' }}",
    });
    expect(build?.jobs["release"]?.if).toContain("needs.plan.outputs.release != 'no'");
    expect(build?.jobs["plan"]?.if).toBeUndefined();
    expect(security?.jobs["issue"]?.if).toBe("${{ !cancelled() }}");
  });

  test("names every action by its commit, and has no expression in a script", async () => {
    const pins = Object.values(ACTIONS).map(({ uses, commit }) => `${uses}@${commit}`);
    const steps = (await texts()).flatMap((text) =>
      Object.values(read(text).jobs).flatMap(({ steps }) => steps),
    );
    expect(steps.length).toBeGreaterThan(40);
    expect(pins).toEqual(expect.arrayContaining(steps.flatMap(({ uses }) => uses ?? [])));
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
    for (const { commit, version, seen } of Object.values(ACTIONS)) {
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
      expect(seen.length).toBeGreaterThanOrEqual(2);
    }
    const [build = ""] = await texts();
    expect(build).toContain(
      `uses: ${ACTIONS.checkout.uses}@${ACTIONS.checkout.commit} # ${ACTIONS.checkout.version}`,
    );
    for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
      expect(step.with).toMatchObject({ "persist-credentials": false });
  });

  test("gives a login to commands that speak to a registry, and to nothing else", async () => {
    const secretsOf = (text: string | undefined) =>
      Object.values(read(text).jobs)
        .flatMap(({ steps }) => steps)
        .flatMap(({ name, env }) =>
          Object.keys(env ?? {}).some((key) => /TOKEN|AUTH/.test(key)) ? [name] : [],
        );
    const [build] = await texts();
    expect(new Set(secretsOf(build))).toEqual(
      new Set([
        "Plan",
        "Compare them with the registry",
        "Build what the registry does not hold, and push it under its content name",
        "Attach them",
        "Scan",
        "Release",
        "Say what is in the images",
      ]),
    );
    const [other = ""] = await texts({
      registry: { host: "registry.example" },
      settings: { login: "REGISTRY_LOGIN" },
    });
    expect(other).toContain("DOCKER_AUTH_CONFIG: ${{ secrets.REGISTRY_LOGIN }}");
    expect(other).not.toContain("GH_TOKEN");
  });

  test("works in the fleet's folder, and pushes where CI pushes", async () => {
    const [build] = (await texts({}, "deep/fleet")).map(read);
    expect(build?.defaults).toEqual({ run: { shell: "bash", "working-directory": "deep/fleet" } });
    expect(build?.env).toEqual({ LAPSTRAKE_REGISTRY: "ghcr.io/example" });
    expect(build?.permissions).toEqual({});
  });

  test.each([
    [{ kind: "checkout", path: "tools/lapstrake" } as const, "scripts/prepare"],
    [{ kind: "package", path: "tools" } as const, "npm ci --prefix"],
    [
      {
        kind: "image",
        image: { host: "ghcr.io", repository: "e/l", digest: `sha256:${"0".repeat(64)}` },
      } as never,
      "safe.directory",
    ],
  ])("gets lapstrake as the blueprint says: %o", async (lapstrake, said) => {
    const [build = ""] = await texts({ settings: { lapstrake } });
    expect(build).toContain(said);
    expect(judgeText(build)).toEqual([]);
    const folder = build.includes("container:") ? "${{ steps.folder.outputs.run }}" : "${{ runner.temp }}";
    expect(build).toContain(`path: ${folder}/digests`);
  });

  test("changes Docker only on machines that are GitHub's own", async () => {
    const runners = (labels: string[]) => ({ settings: { runners: { cpu: labels, gpu: labels } } });
    expect((await texts(runners(["ubuntu-24.04"]))).join("")).toContain("containerd-snapshotter");
    expect((await texts(runners(["self-hosted", "linux"]))).join("")).not.toContain("containerd-snapshotter");
  });
});

describe("kept parts", () => {
  const withPart = (text: string, name: string, lines: readonly string[]) =>
    text.replace(`# lapstrake: keep ${name}\n`, (mark) => mark + lines.map((line) => `${line}\n`).join(""));

  test("survive, at their place and in their order, with their own indentation", async () => {
    const inputs = await inputsOf(filesWithCi(), { registry: GHCR });
    const [pipeline, target] = [dockerBuildPipeline(inputs), targetOf(inputs)];
    const plain = renderWorkflow(pipeline, target);
    const step = ["      - name: Log in to a mirror", "", "        run: |", "          echo hello"];
    const edited = [
      ["env", ["  EXTRA: 1 # why"]],
      ["plan before", step],
      ["jobs", ["  mine:", "    runs-on: ubuntu-24.04"]],
    ].reduce((text, [name, lines]) => withPart(text, name as string, lines as string[]), plain);
    const again = renderWorkflow(pipeline, target, readKept(edited, "w.yml"));
    expect(again).toBe(edited);
    expect(read(again)).toMatchObject({ env: { EXTRA: 1 }, jobs: { mine: { "runs-on": "ubuntu-24.04" } } });
    expect(renderWorkflow(pipeline, target, readKept(again, "w.yml"))).toBe(again);
  });

  test("are moved with their place, whatever else changes around them", async () => {
    const inputs = await inputsOf(filesWithCi(), { registry: GHCR });
    const before = withPart(renderWorkflow(dockerBuildPipeline(inputs), targetOf(inputs)), "release after", [
      "      - run: true",
    ]);
    const gated = await inputsOf(filesWithCi(), { registry: GHCR, gated: true });
    const after = renderWorkflow(dockerBuildPipeline(gated), targetOf(gated), readKept(before, "w.yml"));
    expect(after).toContain(
      "      # lapstrake: keep release after\n      - run: true\n      # lapstrake: end\n",
    );
  });

  test("are never lost: a part without a place ends the generation, with its line", async () => {
    const inputs = await inputsOf(filesWithCi(), { registry: GHCR });
    const kept = readKept("# lapstrake: keep wave-9 before\n- run: true\n# lapstrake: end\n", "w.yml");
    expect(() => renderWorkflow(dockerBuildPipeline(inputs), targetOf(inputs), kept)).toThrow(
      expect.objectContaining({ code: "KEEP_LOST", at: { file: "w.yml", line: 1, column: 1 } }) as Error,
    );
    const empty = readKept("# lapstrake: keep wave-9 before\n\n# lapstrake: end\n", "w.yml");
    expect(() => renderWorkflow(dockerBuildPipeline(inputs), targetOf(inputs), empty)).not.toThrow();
  });

  test.each([
    ["a part without an end", "# lapstrake: keep a\nx\n", 1],
    ["an end without a part", "x\n# lapstrake: end\n", 2],
    ["a part in a part", "# lapstrake: keep a\n# lapstrake: keep b\n# lapstrake: end\n", 2],
    [
      "the same part twice",
      "# lapstrake: keep a\n# lapstrake: end\n# lapstrake: keep a\n# lapstrake: end\n",
      3,
    ],
  ])("%s is an error with its line", (_what, text, line) => {
    const marks = {
      name: "PipelineError",
      code: "KEEP_MARKS",
      exit: 2,
      at: { file: "w.yml", line, column: 1 },
    };
    expect(() => readKept(text, "w.yml")).toThrow(expect.objectContaining(marks) as Error);
  });
});

describe("a command as bash gets it", () => {
  const bash = (step: CommandStep, env: Record<string, string>) => {
    const { script } = shellStep(step);
    // What was meant for lapstrake is shown word by word.
    const program = 'lapstrake() { printf "<%s>" "$@"; echo; }\n';
    return execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", program + script], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    });
  };

  test("keeps its words apart, whatever letters they have", () => {
    const words = ["a b", "it's", '"$HOME"', "`id`", "$(id)", "*", "", "x\ny", "\\"];
    const step: CommandStep = { kind: "command", title: "t", argv: ["scan", ...words] };
    expect(bash(step, {})).toBe(`<scan>${words.map((word) => `<${word}>`).join("")}\n`);
    for (const word of words)
      expect(execFileSync("bash", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
  });

  test("takes an image from the matrix as one word, and outputs as many", () => {
    const build: CommandStep = {
      kind: "command",
      title: "t",
      argv: ["build", { matrix: "image" }, "--only"],
    };
    expect(bash(build, { IMAGE: "a; id" })).toBe("<build><a; id><--only>\n");
    expect(shellStep(build).env).toEqual({ IMAGE: "${{ matrix.image }}" });
    const scan: CommandStep = {
      kind: "command",
      title: "t",
      argv: ["scan", { words: { job: "plan", output: "images" } }, "--json"],
    };
    expect(bash(scan, { IMAGES: "web api $(id)" })).toBe("<scan><web><api><$(id)><--json>\n");
    expect(shellStep(scan).env).toEqual({ IMAGES: "${{ needs.plan.outputs.images }}" });
  });
});
