import { join } from "node:path";
import type { EpochSeconds } from "../core/base/clock.ts";
import type { Digest } from "../core/base/digest.ts";
import { UNPROVEN_TAG } from "../core/blueprint/tag-form.ts";
import type { ParentEdge } from "../core/graph/image-graph.ts";
import { Annotation } from "../core/oci/annotation.ts";
import { formatImageRef, type ImageRef } from "../core/oci/reference.ts";
import type { CommitFact } from "../core/plan/plan.ts";
import type { Identified, Subject } from "../core/plan/trace.ts";
import type { BuildRequest, BuildSecret } from "../edge/builder/port.ts";
import { cacheOptions } from "./cache-options.ts";
import { argsOf, type Fleet, PROFILE_CONTEXT } from "./load-fleet.ts";

/** The secret that carries the host's CA bundle where the blueprint says `trust: host`. */
export const TRUST_SECRET = "ca-bundle";

export interface RequestInputs {
  readonly fleet: Fleet;
  readonly host: string;
  readonly subject: Subject;
  readonly identified: Identified;
  /** Where each parent lies, by the name that the Dockerfile uses. */
  readonly parents: ReadonlyMap<string, ImageRef>;
  readonly base: { readonly edge: ParentEdge; readonly ref: ImageRef; readonly digest: Digest } | undefined;
  readonly epoch: EpochSeconds;
  readonly commit: CommitFact | undefined;
  readonly sourceUrl: string | undefined;
  readonly profileFolder: string | undefined;
  /** Where the files of the main context (the empty name) and of the named local ones were staged. */
  readonly staged: ReadonlyMap<string, string>;
  readonly trustBundle: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly noCache: boolean;
}

/** What the builder is asked for: the only translation from the fleet's words to BuildKit's. */
export function buildRequest(inputs: RequestInputs): BuildRequest {
  const { fleet, subject, identified, host } = inputs;
  const { declared, dockerfile } = subject.node;
  const facts = annotationsOf(inputs);
  return {
    image: declared.name,
    dockerfile: join(fleet.folder, declared.dockerfile),
    context: inputs.staged.get("") ?? join(fleet.folder, declared.context),
    ...(declared.target === undefined ? {} : { target: declared.target }),
    platforms: fleet.blueprint.platforms,
    args: usedArgs(argsOf(declared), dockerfile.unusedArgs),
    contexts: contextsOf(inputs),
    secrets: secretsOf(inputs),
    labels: facts,
    annotations: { ...facts, [Annotation.identity]: identified.id },
    epoch: inputs.epoch,
    // One moving tag for each repository, which nobody reads: the content name comes once the layers are proven.
    name: formatImageRef({ host, repository: subject.repository, tag: UNPROVEN_TAG }),
    compression: declared.compression,
    ...cacheOptions({ fleet, host, subject, env: inputs.env }),
    noCache: inputs.noCache,
  };
}

/** An argument that no ARG declares would only make BuildKit warn. */
function usedArgs(
  args: Readonly<Record<string, string>>,
  unused: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !unused.includes(name)));
}

function contextsOf({
  fleet,
  subject,
  parents,
  profileFolder,
  staged,
}: RequestInputs): Readonly<Record<string, string>> {
  const { declared } = subject.node;
  return {
    ...Object.fromEntries([...parents].map(([key, ref]) => [key, `docker-image://${formatImageRef(ref)}`])),
    ...Object.fromEntries(
      Object.entries(declared.contexts).map(([name, folder]) => [
        name,
        staged.get(name) ?? join(fleet.folder, folder),
      ]),
    ),
    ...(profileFolder === undefined ? {} : { [PROFILE_CONTEXT]: profileFolder }),
  };
}

function secretsOf({ fleet, subject, trustBundle }: RequestInputs): readonly BuildSecret[] {
  const { declared, dockerfile } = subject.node;
  const own = Object.entries(declared.secrets).map(([id, source]) => ({
    id,
    source: "file" in source ? { file: join(fleet.folder, source.file) } : source,
  }));
  const wantsTrust =
    fleet.blueprint.build.trust === "host" && dockerfile.secrets.some(({ id }) => id === TRUST_SECRET);
  if (!wantsTrust || trustBundle === undefined || declared.secrets[TRUST_SECRET] !== undefined) return own;
  return [...own, { id: TRUST_SECRET, source: { file: trustBundle } }];
}

/** Labels and annotations alike, as the design fixes them. The base's name has no host, so mirrors stay equal. */
function annotationsOf({ epoch, commit, sourceUrl, base }: RequestInputs): Readonly<Record<string, string>> {
  return {
    [Annotation.created]: new Date(epoch * 1000).toISOString().replace(".000Z", "Z"),
    ...(commit === undefined ? {} : { [Annotation.revision]: commit.sha }),
    ...(sourceUrl === undefined ? {} : { [Annotation.source]: sourceUrl }),
    ...(base === undefined
      ? {}
      : { [Annotation.baseName]: base.ref.repository, [Annotation.baseDigest]: base.digest }),
  };
}
