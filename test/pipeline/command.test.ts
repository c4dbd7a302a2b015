import { beforeEach, describe, expect, test } from "vitest";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import type { Command, ProcessRecord } from "../../src/edge/process/port.ts";
import type { World } from "../../src/flow/world.ts";
import { type Answer, call } from "../cli/call.ts";
import { SAMPLE_BLUEPRINT, sampleFiles } from "../kit/sample-fleet.ts";
import { createScriptedRunner } from "../kit/scripted-runner.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { filesWithCi } from "./opened.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine({ files: filesWithCi() });
});

/** What commands write lands in the tree of the machine, or beside it. */
const written = new Map<string, string>();
const world: Partial<World> = {
  writeFile: async (path, text) => {
    if (path.startsWith("/tree/")) machine.files[path.slice("/tree/".length)] = text;
    else written.set(path, text);
  },
};
const ci = (...argv: readonly string[]) => call(machine, ["ci", ...argv], { world });
const parsed = ({ out }: Answer): unknown => JSON.parse(out);

const BUILD = ".github/workflows/docker-build.yml";
const SECURITY = ".github/workflows/security.yml";

describe("ci generate", () => {
  test("writes both workflows once, and nothing where nothing moved", async () => {
    expect(await ci("generate", "github")).toMatchObject({
      exit: 0,
      out: `${BUILD}: written\n${SECURITY}: written\n`,
    });
    const before = { ...machine.files };
    expect((await ci("generate", "github")).out).toBe(`${BUILD}: unchanged\n${SECURITY}: unchanged\n`);
    expect(machine.files).toEqual(before);
  });

  test("shows what would change without writing", async () => {
    const { out } = await ci("generate", "github", "--dry-run");
    expect(out).toContain(`${BUILD}: would be new\n--- a/${BUILD}\n+++ b/${BUILD}\n@@ -0,0 +1,`);
    expect(machine.files[BUILD]).toBeUndefined();
    await ci("generate", "github");
    machine.files["lapstrake.yaml"] = `${String(machine.files["lapstrake.yaml"])}  timeout: 30\n`;
    const json = parsed(await ci("generate", "github", "--dry-run", "--json"));
    expect(json).toMatchObject({
      version: 1,
      written: false,
      files: [{ path: BUILD, state: "changed" }, {}],
    });
    expect(JSON.stringify(json)).toContain("+    timeout-minutes: 30");
  });

  test("does not write over a workflow that somebody else made, but when told so", async () => {
    machine.files[BUILD] = "name: mine\n";
    const { exit, err } = await ci("generate", "github");
    expect(exit).toBe(2);
    expect(err).toContain(`${BUILD}:1:1: ${BUILD} is there, and was not generated [CI_FOREIGN]`);
    expect(machine.files[SECURITY]).toBeUndefined();
    expect((await ci("generate", "github", "--force")).out).toContain(`${BUILD}: written anew`);
  });

  test("refuses a kept part that would break the file, with its line", async () => {
    await ci("generate", "github");
    const text = String(machine.files[BUILD]);
    machine.files[BUILD] = text.replace("# lapstrake: keep env\n", (mark) => `${mark}  A: [1\n`);
    const { exit, err } = await ci("generate", "github");
    expect([exit, err]).toEqual([
      2,
      expect.stringMatching(/^\.github\/workflows\/docker-build\.yml:\d+:\d+: .*KEEP_YAML/),
    ]);
  });

  test("needs ci:, a shared registry, and git", async () => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT;
    expect(await ci("generate", "github")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("[NO_CI]"),
    });
    machine.files["lapstrake.yaml"] = String(filesWithCi()["lapstrake.yaml"]).replace(
      /^registry: .*/m,
      "registry: local/demo",
    );
    machine.files["api/Dockerfile"] = "FROM web\n";
    expect(await ci("generate", "github")).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/lapstrake\.yaml:\d+:\d+: .*\[CI_REGISTRY\]/),
    });
    machine.git = { kind: "none", why: "not-a-repository" };
    expect(await ci("check")).toMatchObject({ exit: 3, err: expect.stringContaining("[NO_GIT]") });
  });
});

