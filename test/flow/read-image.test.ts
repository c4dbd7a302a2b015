import { describe, expect, it } from "vitest";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { ImageConfig } from "../../src/core/oci/manifest.ts";
import { layerOrigins } from "../../src/core/policy/audit/layer-origins.ts";
import { auditImages } from "../../src/flow/audit/audit-images.ts";
import { readImage } from "../../src/flow/audit/read-image.ts";
import { createReadingProgress } from "../../src/flow/audit/reading-progress.ts";
import { DEBIAN, draw } from "../graph/draw.ts";
import { pushStored } from "../kit/stored-image.ts";
import { createTestMachine } from "../kit/world.ts";

const BASE =
  "FROM docker.io/library/debian:12\nENV A=1 \\\n    B=2\nRUN apt-get update \\\n    && apt-get install -y tini\nUSER 1\n";
const APP =
  'FROM base AS built\nRUN make\nFROM base\nARG X=1\nWORKDIR /app\nCOPY --from=built /x /y\nRUN <<EOF\necho\nEOF\nCMD ["run"]\n';

function configOf(history: ImageConfig["history"]): ImageConfig {
  const layers = history.filter(({ emptyLayer }) => emptyLayer !== true);
  return {
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { diffIds: layers.map((_, index) => digestOf(`layer ${index}`)) },
    history,
  };
}

const ROOT = [{ createdBy: "a bootstrapped root" }];
const BASE_HISTORY = [
  { createdBy: "ENV A=1 B=2", emptyLayer: true },
  { createdBy: "RUN /bin/sh -c apt-get update     && apt-get install -y tini # buildkit" },
  { createdBy: "USER 1", emptyLayer: true },
];
const APP_HISTORY = [
  { createdBy: "ARG X=1", emptyLayer: true },
  { createdBy: "WORKDIR /app" },
  { createdBy: "COPY /x /y # buildkit" },
  { createdBy: "RUN |1 X=1 /bin/sh -c echo # buildkit" },
  { createdBy: 'CMD ["run"]', emptyLayer: true },
];

