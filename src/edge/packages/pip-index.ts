import { z } from "zod";
import { type IndexedVersion, pinKey } from "../../core/policy/locks/index-facts.ts";
import type { ProcessRunner } from "../process/port.ts";
import { PIP_PROGRAM } from "./pip-program.ts";
import type { PackageIndex } from "./port.ts";

const LIMIT_MS = 240_000;

const Line = z.union([
  z.object({ pin: z.string(), state: z.literal("listed"), hashes: z.array(z.string()) }),
  z.object({ pin: z.string(), state: z.literal("absent") }),
  z.object({ pin: z.string(), state: z.literal("unknown"), why: z.string() }),
]);

/** The index that pip is configured for, by pip's own session. `python`: an interpreter that has pip. */
export function createPipIndex(runner: ProcessRunner, python = "python3"): PackageIndex {
  return {
    async ask(pins, { signal } = {}) {
      if (pins.length === 0) return { state: "asked", client: "pip", versions: new Map() };
      const versions = new Map<string, IndexedVersion>(
        pins.map((pin) => [pinKey(pin), { state: "unknown", why: "pip did not come to it in time" }]),
      );
      const record = await runner.run({
        argv: [python, "-c", PIP_PROGRAM],
        env: {
          PIP_DISABLE_PIP_VERSION_CHECK: "1",
          PIP_NO_INPUT: "1",
          PIP_RETRIES: "1",
          PYTHONWARNINGS: "ignore",
        },
        stdin: pins.map((pin) => `${pinKey(pin)}\n`).join(""),
        timeout: LIMIT_MS,
        onStdout: (line) => keep(versions, line),
        ...(signal === undefined ? {} : { signal }),
      });
      signal?.throwIfAborted();
      const answers = [...versions.values()].filter(({ state }) => state !== "unknown");
      if (answers.length > 0) return { state: "asked", client: "pip", versions };
      if (record.outcome === "not-found")
        return { state: "not-asked", why: `there is no ${python} on this host` };
      return {
        state: "not-asked",
        why: `pip got no answer from its index: ${whyNot(versions, record.stderr)}`,
      };
    },
  };
}

function keep(versions: Map<string, IndexedVersion>, line: string): void {
  const read = Line.safeParse(parseJson(line)).data;
  if (read === undefined || !versions.has(read.pin)) return;
  const { pin, ...version } = read;
  versions.set(pin, version);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What pip said of the first pin, or the last line of what its interpreter said. */
function whyNot(versions: ReadonlyMap<string, IndexedVersion>, stderr: string): string {
  const said = stderr.trim().split("\n").at(-1)?.trim() ?? "";
  const [first] = versions.values();
  const told = first?.state === "unknown" ? first.why : "";
  return (said === "" ? told : said).slice(0, 120);
}
