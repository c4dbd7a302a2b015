import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

/** What the real loader did for a name that nothing loaded answered to. */
export interface RealEdge {
  /** As the loader writes it: the path given to it, or the one by which it found the object. */
  readonly from: string;
  readonly needed: string;
  /** `dlopen` asked for it. */
  readonly opened: boolean;
  /** A new object came of it. Without one it was not found, or is a file that was loaded before. */
  readonly mapped: boolean;
  /** Paths that it opened in folders that exist, in order; where it found one, that is the last. */
  readonly tried: readonly string[];
}

export interface RealTrace {
  readonly edges: readonly RealEdge[];
  /** Of `--list`: where each name was found; undefined for "not found". */
  readonly listed: ReadonlyMap<string, string | undefined>;
  readonly errors: readonly string[];
}

export interface RealRun {
  /** Absolute path of a folder, made the root by chroot(2). */
  readonly root: string;
  /** Within it. */
  readonly program: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the program with these arguments instead of listing what it needs: for what it opens. */
  readonly run?: readonly string[];
  /**
   * Started by the kernel for this user and group, for programs that are set-user-id. It runs, and its loader only tells of itself
   * where `etc/suid-debug` is there.
   */
  readonly user?: number;
}

export const LOADER = "/lib64/ld-linux-x86-64.so.2";

/** The shell of chroot(1) is a program, too, and would be traced itself: Perl, which Debian always has, sets the variables last. */
const INSIDE = `
my ($root, $cwd, $user, $count, @rest) = @ARGV;
chroot($root) or die "chroot: $!"; chdir($cwd) or die "chdir: $!";
if ($user) { $( = $user; $) = "$user $user"; $< = $user; $> = $user; }
%ENV = splice(@rest, 0, 2 * $count);
exec {$rest[0]} @rest or die "exec: $!";`;

/**
 * Runs glibc's own loader in a folder as root and reads what it did from its debug output. Needs root. Nothing of the program runs
 * but with `run`.
 */
export function realLoader({ root, program, cwd = "/", env = {}, run, user }: RealRun): RealTrace {
  const trace = run === undefined && user === undefined ? { LD_TRACE_LOADED_OBJECTS: "1" } : {};
  const variables = Object.entries({ ...env, LD_DEBUG: "libs,files", ...trace });
  const command = run === undefined && user === undefined ? [LOADER, program] : [program, ...(run ?? [])];
  const args = [root, cwd, String(user ?? 0), String(variables.length), ...variables.flat(), ...command];
  const done = spawnSync("/usr/bin/perl", ["-e", INSIDE, ...args], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (done.error) throw done.error;
  const lines = done.stderr.split("\n");
  const isFolder = (path: string): boolean =>
    statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
  return {
    edges: realEdges(lines, { program, cwd, isFolder }),
    listed: listedOf(done.stdout),
    errors: lines.filter((line) => !/^\s+\d+:\t/.test(line) && line.trim() !== ""),
  };
}

/** From the lines of `LD_DEBUG=libs,files`. `isFolder`: of a path in the loader's root. */
export function realEdges(
  lines: readonly string[],
  {
    program,
    cwd,
    isFolder,
  }: { readonly program: string; readonly cwd: string; isFolder(path: string): boolean },
): readonly RealEdge[] {
  const edges: {
    from: string;
    needed: string;
    opened: boolean;
    mapped: boolean;
    tried: string[];
  }[] = [];
  for (const line of lines) {
    const text = /^\s+\d+:\t(.*)$/.exec(line)?.[1];
    if (text === undefined) continue;
    const need = /^file=(.*) \[0\]; {2}(needed|dynamically loaded) by (.*) \[0\]$/.exec(text);
    if (need) {
      const from = need[3] === "" ? program : (need[3] ?? "");
      edges.push({ from, needed: need[1] ?? "", opened: need[2] !== "needed", mapped: false, tried: [] });
      continue;
    }
    const edge = edges.at(-1);
    if (edge !== undefined && text === `file=${edge.needed} [0];  generating link map`) edge.mapped = true;
    const tried = /^ {2}trying file=(.*)$/.exec(text)?.[1];
    if (edge !== undefined && tried !== undefined) {
      // Of folders that are missing it says only the first time that it tried.
      if (isFolder(join(tried.startsWith("/") ? "" : cwd, tried.replace(/[^/]*$/, ""))))
        edge.tried.push(tried);
    }
  }
  return edges;
}

function listedOf(text: string): ReadonlyMap<string, string | undefined> {
  const listed = new Map<string, string | undefined>();
  for (const line of text.split("\n")) {
    const to = /^\t(.*) => (.*?)(?: \(0x[0-9a-f]+\))?$/.exec(line);
    if (to) listed.set(to[1] ?? "", to[2] === "not found" ? undefined : to[2]);
    else {
      const alone = /^\t(.*) \(0x[0-9a-f]+\)$/.exec(line)?.[1];
      if (alone !== undefined) listed.set(alone, alone);
    }
  }
  return listed;
}
