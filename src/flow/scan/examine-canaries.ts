import { join } from "node:path";
import type { SbomSystem } from "../../core/audit/sbom/sbom.ts";
import { digestOf } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import { oneChunk } from "../../core/base/one-chunk.ts";
import { CANARY_USER, type CanaryFault, canaryImage } from "../../core/policy/gates/canary-image.ts";
import { CANARY_KINDS, type CanaryContent, type CanaryKind } from "../../core/policy/gates/canary-trials.ts";
import type { LayerReader } from "../../edge/registry/layers/port.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { ScanSubject } from "../../edge/scanner/port.ts";
import type { World } from "../world.ts";
import type { SourceView } from "./ask-sources.ts";
import { type Examination, examineImage } from "./examine-image.ts";

/** A canary's image, planted and read. */
export interface ExaminedCanary {
  readonly kind: CanaryKind;
  readonly examination: Examination;
  /** What sources of vulnerabilities are asked; undefined where it could not be read, or is about another gate. */
  readonly subject: ScanSubject | undefined;
}

/** A scanner takes seconds for each image. */
const ASKED: ReadonlySet<CanaryKind> = new Set(["none", "vulnerable"]);
const PLATFORM = "linux/amd64";
const AT = { host: "canary.invalid", repository: "canary" };

/**
 * Writes each canary as an OCI layout below this folder and reads it by what reads the fleet's images, without any memory:
 * its layer was never seen before. `system`: the distribution that they are of.
 */
export async function examineCanaries(
  world: World,
  scratch: string,
  system?: SbomSystem,
): Promise<readonly ExaminedCanary[]> {
  const layers = await world.freshLayerReader();
  const seed = { nonce: digestOf(`${scratch} ${world.clock()}`), now: world.clock(), system };
  const examined: ExaminedCanary[] = [];
  for (const kind of CANARY_KINDS) {
    const layout = join(scratch, kind);
    const registry = await world.layout(layout);
    const fault: CanaryFault = kind === "no-sbom" ? "none" : kind;
    examined.push(
      await examineCanary({ kind, layout, registry, layers, signal: world.kill }, canaryImage(fault, seed)),
    );
  }
  return examined;
}

interface Planting {
  readonly kind: CanaryKind;
  readonly layout: string;
  readonly registry: Registry;
  readonly layers: LayerReader;
  readonly signal: AbortSignal;
}

async function examineCanary(
  { kind, layout, registry, layers, signal }: Planting,
  { manifest, blobs }: ReturnType<typeof canaryImage>,
): Promise<ExaminedCanary> {
  const { digest, mediaType } = manifest.descriptor;
  try {
    for (const { descriptor, bytes } of blobs)
      await registry.putBlob(
        AT,
        { digest: descriptor.digest, size: bytes.length, open: () => oneChunk(bytes) },
        { signal },
      );
    await registry.putManifest({ ...AT, tag: kind }, manifest.bytes, mediaType, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { kind, examination: { state: "unknown", why: error.message }, subject: undefined };
  }
  const examination = await examineImage(
    { registry, layers, at: AT, options: { signal } },
    {
      digest,
      platform: PLATFORM,
      expected: {
        name: "canary",
        kind: "service",
        at: { file: "canary", line: 1, column: 1 },
        user: CANARY_USER,
        profile: undefined,
        identity: undefined,
        base: { name: "canary", digest: undefined },
        rootLayers: [],
      },
      of: undefined,
      repository: undefined,
      tool: "canary",
      sbom: kind === "no-sbom" ? "empty" : "described",
    },
  );
  const subject: ScanSubject | undefined =
    examination.state === "read" && ASKED.has(kind)
      ? { name: `canary ${kind}`, at: undefined, layout, platform: PLATFORM, sbom: examination.examined.sbom }
      : undefined;
  return { kind, examination, subject };
}

/** `views`: what sources say of the canaries that they were asked for, in their order. */
export function canaryContents(
  canaries: readonly ExaminedCanary[],
  views: readonly SourceView[],
): ReadonlyMap<CanaryKind, CanaryContent> {
  const open = [...views];
  return new Map(
    canaries.map(({ kind, examination, subject }): [CanaryKind, CanaryContent] => {
      if (examination.state !== "read") return [kind, { why: examination.why }];
      const view = (subject === undefined ? undefined : open.shift()) ?? NO_VIEW;
      return [
        kind,
        {
          ...examination.examined,
          ...view,
          digest: examination.examined.sbom.subject.digest ?? digestOf(""),
        },
      ];
    }),
  );
}

const NO_VIEW: SourceView = { sources: [], vulnerabilities: [], undecided: [] };
