import type { Digest } from "../core/base/digest.ts";
import type { Lock } from "../core/blueprint/lock.ts";
import { identityOfTag } from "../core/blueprint/tag-form.ts";
import { type Guess, type Observed, type RootState, type Subject, traceFleet } from "../core/plan/trace.ts";
import type { Registry } from "../edge/registry/port.ts";
import type { Journal } from "../edge/tree/port.ts";
import { contentRef } from "./content-ref.ts";

export interface ObserveInputs {
  readonly subjects: readonly Subject[];
  readonly lock: Lock | undefined;
  readonly registry: Registry;
  readonly host: string;
  readonly journal: Journal;
  readonly signal?: AbortSignal;
}

/**
 * Asks the registry which content names stand. What the journal remembers is only a guess of the digests, so that
 * children can be asked about in the same round as their parents; a wrong guess costs a round, never a wrong answer.
 */
export async function observe(inputs: ObserveInputs): Promise<Observed> {
  const contents = new Map<string, Digest | null>();
  const observed: Observed = { contents, roots: rootStates(inputs.lock) };
  const guess = journalGuess(inputs.journal);
  for (;;) {
    const asked = [...traceFleet(inputs.subjects, observed, guess).values()].flatMap((trace) =>
      trace.state === "unasked" ? [trace.contentName] : [],
    );
    if (asked.length === 0) return observed;
    const answers = await Promise.all(asked.map((name) => resolveContent(inputs, name)));
    for (const [index, name] of asked.entries()) contents.set(name, answers[index] ?? null);
  }
}

export async function resolveContent(
  { registry, host, signal }: Pick<ObserveInputs, "registry" | "host" | "signal">,
  contentName: string,
): Promise<Digest | null> {
  const ref = contentRef(host, contentName);
  const descriptor = await registry.resolve(ref, signal === undefined ? {} : { signal });
  return descriptor?.digest ?? null;
}

export function rootStates(lock: Lock | undefined): ReadonlyMap<string, RootState> {
  const roots = Object.entries(lock?.roots ?? {});
  return new Map(
    roots.map(([name, root]) => [
      name,
      "unavailable" in root ? { unavailable: root.unavailable } : { digest: root.digest },
    ]),
  );
}

function journalGuess(journal: Journal): Guess {
  return (contentName) => {
    const { repository, tag } = contentRef("", contentName);
    const identity = identityOfTag(tag);
    return identity && journal.get(repository, identity)?.digest;
  };
}