describe("ci check", () => {
  test("is content with what was just generated", async () => {
    await ci("generate", "github");
    expect(await ci("check")).toMatchObject({ exit: 0, out: "2 workflows, no errors, no warnings\n" });
  });

  test("says that a workflow is missing, and shows what another one should be", async () => {
    expect(await ci("check")).toMatchObject({ exit: 1, out: expect.stringContaining("[workflow-missing]") });
    await ci("generate", "github");
    machine.files[BUILD] = String(machine.files[BUILD]).replace("timeout-minutes: 120", "timeout-minutes: 9");
    const { exit, out } = await ci("check");
    expect(exit).toBe(1);
    expect(out).toContain(
      `${BUILD}:1:1: error: it is not what the fleet would have generated now [workflow-differs]`,
    );
    expect(out).toContain("-    timeout-minutes: 9\n+    timeout-minutes: 120\n");
  });

  test("says so where the fleet has grown", async () => {
    await ci("generate", "github");
    machine.files["extra/Dockerfile"] = "FROM api\n";
    machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
      "build:\n",
      "  extra: { dockerfile: extra/Dockerfile }\nbuild:\n",
    );
    expect((await ci("check")).out).toContain("+  wave-4:");
  });

  test("respects kept parts", async () => {
    await ci("generate", "github");
    machine.files[BUILD] = String(machine.files[BUILD]).replace(
      "# lapstrake: keep env\n",
      (mark) => `${mark}  A: "1"\n`,
    );
    expect((await ci("check")).exit).toBe(0);
  });

  test("judges every workflow of the repository, also without ci:, and looks for files that they name", async () => {
    machine = await createTestMachine({
      files: {
        ...sampleFiles(),
        ".github/workflows/old.yaml":
          "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: docker build .\n      - run: docker build web\n",
        ".github/workflows/README.md": "no workflow\n",
        ".github/workflows/deep/no.yml": "a: [\n",
      },
    });
    const { exit, out } = await ci("check");
    expect(exit).toBe(1);
    expect(out).toBe(
      [
        '.github/workflows/old.yaml:7:14: error: it builds ".", but the repository has no Dockerfile at its top [root-dockerfile-missing]',
        "  hint: name the Dockerfile with `file:`; `lapstrake build` knows each from the blueprint",
        "1 workflow, 1 error, no warnings\n",
      ].join("\n"),
    );
  });

  test("says of a workflow that is too big, and judges the rest", async () => {
    await ci("generate", "github");
    machine.files[".github/workflows/big.yml"] = "#".repeat(1024 * 1024 + 1);
    const report = parsed(await ci("check", "--json"));
    expect(report).toMatchObject({
      version: 1,
      files: [BUILD, SECURITY],
      findings: [{ rule: "workflow-too-big", at: { file: ".github/workflows/big.yml" } }],
      diffs: [],
    });
  });
});

