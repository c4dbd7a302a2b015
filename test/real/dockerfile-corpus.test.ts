import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import type { ResolvedDockerfile } from "../../src/core/dockerfile/resolved.ts";
import { type BuildRun, inParallel, runBuild } from "../dockerfile/ask-buildkit.ts";
import { type CorpusFile, readCorpus } from "../dockerfile/corpus.ts";
import { requireEngine } from "../kit/engine.ts";

const engine = await requireEngine();
const WIDTH = 3;

interface Target {
  readonly name?: string;
  readonly default?: boolean;
  readonly base?: string;
  readonly platform?: string;
  readonly location: { readonly ranges: readonly { readonly start: { readonly line: number } }[] };
}

interface Named {
  readonly name: string;
  readonly value?: string;
  readonly required?: boolean;
}

interface Outline {
  readonly name?: string;
  readonly args?: readonly Named[];
  readonly secrets?: readonly Named[];
  readonly ssh?: readonly Named[];
}

describe.skipIf(engine === undefined)("the corpus, against BuildKit itself", () => {
  if (engine === undefined) return;
  const empty = mkdtempSync(join(tmpdir(), "lap-empty-"));
  const call = (
    file: CorpusFile,
    kind: "targets" | "outline",
    contexts: readonly string[],
  ): Promise<BuildRun> =>
    runBuild(engine, [
      `--call=${kind},format=json`,
      ...Object.entries(file.args).map(([name, value]) => `--build-arg=${name}=${value}`),
      ...(file.target === undefined ? [] : [`--target=${file.target}`]),
      // Any image will do, and none is pulled: were one missing here, BuildKit would ask a registry for it and fail.
      ...contexts.map((ref) => `--build-context=${ref}=docker-image://scratch`),
      `--file=${file.path}`,
      empty,
    ]);

  it("finds the same stages, bases and lines", async () => {
    const corpus = readCorpus("corpus");
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    const answers = await inParallel(corpus, WIDTH, (file) => call(file, "targets", []));
    for (const [index, file] of corpus.entries()) {
      const { stages } = parseDockerfile(file.text, file.path);
      const ours = stages.map(({ name, base, platform, at }) => [name ?? "", base, platform ?? "", at.line]);
      expect(targetsOf(answers[index]), file.name).toEqual(ours);
    }
  });

  it("finds the same arguments, secrets and ssh keys, and every image that is needed", async () => {
    const corpus = readCorpus("corpus");
    const resolved = corpus.map(resolve);
    const answers = await inParallel([...corpus.keys()], WIDTH, (index) => {
      const refs = resolved[index]?.externals.map(({ ref }) => ref) ?? [];
      return call(corpus[index]!, "outline", [...new Set(refs)]);
    });
    for (const [index, file] of corpus.entries()) {
      const answer = answers[index]!;
      expect(answer.ok, `${file.name}: ${answer.stderr}`).toBe(true);
      expect(outlineOf(answer), file.name).toEqual(ourOutline(resolved[index]!));
    }
    // Canary: the comparison sees something.
    expect(resolved.flatMap(({ usedArgs }) => usedArgs).length).toBeGreaterThan(60);
    expect(resolved.flatMap(({ secrets }) => secrets).length).toBeGreaterThan(6);
  });

  it("takes a named context for the references and stages that BuildKit takes it for", async () => {
    const cases = [
      { context: "base-utils", text: "FROM docker.io/library/base-utils:latest\n" },
      { context: "docker.io/library/base-utils", text: "FROM base-utils\n" },
      { context: "base-utils", text: "FROM base-utils:2\n" },
      { context: "localhost:1/base", text: "FROM localhost:1/base:latest\n" },
      // The stage is replaced whole: what it is built from is not asked for.
      {
        context: "tools",
        text: "FROM localhost:1/none AS tools\nRUN x\nFROM scratch\nCOPY --from=tools a b\n",
      },
      { context: "localhost:1/t:3", text: "FROM scratch\nCOPY --from=localhost:1/t:3 a b\n" },
      { context: "localhost:1/t", text: "FROM scratch\nRUN --mount=from=localhost:1/t:3,target=/x y\n" },
    ];
    const answers = await inParallel(cases, WIDTH, ({ context, text }) => {
      const path = join(mkdtempSync(join(tmpdir(), "lap-context-")), "Dockerfile");
      writeFileSync(path, text);
      return call({ name: text, path, text, args: {}, target: undefined }, "outline", [context]);
    });
    const ours = cases.map(({ context, text }) => {
      const options = { args: {}, platform: "linux/amd64", contexts: [context] };
      return resolveDockerfile(parseDockerfile(text, "Dockerfile"), options).externals.every(
        ({ named }) => named,
      );
    });
    // Where the context answers, nothing is pulled and the call succeeds; no registry here has the others.
    expect(ours).toEqual(answers.map(({ ok }) => ok));
    expect(ours).toEqual([true, true, false, true, true, true, false]);
  });

  it("refuses what BuildKit refuses", async () => {
    const refused = readCorpus("refused");
    expect(refused.length).toBeGreaterThanOrEqual(40);
    const answers = await inParallel(refused, WIDTH, (file) => call(file, "outline", []));
    for (const [index, file] of refused.entries()) {
      expect(answers[index]?.ok, `BuildKit takes ${file.name}`).toBe(false);
      expect(() => resolve(file), file.name).toThrow(DockerfileError);
    }
  });
});

function resolve({ text, path, args, target }: CorpusFile): ResolvedDockerfile {
  const options = {
    args,
    platform: "linux/amd64",
    contexts: [],
    ...(target === undefined ? {} : { target }),
  };
  return resolveDockerfile(parseDockerfile(text, path), options);
}

function targetsOf(run: BuildRun | undefined): readonly (readonly unknown[])[] {
  expect(run?.ok, run?.stderr).toBe(true);
  // BuildKit's own answer, whose shape the comparison itself checks.
  const { targets } = JSON.parse(run?.stdout ?? "") as { targets: readonly Target[] };
  return targets.map(({ name = "", base = "", platform = "", location }) => {
    return [name, base, platform, location.ranges[0]?.start.line];
  });
}

function outlineOf({ stdout }: BuildRun): unknown {
  const { args = [], secrets = [], ssh = [] } = JSON.parse(stdout) as Outline;
  return {
    args: sorted(args.map(({ name, value = "" }) => [name, value])),
    secrets: sorted(secrets.map(({ name, required = false }) => [name, required])),
    ssh: sorted(ssh.map(({ name, required = false }) => [name, required])),
  };
}

function ourOutline({ usedArgs, secrets, ssh }: ResolvedDockerfile): unknown {
  return {
    args: sorted(usedArgs.map(({ name, value }) => [name, value])),
    secrets: sorted(secrets.map(({ id, required }) => [id, required])),
    ssh: sorted(ssh.map(({ id, required }) => [id, required])),
  };
}

function sorted(rows: readonly (readonly unknown[])[]): readonly unknown[] {
  return [...rows].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
