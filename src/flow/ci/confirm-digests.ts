import { resolve } from "node:path";
import { type Digest, isDigest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { WorkingTree } from "../../edge/tree/port.ts";
import { FlowError } from "../error.ts";
import { planFleet } from "../plan-fleet.ts";
import type { World } from "../world.ts";

export interface ConfirmedImage {
  readonly image: string;
  /** As an earlier job said; undefined where it said that there is none. */
  readonly told: Digest | undefined;
  /** As the registry has it for this tree; undefined where it has none. */
  readonly stands: Digest | undefined;
  readonly confirmed: boolean;
}

/** An answer of `lapstrake build --json` is some kilobytes. */
const ANSWER_LIMIT = 1024 * 1024;
const MOST_ANSWERS = 10_000;

/**
 * Digests that earlier jobs handed on, in a folder of answers of `lapstrake build --json`, beside what the registry holds for
 * this tree. A folder that is not there has none: no earlier job had anything to build.
 */
export async function confirmDigests(world: World, folder: string): Promise<readonly ConfirmedImage[]> {
  const told = await readTold(world.tree(resolve(world.cwd, folder)), folder);
  if (told.size === 0) return [];
  const { traces } = await planFleet(world);
  return [...told].map(([image, digest]) => {
    const trace = traces.get(image);
    const stands = trace?.state === "present" ? trace.digest : undefined;
    return { image, told: digest, stands, confirmed: digest !== undefined && digest === stands };
  });
}

async function readTold(tree: WorkingTree, folder: string): Promise<ReadonlyMap<string, Digest | undefined>> {
  const told = new Map<string, Digest | undefined>();
  const names = await namesIn(tree);
  if (names.length > MOST_ANSWERS)
    throw new FlowError(
      "CI_REPORT",
      `expected at most ${MOST_ANSWERS} answers in ${folder}, found ${names.length}`,
    );
  for (const name of names) {
    const bytes = await tree.read(name, ANSWER_LIMIT);
    for (const { image, digest } of readAnswer(new TextDecoder().decode(bytes), `${folder}/${name}`)) {
      const before = told.get(image);
      if (told.has(image) && before !== digest) {
        throw new FlowError("CI_REPORT", `${image} was handed on with two digests in ${folder}`, {
          hint: "answers of two runs lie in one folder; begin with an empty one",
        });
      }
      told.set(image, digest);
    }
  }
  return told;
}

async function namesIn(tree: WorkingTree): Promise<readonly string[]> {
  try {
    const entries = await tree.list(".");
    return entries.flatMap(({ path, type }) => (type === "file" && path.endsWith(".json") ? [path] : []));
  } catch (error) {
    if (error instanceof LapstrakeError && error.code === "TREE_MISSING") return [];
    throw error;
  }
}

interface Told {
  readonly image: string;
  readonly digest: Digest | undefined;
}

function readAnswer(text: string, file: string): readonly Told[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(file, "it is no JSON");
  }
  // Every member is checked before it is used.
  const { version, images } = Object(value) as { readonly version?: unknown; readonly images?: unknown };
  if (version !== 1 || !Array.isArray(images))
    throw unreadable(file, "it is no answer of `lapstrake build --json`");
  return images.map((entry: unknown): Told => {
    const { name, digest } = Object(entry) as { readonly name?: unknown; readonly digest?: unknown };
    if (typeof name !== "string") throw unreadable(file, "an image of it has no name");
    return { image: name, digest: typeof digest === "string" && isDigest(digest) ? digest : undefined };
  });
}

function unreadable(file: string, why: string): FlowError {
  return new FlowError("CI_REPORT", `${file} cannot be read: ${why}`);
}
