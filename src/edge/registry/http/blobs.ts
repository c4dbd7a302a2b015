import type { Descriptor } from "../../../core/oci/manifest.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions, Repository } from "../port.ts";
import type { Call, Caller } from "./caller.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer } from "./exchange.ts";
import { repositoryScope } from "./scope.ts";
import { createVerifier, type Verifier } from "./verify.ts";

export interface BlobPlace {
  readonly endpoint: Endpoint;
  readonly at: Repository;
}

/**
 * The blob, verified while it streams. A cut connection is resumed where it broke (Range), within one budget of tries;
 * bytes that have been handed out are never asked for again.
 */
export async function* readBlob(
  caller: Caller,
  place: BlobPlace,
  blob: Descriptor,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  const budget = caller.budget();
  const verifier = createVerifier(blob, place.endpoint.host);
  for (;;) {
    try {
      const answer = await openBlob(caller, { ...place, blob, from: verifier.seen, options });
      for await (const part of fresh(answer, verifier)) {
        budget.progress();
        yield part;
      }
      if (verifier.seen < blob.size && answer.headers["content-length"] === undefined) {
        throw new RegistryError("REGISTRY_UNREACHABLE", `${place.endpoint.host}: the blob ended early`, {
          temporary: true,
        });
      }
      verifier.finish();
      return;
    } catch (error) {
      await budget.next(error, options.signal);
    }
  }
}

interface Opening extends BlobPlace {
  readonly blob: Descriptor;
  readonly from: number;
  readonly options: CallOptions;
}

function openBlob(caller: Caller, opening: Opening): Promise<Answer> {
  const { endpoint, blob, from } = opening;
  const call: Call = {
    ...blobCall("GET", opening, blob, opening.options),
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
  };
  // The slot is given back with the headers: whoever reads slowly must not hold up the others.
  return caller.once(call, async (answer) => {
    if (answer.status === 200 || (answer.status === 206 && from > 0)) return answer;
    if (answer.status === 404) {
      await answer.discard();
      throw new RegistryError("BLOB_UNKNOWN", `${endpoint.host} has no ${call.what}`);
    }
    throw await caller.failure(call, answer);
  });
}

/** The parts of an answer that were not seen yet, each checked before it is handed on. */
async function* fresh(answer: Answer, verifier: Verifier): AsyncGenerator<Uint8Array> {
  const seen = verifier.seen;
  // A server may ignore Range and start anew (200), or start elsewhere; Content-Range says where.
  const range = /^bytes (\d+)-/.exec(answer.headers["content-range"] ?? "");
  const start = answer.status === 206 ? Number(range?.[1] ?? -1) : 0;
  let skip = seen - start;
  let ended = false;
  try {
    if (start < 0 || skip < 0) throw new RegistryError("REGISTRY_PROTOCOL", "the answer starts elsewhere");
    for await (const part of answer.body()) {
      const rest = skip >= part.byteLength ? undefined : part.subarray(skip);
      skip = Math.max(0, skip - part.byteLength);
      if (rest === undefined) continue;
      verifier.add(rest);
      yield rest;
    }
    ended = true;
  } finally {
    // Whoever stops reading, or lies about the size, does not keep the connection.
    if (!ended) answer.cut();
  }
}

/** HEAD a blob: is it there? */
export function hasBlob(
  caller: Caller,
  place: BlobPlace,
  blob: Pick<Descriptor, "digest">,
  options: CallOptions,
): Promise<boolean> {
  const call = blobCall("HEAD", place, blob, options);
  return caller.call(call, async (answer) => {
    await answer.discard();
    if (answer.status === 200) return true;
    if (answer.status === 404) return false;
    throw await caller.failure(call, answer);
  });
}

function blobCall(
  method: string,
  { endpoint, at }: BlobPlace,
  blob: Pick<Descriptor, "digest">,
  options: CallOptions,
): Call {
  const repository = `${endpoint.prefix}${at.repository}`;
  return {
    endpoint,
    method,
    at: `${repository}/blobs/${blob.digest}`,
    scopes: [repositoryScope(repository, "pull")],
    what: `blob ${blob.digest} of ${at.repository}`,
    signal: options.signal,
  };
}
