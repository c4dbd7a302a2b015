/** One image of a generated fleet. */
export interface GeneratedImage {
  readonly name: string;
  /** Images are the hierarchy; services are leaves with ports and a machine. */
  readonly kind: "image" | "service";
  /** The image under it; without one it is `FROM scratch`. */
  readonly parent: string | undefined;
  /** Its context, relative to the fleet's folder, with `/`. */
  readonly folder: string;
}

/** The nine images of the guide, each after its parent. */
const HIERARCHY: readonly (readonly [name: string, parent: string | undefined, folder: string])[] = [
  ["base-python", undefined, "docker/base-images"],
  ["base-utils", "base-python", "docker/base-images"],
  ["base-cpu-pydeps", "base-utils", "docker/base-images"],
  ["base-gpu-cu121", "base-utils", "docker/base-images"],
  ["family-web", "base-cpu-pydeps", "docker/families"],
  ["family-torch-cu121", "base-gpu-cu121", "docker/families"],
  ["family-llm-cu121", "family-torch-cu121", "docker/families"],
  ["family-vision-cu121", "base-gpu-cu121", "docker/families"],
  ["legacy-py310-cpu", undefined, "docker/legacy"],
];

/** How many of the guide's 64 services stand on each family. */
const SERVICES_ON: readonly (readonly [parent: string, services: number])[] = [
  ["base-cpu-pydeps", 28],
  ["family-torch-cu121", 11],
  ["family-web", 8],
  ["family-llm-cu121", 8],
  ["legacy-py310-cpu", 5],
  ["family-vision-cu121", 4],
];

/** The guide's shape: its nine images, and services as leaves on the families in the guide's proportions. */
export function guideShape(images: number): readonly GeneratedImage[] {
  if (images < HIERARCHY.length) throw new RangeError(`expected at least 9 images, got ${images}`);
  const hierarchy = HIERARCHY.map(([name, parent, folder]) => image(name, parent, folder));
  const parents = SERVICES_ON.flatMap(([parent, services]) => Array.from({ length: services }, () => parent));
  const services = Array.from({ length: images - hierarchy.length }, (_, index): GeneratedImage => {
    const name = `service-${String(index + 1).padStart(4, "0")}`;
    return { name, kind: "service", parent: parents[index % parents.length], folder: `services/${name}` };
  });
  return [...hierarchy, ...services];
}

/** Images in levels that widen downward (20 in 4: 2, 4, 6, 8), each on an image of the level above. */
export function levelShape(images: number, levels: number): readonly GeneratedImage[] {
  if (levels < 1 || images < levels) throw new RangeError(`expected 1 to ${images} levels, got ${levels}`);
  let above: readonly GeneratedImage[] = [];
  return levelSizes(images, levels).flatMap((size, level) => {
    const parents = above;
    above = Array.from({ length: size }, (_, index) =>
      image(`level-${level}-${index}`, parents[index % parents.length]?.name, `docker/level-${level}`),
    );
    return above;
  });
}

function levelSizes(images: number, levels: number): number[] {
  const weight = (levels * (levels + 1)) / 2;
  const sizes = Array.from({ length: levels }, (_, level) =>
    Math.max(1, Math.floor((images * (level + 1)) / weight)),
  );
  const above = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
  return [...sizes.slice(0, -1), images - above];
}

function image(name: string, parent: string | undefined, folder: string): GeneratedImage {
  return { name, kind: "image", parent, folder: `${folder}/${name}` };
}
