import { type Digest, digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { isSignedBy, type PublicKey } from "../base/signature.ts";
import { RecordError } from "./error.ts";
import { Fields, parseObject } from "./fields.ts";

/** What a ledger was at some time, as its machine signs it. One key signs one ledger. */
export interface CheckpointBody {
  readonly version: 1;
  readonly fleet: string;
  /** The hash of entry 1: which ledger this is. */
  readonly first: Digest;
  /** How many entries it had. */
  readonly seq: number;
  /** The hash of the last of them. */
  readonly hash: Digest;
  /** The root of the Merkle tree over all of them. */
  readonly root: Digest;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The id of the key that signs. */
  readonly key: Digest;
}

export interface Checkpoint {
  readonly kind: "checkpoint";
  readonly body: CheckpointBody;
  /** The checkpoint of the same ledger that this one continues, by its number of entries; 0 for the first. */
  readonly from: number;
  /** Proves that it does: RFC 6962, 2.1.2. */
  readonly path: readonly Digest[];
  readonly signature: string;
}

/** What a second machine signs: that this checkpoint continues all that it witnessed before. */
export interface WitnessBody {
  readonly version: 1;
  /** `checkpointId` of what is witnessed. */
  readonly checkpoint: Digest;
  readonly time: string;
  readonly key: Digest;
}

export interface Countersignature {
  readonly kind: "witness";
  readonly body: WitnessBody;
  readonly signature: string;
}

/** A line of `lapstrake.checkpoints`, or of a git note. */
export type Vouch = Checkpoint | Countersignature;

/** What is signed: the first line keeps a signature of one thing from passing for one of another. */
export function signedText(
  vouch: Pick<Checkpoint, "kind" | "body"> | Pick<Countersignature, "kind" | "body">,
) {
  return `lapstrake ${vouch.kind} v1\n${canonicalJson(asJson(vouch.body))}`;
}

export function checkpointId({ body }: Pick<Checkpoint, "body">): Digest {
  return digestOf(signedText({ kind: "checkpoint", body }));
}

export function isSigned(vouch: Vouch, key: PublicKey): boolean {
  return vouch.body.key === key.id && isSignedBy(key, signedText(vouch), vouch.signature);
}

/** The one text of a line, without its end. What else the value may carry (where it was read) is no part of it. */
export function serializeVouch(vouch: Vouch): string {
  const { body, signature } = vouch;
  if (vouch.kind === "witness") return canonicalJson(asJson({ type: "witness", body, signature }));
  const { from, path } = vouch;
  return canonicalJson(asJson({ type: "checkpoint", body, from, path, signature }));
}

/** The line's content; who signed it is not checked. Throws RecordError RECORD_JSON, _SHAPE, _VERSION, _CANONICAL. */
export function parseVouch(line: string): Vouch {
  const fields = new Fields(parseObject(line), "checkpoint");
  const kind = fields.oneOf("type", ["checkpoint", "witness"]);
  const body = fields.object("body");
  if (body.get("version") !== 1)
    throw new RecordError("RECORD_VERSION", "expected a checkpoint of version 1");
  const signature = fields.text("signature");
  const vouch: Vouch =
    kind === "witness"
      ? { kind, body: parseWitness(body), signature }
      : {
          kind,
          body: parseBody(body),
          from: fields.count("from"),
          path: fields.digests("path"),
          signature,
        };
  if (serializeVouch(vouch) !== line)
    throw new RecordError(
      "RECORD_CANONICAL",
      "the text is not in canonical form, or has members of a later version",
    );
  return vouch;
}

function parseBody(body: Fields): CheckpointBody {
  return {
    version: 1,
    fleet: body.text("fleet"),
    first: body.digest("first"),
    seq: body.count("seq"),
    hash: body.digest("hash"),
    root: body.digest("root"),
    time: body.time("time"),
    key: body.digest("key"),
  };
}

function parseWitness(body: Fields): WitnessBody {
  return {
    version: 1,
    checkpoint: body.digest("checkpoint"),
    time: body.time("time"),
    key: body.digest("key"),
  };
}

/** These are JSON by their members; interfaces have no index signature. */
function asJson(value: object): Json {
  return value as unknown as Json;
}
