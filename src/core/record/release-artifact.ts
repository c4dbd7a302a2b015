import { canonicalJson, type Json } from "../base/json.ts";
import { Annotation } from "../oci/annotation.ts";
import { type Artifact, ociArtifact } from "../oci/artifact.ts";
import { RecordError } from "./error.ts";
import { Fields, parseObject } from "./fields.ts";
import { checkReleaseContent, type ReleaseBody } from "./kinds.ts";

export const RELEASE_TYPE = "application/vnd.lapstrake.release.v1+json";

/** A release as other machines learn of it, by the artifact `<namespace>/releases:<TAG>`. */
export interface ReleaseRecord extends Omit<ReleaseBody, "artifact"> {
  readonly version: 1;
  readonly fleet: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** The record as an artifact: equal records, equal bytes. */
export function releaseArtifact(record: ReleaseRecord): Artifact {
  // The record is JSON by its members; interfaces have no index signature.
  const content = new TextEncoder().encode(canonicalJson(record as unknown as Json));
  return ociArtifact({ type: RELEASE_TYPE, content, annotations: { [Annotation.created]: record.time } });
}

/** The record out of the artifact's layer. Throws RecordError RECORD_JSON, RECORD_SHAPE, RECORD_VERSION. */
export function parseReleaseRecord(text: string): ReleaseRecord {
  const object = parseObject(text);
  const fields = new Fields(object, "release");
  if (fields.get("version") !== 1) {
    throw new RecordError("RECORD_VERSION", "expected a release record of version 1");
  }
  fields.text("fleet");
  fields.text("time");
  checkReleaseContent(fields);
  // All members were just checked.
  return object as unknown as ReleaseRecord;
}
