import type { Digest } from "../base/digest.ts";
import { canonicalJson } from "../base/json.ts";
import {
  type BuildId,
  contentTag,
  type IdentityDocument,
  type IdentityInputs,
  identityDocument,
  identityOf,
} from "../graph/identity.ts";
import type { ImageNode } from "../graph/image-graph.ts";

/** An image with all of its inputs but its parents' digests, which only a registry knows. */
export interface Subject {
  readonly node: ImageNode;
  readonly own: Omit<IdentityInputs, "parents">;
  /** Path in the registry, namespace included. */
  readonly repository: string;
}

/** What is known of a root: its digest as locked, or why it cannot be had. */
export type RootState = { readonly digest: Digest } | { readonly unavailable: string };

/** What a registry and a lock said. `contents` has null for a name that is not there, nothing for one not asked for. */
export interface Observed {
  readonly contents: ReadonlyMap<string, Digest | null>;
  readonly roots: ReadonlyMap<string, RootState>;
}

export interface Identified {
  readonly id: BuildId;
  readonly document: IdentityDocument;
  /** `repository:tag`, the key of `Observed.contents`. */
  readonly contentName: string;
}

/** Where an image stands, given what is known. */
export type Trace =
  | ({ readonly state: "present"; readonly digest: Digest } & Identified)
  | ({ readonly state: "absent" } & Identified)
  | ({ readonly state: "unasked"; readonly guess: Digest | undefined } & Identified)
  /** Its identity is open until these images of the fleet exist. */
  | { readonly state: "waiting"; readonly on: readonly string[] }
  | { readonly state: "unavailable"; readonly why: string; readonly root: string };

/** A digest that was seen before under this content name: lets descendants be asked about before it is confirmed. */
export type Guess = (contentName: string) => Digest | undefined;

/**
 * Identities from the top down, as far as they can be known. Subjects must stand after their parents. Pure: the same
 * subjects and observations give the same traces.
 */
export function traceFleet(
  subjects: Iterable<Subject>,
  observed: Observed,
  guess: Guess = () => undefined,
): ReadonlyMap<string, Trace> {
  const traces = new Map<string, Trace>();
  for (const subject of subjects) traces.set(subject.node.name, traceOne(subject, traces, observed, guess));
  return traces;
}

function traceOne(
  subject: Subject,
  traces: ReadonlyMap<string, Trace>,
  observed: Observed,
  guess: Guess,
): Trace {
  const digests: Record<string, Digest> = {};
  const waiting: string[] = [];
  for (const edge of subject.node.parents) {
    if (edge.kind === "root") {
      const root = observed.roots.get(edge.name);
      if (root === undefined || "unavailable" in root) {
        return {
          state: "unavailable",
          why: root?.unavailable ?? "it is not in lapstrake.lock",
          root: edge.name,
        };
      }
      digests[edge.key] = root.digest;
      continue;
    }
    const parent = traces.get(edge.name);
    if (parent?.state === "unavailable") return parent;
    const digest = digestOfTrace(parent);
    if (digest === undefined) waiting.push(edge.name);
    else digests[edge.key] = digest;
  }
  if (waiting.length > 0) return { state: "waiting", on: [...new Set(waiting)] };
  return ask(identify(subject, digests), observed, guess);
}

/** The last answer of `identify` for each subject: a fleet is traced several times, mostly over the same digests. */
const identified = new WeakMap<Subject, { readonly key: string; readonly answer: Identified }>();

/** The identity of an image whose parents' digests are known, by the names that its Dockerfile uses. */
export function identify(subject: Subject, parents: Readonly<Record<string, Digest>>): Identified {
  const key = canonicalJson(parents);
  const known = identified.get(subject);
  if (known?.key === key) return known.answer;
  const answer = computeIdentity(subject, parents);
  identified.set(subject, { key, answer });
  return answer;
}

function computeIdentity(subject: Subject, parents: Readonly<Record<string, Digest>>): Identified {
  const document = identityDocument({ ...subject.own, parents });
  const id = identityOf(document);
  return { id, document, contentName: `${subject.repository}:${contentTag(id)}` };
}

function ask(identified: Identified, observed: Observed, guess: Guess): Trace {
  const found = observed.contents.get(identified.contentName);
  if (found === undefined) return { state: "unasked", guess: guess(identified.contentName), ...identified };
  if (found === null) return { state: "absent", ...identified };
  return { state: "present", digest: found, ...identified };
}

function digestOfTrace(trace: Trace | undefined): Digest | undefined {
  if (trace?.state === "present") return trace.digest;
  return trace?.state === "unasked" ? trace.guess : undefined;
}
