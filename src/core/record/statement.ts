import type { Digest } from "../base/digest.ts";
import { imagesOf } from "./about.ts";
import type { Entry } from "./entry.ts";
import type { JsonObject } from "./fields.ts";

/** A name, not an address: there is no page behind it. docs/ledger.md describes what stands under it. */
export const PREDICATE_TYPE = "urn:lapstrake:ledger-entry:v1";

interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** An in-toto statement, version 1 (in-toto attestation framework, spec/v1/statement.md). */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly Subject[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: {
    readonly fleet: string;
    readonly entry: Omit<Entry, "body">;
    readonly body: JsonObject;
  };
}

/**
 * What an entry says, as a statement about the images that it names by digest. The specification wants a subject with a
 * digest: an entry without one is about itself, by the hash that the chain knows it under.
 */
export function statementOf(fleet: string, entry: Entry): Statement {
  const { body, ...envelope } = entry;
  const images = imagesOf(entry).flatMap(({ name, digest }) => (digest ? [subject(name, digest)] : []));
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: images.length > 0 ? images : [subject(`${fleet}/ledger/${entry.seq}`, entry.hash)],
    predicateType: PREDICATE_TYPE,
    predicate: { fleet, entry: envelope, body },
  };
}

function subject(name: string, digest: Digest): Subject {
  return { name, digest: { sha256: digest.slice("sha256:".length) } };
}
