import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitFolder } from "./generated-commit.ts";
import { blueprintText, imageFiles } from "./generated-files.ts";
import { type GeneratedImage, guideShape, levelShape } from "./generated-shape.ts";

export interface FleetOptions {
  /** Made where it is missing; expected to be empty. */
  readonly folder: string;
  /** The fleet's name. */
  readonly name: string;
  /** As the blueprint writes it: `local/NAMESPACE` or `HOST/NAMESPACE`. */
  readonly registry: string;
  readonly images: number;
  /** Levels of images alone; left out, the guide's nine images with services as leaves. */
  readonly levels?: number;
  /** The same options with the same seed make the same bytes and the same commit. Another seed shares no layer. */
  readonly seed?: string;
  readonly filesPerImage?: number;
  readonly bytesPerFile?: number;
  readonly parallelism?: number;
  /** The time of the commit, and so of the images. */
  readonly epochSeconds?: number;
}

export interface GeneratedFleet {
  readonly folder: string;
  readonly name: string;
  /** Each image after its parent. */
  readonly images: readonly GeneratedImage[];
  readonly commit: string;
  readonly epochSeconds: number;
}

/**
 * Writes a fleet that builds without any download: blueprint, Dockerfiles from scratch with small files of generated
 * content, all committed to a git repository of its own. Synchronous.
 */
export function generateFleet(options: FleetOptions): GeneratedFleet {
  const { folder, name, registry, parallelism = 4, epochSeconds = 1_700_000_000 } = options;
  const images = shapeOf(options);
  write(folder, "lapstrake.yaml", blueprintText({ name, registry, images, parallelism }));
  const { seed = "lapstrake", filesPerImage = 3, bytesPerFile = 2048 } = options;
  for (const image of images) {
    for (const [path, text] of imageFiles(image, { seed, filesPerImage, bytesPerFile })) {
      write(folder, path, text);
    }
  }
  return {
    folder,
    name,
    images,
    commit: commitFolder(folder, "Generate the fleet", epochSeconds),
    epochSeconds,
  };
}

function shapeOf({ images, levels }: FleetOptions): readonly GeneratedImage[] {
  return levels === undefined ? guideShape(images) : levelShape(images, levels);
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
