import { generatedContent } from "./generated-content.ts";
import type { GeneratedImage } from "./generated-shape.ts";

export interface FleetText {
  readonly name: string;
  /** As the blueprint writes it: `local/NAMESPACE` or `HOST/NAMESPACE`. */
  readonly registry: string;
  readonly images: readonly GeneratedImage[];
  readonly parallelism: number;
}

export interface FleetContent {
  readonly seed: string;
  readonly filesPerImage: number;
  readonly bytesPerFile: number;
}

/** The blueprint, in the order of the shape: each image after its parent. */
export function blueprintText(fleet: FleetText): string {
  const images = fleet.images.filter(({ kind }) => kind === "image");
  const services = fleet.images.filter(({ kind }) => kind === "service");
  return [
    "version: 1",
    `fleet: ${fleet.name}`,
    `registry: ${fleet.registry}`,
    'tag: "{date}-{sha}"',
    "platforms: [linux/amd64]",
    "images:",
    ...images.flatMap((image) => [`  ${image.name}:`, ...buildLines(image)]),
    ...(services.length === 0 ? [] : ["services:"]),
    ...services.flatMap((service, index) => [
      `  ${service.name}:`,
      ...buildLines(service),
      "    machines: [mainpc]",
      `    ports: { service: ${10_000 + index}, health: ${20_000 + index} }`,
    ]),
    "machines:",
    "  mainpc:",
    "    profile: { MACHINE: mainpc }",
    "build:",
    `  parallelism: ${fleet.parallelism}`,
    "",
  ].join("\n");
}

/** Every file of the image by its path in the fleet's folder: the Dockerfile and what it copies. */
export function imageFiles(image: GeneratedImage, content: FleetContent): ReadonlyMap<string, string> {
  const files = new Map([[`${image.folder}/Dockerfile`, dockerfileText(image)]]);
  for (let index = 0; index < content.filesPerImage; index += 1) {
    const path = `${image.folder}/${contentFile(index)}`;
    files.set(path, generatedContent(content.seed, path, content.bytesPerFile));
  }
  return files;
}

/** The context-relative path of the n-th copied file, counted from 0. */
export function contentFile(index: number): string {
  return `app/part-${index}.txt`;
}

function buildLines(image: GeneratedImage): string[] {
  return [
    `    dockerfile: ${image.folder}/Dockerfile`,
    `    context: ${image.folder}`,
    ...(image.parent === undefined ? [] : [`    args: { BASE_IMAGE: ${image.parent} }`]),
  ];
}

/** No RUN: a root from scratch has no shell, and nothing must be fetched. */
function dockerfileText(image: GeneratedImage): string {
  const from =
    image.parent === undefined
      ? ["FROM scratch", 'ENTRYPOINT ["/usr/bin/tini", "--"]', "ENV LANG=C.UTF-8"]
      : [`ARG BASE_IMAGE=${image.parent}`, `FROM \${BASE_IMAGE}`];
  return [...from, `COPY app/ /opt/${image.name}/`, "USER 10001:10001", ""].join("\n");
}
