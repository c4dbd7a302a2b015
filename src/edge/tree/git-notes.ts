import { realpathSync } from "node:fs";
import { findUp } from "./find-up.ts";
import { type Git, gitFailure, runGit } from "./git-command.ts";

export interface GitNote {
  /** The commit that it is on. */
  readonly commit: string;
  readonly text: string;
}

/** Texts that git keeps beside commits, under a ref of their own: they move neither HEAD nor a file of the tree. */
export interface GitNotes {
  /** All of them; none outside git. */
  read(): Promise<readonly GitNote[]>;
  /** Adds a paragraph to the note of HEAD and gives the commit. Throws TreeError GIT_FAILED, GIT_OWNER. */
  append(text: string): Promise<string>;
}

const REF = "--ref=refs/notes/lapstrake";

/** The notes of the repository that this tree is in. */
export function openGitNotes(git: Git): GitNotes {
  const run = async (args: readonly string[], stdin?: string): Promise<string> => {
    const record = await runGit(git, args, stdin === undefined ? {} : { stdin });
    if (record.outcome !== "ok" || record.truncated === true) throw gitFailure(git, record);
    return record.stdout;
  };
  return {
    async read() {
      if (findUp(realpathSync(git.root), ".git") === undefined) return [];
      const listed = (await run(["notes", REF, "list"])).split("\n").flatMap((line) => {
        const [blob, commit] = line.split(" ");
        return blob && commit ? [{ blob, commit }] : [];
      });
      if (listed.length === 0) return [];
      const batch = await run(["cat-file", "--batch"], listed.map(({ blob }) => `${blob}\n`).join(""));
      const texts = parseBatch(Buffer.from(batch));
      return listed.map(({ commit }, index) => ({ commit, text: texts[index] ?? "" }));
    },
    async append(text) {
      await run(["notes", REF, "append", "-F", "-", "HEAD"], text);
      return (await run(["rev-parse", "HEAD"])).trim();
    },
  };
}

/** `cat-file --batch` answers each object with `ID TYPE SIZE`, its bytes, and a line's end. */
function parseBatch(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(0x0a, at);
    const [, type, size] = bytes.subarray(at, lineEnd).toString("latin1").split(" ");
    if (lineEnd < 0 || type !== "blob") break;
    const start = lineEnd + 1;
    texts.push(bytes.subarray(start, start + Number(size)).toString("utf8"));
    at = start + Number(size) + 1;
  }
  return texts;
}