describe("ci plan and ci confirm", () => {
  test("tell what is left, and trim as the registry fills", async () => {
    expect((await ci("plan")).out).toBe(
      [
        'wave-1=[{"image":"base","machine":"any"}]',
        'wave-2=[{"image":"web","machine":"any"},{"image":"cpu","machine":"any"}]',
        'wave-3=[{"image":"api","machine":"any"}]',
        "images=base web cpu api",
        "release=yes\n",
      ].join("\n"),
    );
    await call(machine, ["build", "web"]);
    expect(parsed(await ci("plan", "--json"))).toMatchObject({
      outputs: { "wave-1": "[]", "wave-2": '[{"image":"cpu","machine":"any"}]', release: "yes" },
    });
    await call(machine, ["release"]);
    expect(parsed(await ci("plan", "--json"))).toMatchObject({
      outputs: { "wave-1": "[]", "wave-2": "[]", "wave-3": "[]", release: "no" },
    });
  });

  test("a digest is believed only as the registry has it", async () => {
    expect(await ci("confirm", "told")).toMatchObject({ exit: 0, out: "no digest was handed on\n" });
    machine.files["told/base.json"] = (await call(machine, ["build", "base", "--json"])).out;
    // The tree of this kit has one root for all folders.
    const folder = Object.fromEntries(
      Object.entries(machine.files).map(([path, file]) => [path.replace(/^told\//, ""), file]),
    );
    const inFolder = { ...world, tree: (root: string) => treeOf(root, folder) };
    const confirm = (...argv: readonly string[]) =>
      call(machine, ["ci", "confirm", "told", ...argv], { world: inFolder });
    expect(await confirm()).toMatchObject({ exit: 0, out: expect.stringContaining("1 confirmed") });
    folder["base.json"] = String(folder["base.json"]).replace(
      /sha256:[0-9a-f]{64}(?=",\n\s*"identity)/,
      `sha256:${"0".repeat(64)}`,
    );
    expect(await confirm()).toMatchObject({ exit: 1, out: expect.stringContaining("1 of 1 not confirmed") });
    folder["base.json"] = JSON.stringify({ version: 1, images: [{ name: "base", state: "failed" }] });
    expect(parsed(await confirm("--json"))).toMatchObject({ images: [{ image: "base", confirmed: false }] });
    for (const text of ["", "{", "[]", '{"version":1}', '{"version":1,"images":[{}]}']) {
      folder["base.json"] = text;
      expect(await confirm(), text).toMatchObject({ exit: 2, err: expect.stringContaining("[CI_REPORT]") });
    }
  });
});

/** A tree whose folder `told` is a folder of its own, as on a disk. */
function treeOf(root: string, folder: TestMachine["files"]): ReturnType<World["tree"]> {
  const tree = machine.world().tree(root);
  if (!root.endsWith("/told")) return tree;
  const names = Object.keys(folder).filter((name) => name === "base.json");
  return {
    ...tree,
    list: async () =>
      (await tree.list("."))
        .slice(0, 1)
        .flatMap((entry) => names.map((path) => ({ ...entry, path, type: "file" as const }))),
    read: async (path) => Buffer.from(String(folder[path] ?? "")),
  };
}

describe("ci run", () => {
  /** Starts lapstrake in this process, on the same machine, as a program of its own would be. */
  const children: string[] = [];
  const runner = {
    async run(command: Command): Promise<ProcessRecord> {
      const [program, ...argv] = command.argv;
      expect(program).toBe("lapstrake");
      children.push(argv.filter((word) => word !== "--progress" && word !== "plain").join(" "));
      // A program of its own: Ctrl-C at the terminal does not reach it.
      const own = { ...world, runner: createScriptedRunner([]), drain: new AbortController().signal };
      const { exit, out, err } = await call(machine, argv, { world: own });
      for (const line of err.split("\n")) command.onStderr?.(line);
      const outcome = exit === 0 ? "ok" : "failed";
      return {
        argv: command.argv,
        exitCode: exit,
        signal: undefined,
        durationMs: 1,
        stdout: out,
        stderr: err,
        outcome,
      };
    },
  };
  const run = (...argv: readonly string[]) =>
    call(machine, ["ci", "run", ...argv], { world: { ...world, runner } });
  const states = (answer: Answer) =>
    (
      parsed(answer) as {
        jobs: { id: string; state: string; why?: string; legs: { name?: string; state: string }[] }[];
      }
    ).jobs.map(({ id, state, why, legs }) =>
      [
        id,
        state,
        ...(why === undefined ? [] : [why]),
        ...legs.flatMap(({ name, state }) => (name === undefined ? [] : [`${name} ${state}`])),
      ].join(", "),
    );

  beforeEach(async () => {
    children.length = 0;
    written.clear();
    await ci("generate", "github");
  });

  test("does the whole pipeline, wave by wave, by the very commands of the workflow", async () => {
    const answer = await run("--json");
    expect(children).toEqual([
      "ci check",
      "check",
      "ci plan",
      "build base --only --json",
      "ci confirm /pipelines/1/digests",
      "build web --only --json",
      "ci confirm /pipelines/1/digests",
      "build cpu --only --json",
      "ci confirm /pipelines/1/digests",
      "build api --only --json",
      "ci confirm /pipelines/1/digests",
      "release --json",
      "sbom --output /pipelines/1/sboms",
      "ledger export",
    ]);
    expect(states(answer)).toEqual([
      "plan, done",
      "wave-1, done, base done",
      "wave-2, done, web done, cpu done",
      "wave-3, done, api done",
      "release, done",
    ]);
    expect(machine.takeBuilt()).toEqual(["base", "web", "cpu", "api"]);
    expect([...written.keys()]).toContain("/pipelines/1/digests/api.json");
    expect(await call(machine, ["status", "--json"])).toMatchObject({
      out: expect.stringContaining('"released"'),
    });
  });

  test("a second time has nothing to do, and says so", async () => {
    await run();
    children.length = 0;
    const answer = await run("--json");
    expect(children).toEqual(["ci check", "check", "ci plan"]);
    expect(answer.exit).toBe(0);
    expect(states(answer).slice(1)).toEqual(
      ["wave-1", "wave-2", "wave-3", "release"].map(
        (id) => `${id}, not-needed, the registry holds all of it`,
      ),
    );
  });

  test("goes past a failed image of a wave, and calls off what needs the wave; again does what is left", async () => {
    machine.build = async (request, push) =>
      request.image === "web" ? notBuilt("step-failed", "the command exited 7") : push();
    const answer = await run("--json");
    expect(answer.exit).toBe(4);
    expect(states(answer)).toEqual([
      "plan, done",
      "wave-1, done, base done",
      "wave-2, failed, web failed, cpu done",
      "wave-3, blocked, by wave-2",
      "release, blocked, by wave-2",
    ]);
    // Its answer says that it failed, and is handed on to nobody.
    expect(
      [...written.keys()].filter((path) => path.includes("/digests/")).map((path) => path.slice(-8)),
    ).toEqual(["ase.json", "cpu.json"]);
    machine.takeBuilt();
    const { out, exit } = await run();
    // Nothing more could be done this time.
    expect(exit).toBe(1);
    expect(out).toContain("wave-2 web: lapstrake build web --only --json: exit 1\n");
    expect(out).toContain("the command exited 7");
    expect(out).toMatch(/^wave-3 +blocked +by wave-2$/m);
    machine.build = undefined;
    machine.takeBuilt();
    expect((await run("wave-3")).exit).toBe(0);
    expect(machine.takeBuilt()).toEqual(["web", "api"]);
  });

  test("a check that finds something stops everything, and is a finding", async () => {
    machine.files[BUILD] = `${String(machine.files[BUILD])}# edited\n`;
    const answer = await run("--json");
    expect(answer.exit).toBe(1);
    expect(states(answer)[1]).toBe("wave-1, blocked, by plan");
    expect(children).toEqual(["ci check"]);
  });

  test("Ctrl-C lets the running step end, and begins nothing more", async () => {
    machine.build = async (_request, push) => {
      machine.drain.abort();
      return push();
    };
    const answer = await run("--json");
    expect(answer.exit).toBe(130);
    expect(states(answer).slice(1, 3)).toEqual(["wave-1, done, base done", "wave-2, cancelled"]);
    machine.drain = new AbortController();
    machine.build = undefined;
    expect(machine.takeBuilt()).toEqual(["base"]);
    await run("wave-3");
    expect(machine.takeBuilt()).toEqual(["web", "cpu", "api"]);
  });

  test("shows its jobs and commands without doing them", async () => {
    const { out } = await run("--dry-run", "wave-2");
    expect(out).toContain(
      "round 3\n  wave-2: Build\n    for each of web, cpu\n    lapstrake ci confirm digests\n    lapstrake build IMAGE --only --json\n",
    );
    expect(parsed(await run("--dry-run", "--json"))).toMatchObject({
      version: 1,
      name: "docker-build",
      fleet: "sample",
    });
    expect(children).toEqual([]);
  });

  test("knows no other job", async () => {
    expect(await run("wave-33")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("did you mean wave-3?"),
    });
  });
});

describe("ci issue", () => {
  const report = (outcome: string) => JSON.stringify({ version: 1, fleet: "sample", outcome });
  const gh = (open: readonly unknown[]) =>
    createScriptedRunner([
      { when: ["gh", "issue", "list"], reply: { stdout: JSON.stringify(open) } },
      { when: ["gh", "issue", "create"], reply: { stdout: "https://github.com/e/r/issues/7\n" } },
      { when: ["gh"], reply: {} },
    ]);
  const MINE = { number: 5, body: "<!-- lapstrake fleet: sample -->\nold" };
  const OTHER = { number: 4, body: "<!-- lapstrake fleet: other -->\nold" };
  const issue = async (outcome: string, open: readonly unknown[]) => {
    machine.files["r.json"] = report(outcome);
    machine.files["r.md"] = "| image |\n";
    const runner = gh(open);
    const answer = await call(machine, ["ci", "issue", "r.json", "r.md", "--json"], {
      world: { ...world, runner },
    });
    return {
      answer,
      calls: runner.calls.map(({ argv }) => argv.slice(1, 4).join(" ")),
      last: runner.calls.at(-1),
    };
  };

  test("opens one where the scan is not good, with a mark that it is found by", async () => {
    for (const outcome of ["denied", "unknown", "error"]) {
      const { answer, calls, last } = await issue(outcome, [OTHER]);
      expect(parsed(answer)).toMatchObject({ state: "opened", issue: "https://github.com/e/r/issues/7" });
      expect(calls).toEqual(["issue list --label", "label create lapstrake", "issue create --title"]);
      expect(last?.stdin).toBe("<!-- lapstrake fleet: sample -->\n| image |\n");
    }
  });

  test("renews the one that is open, and closes it when all is well", async () => {
    const renewed = await issue("denied", [OTHER, MINE]);
    expect(parsed(renewed.answer)).toMatchObject({ state: "renewed", issue: "5" });
    expect(renewed.calls).toEqual(["issue list --label", "issue edit 5"]);
    const closed = await issue("waived", [OTHER, MINE]);
    expect(parsed(closed.answer)).toMatchObject({ state: "closed", issue: "5" });
    expect((await issue("passed", [OTHER])).calls).toEqual(["issue list --label"]);
  });

  test("never takes a report that is none for a good one", async () => {
    for (const text of [
      "",
      "{}",
      '{"version":1,"fleet":"sample","outcome":"fine"}',
      '{"version":1,"fleet":"-->","outcome":"passed"}',
    ]) {
      machine.files["r.json"] = text;
      machine.files["r.md"] = "";
      const runner = gh([MINE]);
      const answer = await call(machine, ["ci", "issue", "r.json", "r.md"], { world: { ...world, runner } });
      expect(answer, text).toMatchObject({ exit: 2, err: expect.stringContaining("[CI_REPORT]") });
      expect(runner.calls).toEqual([]);
    }
  });

  test("says what gh said, and cuts what GitHub does not take", async () => {
    machine.files["r.json"] = report("denied");
    machine.files["r.md"] = "x".repeat(100_000);
    const refusing = createScriptedRunner([{ when: ["gh"], reply: { exitCode: 4, stderr: "HTTP 403\n" } }]);
    const refused = await call(machine, ["ci", "issue", "r.json", "r.md"], {
      world: { ...world, runner: refusing },
    });
    expect(refused).toMatchObject({
      exit: 3,
      err: expect.stringContaining("gh issue list: HTTP 403 [CI_HOST]"),
    });
    const runner = gh([]);
    await call(machine, ["ci", "issue", "r.json", "r.md"], { world: { ...world, runner } });
    expect(String(runner.calls.at(-1)?.stdin).length).toBeLessThan(65_536);
  });
});

test("a verb that does not exist, and one with too much", async () => {
  expect(await ci("genrate", "github")).toMatchObject({
    exit: 2,
    err: expect.stringContaining("ci generate"),
  });
  expect(await ci("generate")).toMatchObject({ exit: 2 });
  expect(await ci("generate", "gitlab")).toMatchObject({ exit: 2 });
  expect(await ci("check", "--force")).toMatchObject({ exit: 2, err: expect.stringContaining("--force") });
});

test("LAPSTRAKE_REGISTRY says where CI pushes, and is refused where it is no place", async () => {
  machine.env["LAPSTRAKE_REGISTRY"] = "registry.example/other";
  const plan = await call(machine, ["plan", "--json"]);
  expect(parsed(plan)).toMatchObject({ registry: { host: "registry.example", namespace: "other" } });
  machine.env["LAPSTRAKE_REGISTRY"] = "https://registry.example";
  expect(await call(machine, ["plan"])).toMatchObject({
    exit: 2,
    err: expect.stringContaining("[VARIABLE_INVALID]"),
  });
});
