import { describe, expect, test } from "vitest";
import type { ElfFacts } from "../../src/core/audit/elf/elf-facts.ts";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import { indexLdCache } from "../../src/core/audit/loader/ld-cache-index.ts";
import type { LoadRoot, LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../src/core/audit/loader/resolve-root.ts";
import type { AuditFacts } from "../../src/core/policy/audit/audit-facts.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { createRegistryImage } from "../../src/edge/registry/images/registry-image.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { gatherFacts } from "../../src/flow/audit/gather-facts.ts";
import { type LoaderLog, loaderHelp, loaderLogs } from "../kit/container-loader.ts";
import { fleetUnderTest } from "../kit/fleet-under-test.ts";
import { type Compared, modelSearches, realSearches, type Searched } from "../kit/loader-edges.ts";
import { processorOf } from "../kit/loader-image.ts";
import { type RealEdge, realEdges } from "../kit/real-loader.ts";

/** Services add Python alone to one of these. */
const IMAGES = [
  "base-python",
  "base-utils",
  "base-cpu-pydeps",
  "family-web",
  "legacy-py310-cpu",
  "base-gpu-cu121",
  "family-vision-cu121",
  "family-torch-cu121",
  "family-llm-cu121",
];
const fleet = await fleetUnderTest();
const PLATFORM = { os: "linux", architecture: "amd64" };
// Layers that images share are read once.
const reader = createLayerReader(createMemoryLayerCache());

describe.skipIf(fleet === undefined).each(IMAGES)("the loader in %s, and its model", (name) => {
  if (fleet === undefined) return;
  const { engine } = fleet;
  const ref = fleet.refOf(name);
  const image = `${ref.host}/${ref.repository}:${ref.tag}`;
  const read = once(() => readImage(ref));

  async function agree(
    ask: Parameters<typeof loaderLogs>[1]["ask"],
    roots: readonly string[],
    compare: (log: LoaderLog, seen: Seen) => { model: readonly Searched[]; real: readonly Searched[] },
  ): Promise<void> {
    const seen = await read();
    const different: string[] = [];
    let [compared, searches] = [0, 0];
    const paths = roots.map((path) => `/${path}`);
    for await (const log of loaderLogs(engine, { image, paths, ask })) {
      const { model, real } = compare(log, seen);
      compared++;
      searches += real.length;
      if (JSON.stringify(model) !== JSON.stringify(real)) different.push(differenceOf(log.path, model, real));
    }
    console.info(`${name}, ${ask.how}: ${compared} roots, ${searches} searches, ${different.length} differ`);
    expect(different).toEqual([]);
    expect(compared).toBe(roots.length);
    expect(searches).toBeGreaterThan(roots.length / 2);
  }

  test("search the same paths for everything that any program or library of it needs", async () => {
    const { elf, facts } = await read();
    const roots = [...elf].filter(([path]) => loaderOf(facts, path) === "glibc").map(([path]) => path);
    console.info(`${name}: ${roots.length} of ${elf.size} ELF files are started or loaded by glibc's loader`);
    expect(roots.length).toBeGreaterThan(300);
    await agree({ how: "list" }, roots, ({ path, lines }, seen) => {
      const model = resolveRoot(seen.facts, rootOf(seen, path.slice(1)), seen.cache);
      const edges = realEdges(lines, { program: path, cwd: "/", isFolder: seen.compared.isFolder });
      return { model: modelSearches(model, seen.compared), real: realSearches({ edges }, seen.compared) };
    });
  });

  test("search the same paths for every extension that its Python opens", async () => {
    const { facts } = await read();
    const interpreters = new Set(facts.environments.map(({ interpreter }) => interpreter));
    expect(interpreters.size).toBeGreaterThan(0);
    for (const interpreter of interpreters) await agreeOnExtensions(interpreter);
  });

  test("differ where a library is hidden from the model (canary)", async () => {
    const seen = await read();
    const hidden = (path: string) => (/libtinfo/.test(path) ? undefined : seen.facts.elfAt(path));
    const trace = resolveRoot({ ...seen.facts, elfAt: hidden }, rootOf(seen, "usr/bin/bash"), seen.cache);
    for await (const { path, lines } of loaderLogs(engine, {
      image,
      paths: ["/usr/bin/bash"],
      ask: { how: "list" },
    })) {
      const edges = realEdges(lines, { program: path, cwd: "/", isFolder: seen.compared.isFolder });
      expect(modelSearches(trace, seen.compared)).not.toEqual(realSearches({ edges }, seen.compared));
    }
  });

  async function agreeOnExtensions(interpreter: string): Promise<void> {
    const { elf } = await read();
    const by = openerOf(await read(), interpreter);
    const modules = [...elf].filter(([path, each]) => each.pythonModules.length > 0 && path.endsWith(".so"));
    const paths = modules.map(([path]) => path);
    const ask = { how: "open", python: interpreter } as const;
    await agree(ask, paths, ({ path, lines }, seen) => {
      const trace = resolveRoot(
        seen.facts,
        { ...rootOf(seen, interpreter), opened: [{ path: path.slice(1), by }] },
        seen.cache,
      );
      const { isFolder } = seen.compared;
      const edges = ownEdges(realEdges(lines, { program: `/${interpreter}`, cwd: "/", isFolder }), path);
      return {
        model: modelSearches(untilMissing(trace), seen.compared),
        real: realSearches({ edges }, seen.compared),
      };
    });
  }

  async function readImage(place: typeof ref): Promise<Seen> {
    const registry = createHttpRegistry({});
    try {
      const source = createRegistryImage(registry, place);
      const contents = await source.read({ platform: PLATFORM, reader, questions: [LINKS_QUESTION] });
      const flat = flatten(contents.layers);
      const { facts } = gatherFacts({ ...contents, flat }, contents.config?.config ?? {});
      const elf = new Map<string, ElfFacts>();
      for (const [path, { type }] of flat.tree.walk()) {
        const each = type === "file" ? facts.elfAt(path) : undefined;
        if (each !== undefined) elf.set(path, each);
      }
      const { tree } = flat;
      const isFolder = (path: string): boolean =>
        tree.resolve(path.replace(/^\/+|\/+$/g, ""))?.file.type === "directory";
      const processor = processorOf(await loaderHelp(engine, image));
      const compared = { tree, isFolder, fileOf: (path: string) => path };
      return { facts, elf, compared, cache: indexLdCache(facts), processor };
    } finally {
      registry.close();
    }
  }
});

interface Seen {
  readonly facts: AuditFacts;
  readonly elf: ReadonlyMap<string, ElfFacts>;
  readonly compared: Compared;
  readonly cache: ReturnType<typeof indexLdCache>;
  readonly processor: Pick<LoadRoot, "level" | "platform">;
}

function rootOf({ facts, processor }: Seen, program: string): LoadRoot {
  const libraryPath = variable(facts, "LD_LIBRARY_PATH");
  const preload = variable(facts, "LD_PRELOAD");
  return {
    program,
    opened: [],
    libraryPath,
    preload: preload === undefined ? [] : [preload],
    cwd: "/",
    // Started by root, and listed by the loader, which takes nobody's rights.
    secure: false,
    ...processor,
  };
}

function variable({ config }: AuditFacts, name: string): string | undefined {
  return config.Env?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Those that glibc's loader of this machine's kind can be asked about. */
function loaderOf(facts: AuditFacts, path: string): LoadTrace["loader"] | undefined {
  const elf = facts.elfAt(path);
  if (elf === undefined || elf.class !== 64 || elf.machine !== 62 || !elf.dynamic) return undefined;
  if (elf.type !== "shared" && elf.type !== "executable") return undefined;
  const root = { program: path, opened: [], libraryPath: undefined, preload: [], cwd: "/" } as const;
  return resolveRoot(facts, { ...root, level: "baseline" }, undefined).loader;
}

/** Who calls `dlopen`: the library that most of an interpreter may be in. */
function openerOf(seen: Seen, interpreter: string): string {
  const { edges } = resolveRoot(seen.facts, rootOf(seen, interpreter), seen.cache);
  const library = edges.find(({ needed }) => needed.startsWith("libpython"))?.outcome;
  return library?.state === "found" ? library.path : interpreter;
}

/** A `dlopen` ends at the first name that is not found; the model goes on, since all that are missing are to be known. */
function untilMissing(trace: LoadTrace): LoadTrace {
  const end = trace.edges.findIndex(
    ({ kind, outcome }) => kind !== "auxiliary" && (outcome.state === "missing" || outcome.state === "host"),
  );
  return end < 0 ? trace : { ...trace, edges: trace.edges.slice(0, end + 1) };
}

/** Without what constructors open: they run when all that was asked for is loaded. */
function ownEdges(edges: readonly RealEdge[], path: string): readonly RealEdge[] {
  const end = edges.findIndex(({ opened, needed }) => opened && needed !== path);
  return end < 0 ? edges : edges.slice(0, end);
}

function differenceOf(path: string, model: readonly Searched[], real: readonly Searched[]): string {
  const index = model.findIndex((each, at) => JSON.stringify(each) !== JSON.stringify(real[at]));
  const at = index < 0 ? model.length : index;
  return `${path}: search ${at} of ${real.length}: model ${JSON.stringify(model[at])}, real ${JSON.stringify(real[at])}`;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
