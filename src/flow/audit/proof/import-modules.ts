import type { ImportsRun } from "../../../core/policy/audit/proof.ts";
import type { ContainerRunner } from "../../../edge/engine/port.ts";
import { exitWithin, withContainer } from "../../verify/with-container.ts";
import type { World } from "../../world.ts";

/** By path of an interpreter, plain, the modules that are tried with it. */
export type ModulesOf = ReadonlyMap<string, readonly string[]>;

const LIMIT_MS = 20 * 60_000;

/**
 * Each import in a process of its own, forked before anything else is loaded: one that crashes or hangs takes no other with
 * it, and none finds loaded what it should have loaded itself. Prints one line of JSON.
 */
const SCRIPT = `
import importlib, json, os, signal, sys
def attempt(name):
    back, front = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(back)
        quiet = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2): os.dup2(quiet, each)
        signal.alarm(180)
        try:
            importlib.import_module(name)
            said, code = "", 0
        except BaseException as error:
            said, code = type(error).__name__ + ": " + str(error), 1
        os.write(front, said.encode("utf-8", "replace")[:500])
        os._exit(code)
    os.close(front)
    said = b""
    while True:
        piece = os.read(back, 4096)
        if not piece: break
        said += piece
    os.close(back)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status): return "ended by signal %d" % os.WTERMSIG(status)
    return None if status == 0 else said.decode("utf-8", "replace") or "it failed without a word"
print(json.dumps({name: attempt(name) for name in sys.argv[1:]}))
`;

/** Imports modules in containers of an image, one for each interpreter, without any network. */
export async function importModules(
  world: Pick<World, "kill">,
  engine: ContainerRunner,
  { image, modules }: { readonly image: string; readonly modules: ModulesOf },
): Promise<ImportsRun> {
  const all = new Map<string, { failure: string | undefined }>();
  await engine.pullImage(image, { signal: world.kill });
  for (const [interpreter, names] of modules) {
    if (names.length === 0) continue;
    const spec = {
      image,
      entrypoint: [`/${interpreter}`],
      command: ["-c", SCRIPT, ...names],
      // Packages write caches on import; what they may write to is not what is asked here.
      env: { HOME: "/tmp", XDG_CACHE_HOME: "/tmp" },
      network: "none",
      labels: { "dev.lapstrake.purpose": "import" },
    };
    const answer = await withContainer(world, engine, spec, async (id, refused) => {
      if (refused !== undefined) return { why: `a container of it does not start: ${refused}` };
      const exit = await exitWithin(world, engine, { id, ms: LIMIT_MS });
      if (exit === undefined) return { why: `it was not done after ${LIMIT_MS / 60_000} minutes` };
      const { stdout, stderr } = await engine.readLogs(id, { signal: world.kill });
      return exit === 0 ? { stdout } : { why: `exit ${exit}: ${stderr.trim().split("\n").at(-1)}` };
    });
    if ("why" in answer) return { state: "unknown", why: answer.why };
    const read = parseAnswer(answer.stdout, names);
    if (read === undefined) return { state: "unknown", why: `/${interpreter} printed no answer` };
    for (const [name, failure] of read) all.set(name, { failure });
  }
  return { state: "ran", modules: all };
}

/** Undefined where it is not the answer of our script: the image has the last word on what its interpreter prints. */
function parseAnswer(
  text: string,
  names: readonly string[],
): readonly (readonly [string, string | undefined])[] | undefined {
  try {
    // Looked at member by member.
    const read = JSON.parse(text.trim().split("\n").at(-1) ?? "") as Readonly<Record<string, unknown>> | null;
    if (read === null || typeof read !== "object") return undefined;
    return names.map((name) => {
      const failure = read[name];
      return [
        name,
        failure === null ? undefined : typeof failure === "string" ? failure : "it was not tried",
      ];
    });
  } catch {
    return undefined;
  }
}
