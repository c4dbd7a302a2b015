import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FIXTURES = join(import.meta.dirname, "../fixtures/dockerfile");

export interface CorpusFile {
  readonly name: string;
  /** For the builder, which reads the file itself. */
  readonly path: string;
  readonly text: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target: string | undefined;
}

/**
 * The Dockerfiles of test/fixtures/dockerfile/<folder>. A last line `# test: {"args":{…},"target":"…"}` says how the
 * file is built; to BuildKit it is a comment.
 */
export function readCorpus(folder: "corpus" | "refused"): readonly CorpusFile[] {
  const root = join(FIXTURES, folder);
  return readdirSync(root)
    .sort()
    .map((file) => {
      const path = join(root, file);
      const text = readFileSync(path, "utf8");
      const settings: unknown = JSON.parse(/^# test: (.*)$/m.exec(text)?.[1] ?? "{}");
      // The fixtures are ours.
      const { args = {}, target } = settings as { args?: Record<string, string>; target?: string };
      return { name: file.replace(/\.Dockerfile$/, ""), path, text, args, target };
    });
}