describe("where a layer comes from", () => {
  const { graph } = draw({ images: { base: { dockerfile: BASE }, app: { dockerfile: APP } }, head: DEBIAN });
  const node = graph?.nodes.get("app");
  const lines = (history: ImageConfig["history"]): readonly string[] => {
    if (graph === undefined || node === undefined) throw new Error("expected a graph");
    return layerOrigins(configOf(history), { graph, node }).map(({ instruction }) =>
      instruction === undefined
        ? "?"
        : `${instruction.image} ${instruction.file}:${instruction.line}-${instruction.endLine}`,
    );
  };
  const OWN = ["app app/Dockerfile:5-5", "app app/Dockerfile:6-6", "app app/Dockerfile:7-9"];

  it("is the line of the Dockerfile that made it, down to the root", () => {
    expect(lines([...ROOT, ...BASE_HISTORY, ...APP_HISTORY])).toEqual([
      "?",
      "base base/Dockerfile:4-5",
      ...OWN,
    ]);
  });

  it("is known of the builder before BuildKit, too", () => {
    const old = BASE_HISTORY.map(({ createdBy, ...rest }) => ({
      ...rest,
      createdBy: createdBy.startsWith("RUN")
        ? createdBy.replace(/^RUN (.*) # buildkit$/, "$1")
        : `/bin/sh -c #(nop)  ${createdBy}`,
    }));
    expect(lines([...ROOT, ...old, ...APP_HISTORY])).toEqual(["?", "base base/Dockerfile:4-5", ...OWN]);
  });

  it.each<[string, ImageConfig["history"], readonly string[]]>([
    [
      "a command that is another one now",
      [
        { ...BASE_HISTORY[0]! },
        { createdBy: "RUN /bin/sh -c apt-get install -y dumb-init" },
        BASE_HISTORY[2]!,
      ],
      ["?", "?", ...OWN],
    ],
    ["an instruction more below", [...BASE_HISTORY, { createdBy: "RUN x" }], ["?", "?", "?", ...OWN]],
  ])("is not known of %s", (_what, base, expected) => {
    expect(lines([...ROOT, ...base, ...APP_HISTORY])).toEqual(expected);
  });

  it("is known by who brought it, too, also where the command is another one now", () => {
    if (graph === undefined || node === undefined) throw new Error("expected a graph");
    const owners = (history: ImageConfig["history"]): readonly (string | undefined)[] =>
      layerOrigins(configOf(history), { graph, node }).map(({ owner }) => owner);
    const other = BASE_HISTORY.map((each) =>
      each.createdBy.startsWith("RUN") ? { createdBy: "RUN /bin/sh -c true" } : each,
    );
    expect(owners([...ROOT, ...other, ...APP_HISTORY])).toEqual(["debian", "base", "app", "app", "app"]);
    const more = [...ROOT, ...BASE_HISTORY, { createdBy: "RUN x" }, ...APP_HISTORY];
    expect(owners(more)).toEqual([undefined, undefined, undefined, "app", "app", "app"]);
  });

  it("is not known of an image that the Dockerfile does not make any more, nor of one with half a history", () => {
    expect(lines([...ROOT, ...BASE_HISTORY, ...APP_HISTORY.slice(1)])).toEqual(["?", "?", "?", "?", "?"]);
    const config = configOf([...ROOT, ...APP_HISTORY]);
    const short = { ...config, history: config.history.slice(1) };
    expect(layerOrigins(short).map(({ createdBy }) => createdBy)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(layerOrigins(config)[1]).toEqual({
      layer: 1,
      diffId: digestOf("layer 1"),
      createdBy: "WORKDIR /app",
    });
  });
});

const ASK = {
  questions: [LINKS_QUESTION],
  platform: { os: "linux", architecture: "amd64" },
  settings: { insecure: [], mirrors: {} },
} as const;

describe("reading an image", () => {
  const at = { host: "registry.example", repository: "demo/app" };

  it("gives its tree, its layers and where they are from, and says how far it is", async () => {
    const machine = await createTestMachine();
    const digest = await pushStored(machine.registry, at, {
      layers: [[{ path: "etc/passwd", content: "root" }], [{ path: "b", content: "b" }]],
      history: ["RUN a", "RUN b"],
    });
    const image = await readImage(machine.world(), {
      ...ASK,
      place: { kind: "registry", ref: { ...at, digest } },
    });
    expect(image).toMatchObject({ name: `registry.example/demo/app@${digest}`, digest });
    expect([...image.flat.tree.walk()].map(([path]) => path)).toEqual(["b", "etc", "etc/passwd"]);
    expect(image.origins.map(({ createdBy }) => createdBy)).toEqual(["RUN a", "RUN b"]);
    const types = machine.events.map((event) => event.type);
    expect(types.filter((type) => type === "step-started" || type === "transfer")).toEqual([
      "step-started",
      "transfer",
    ]);
  });

  it("ends where nobody has it, and where nobody knows its name", async () => {
    const world = (await createTestMachine()).world();
    await expect(
      readImage(world, { ...ASK, place: { kind: "registry", ref: { ...at, tag: "none" } } }),
    ).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
    await expect(
      auditImages(world, { images: ["none"], dependents: false, alone: false, reached: false }),
    ).rejects.toMatchObject({
      code: "GRAPH_UNKNOWN_IMAGE",
    });
  });

  it("tells lines of what is read, not of what was known", () => {
    const events: string[] = [];
    const progress = createReadingProgress(
      { onEvent: (event) => void events.push(event.type === "note" ? event.message : event.type) },
      "app",
    );
    progress.onSize(3e9);
    progress.onBytes(2e9);
    for (let bytes = 0; bytes < 1e9; bytes += 1e6) progress.onBytes(1e6);
    expect(events.filter((text) => text.startsWith("app"))).toEqual(["app: at 2.5 GB of 3.0 GB"]);
    expect(events.slice(0, 2)).toEqual(["step-started", "transfer"]);
    expect(events.at(-1)).toBe("transfer");
  });
});
