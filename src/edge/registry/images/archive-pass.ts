import { AuditError } from "../../../core/audit/error.ts";
import type { ContentSink } from "../../../core/audit/tar/reader.ts";
import { TarReader } from "../../../core/audit/tar/reader.ts";
import { MAX_CONFIG_BYTES } from "../../../core/oci/parse-config.ts";
import type { Passed } from "../layers/passes.ts";
import { PieceChannel } from "./piece-channel.ts";
import { type ArchiveEntry, ArchiveListing } from "./tar-store.ts";

/** Manifests and configs of an archive together; a real one has some hundred kilobytes. */
const MAX_DOCUMENTS = 64 * 1024 * 1024;
const [BRACE, BRACKET] = [0x7b, 0x5b];

/** Reads a layer as its bytes come; undefined where nobody asks for that file. */
export type LayerTaker = (
  path: string,
  size: number,
) => ((bytes: AsyncIterable<Uint8Array>) => Promise<Passed>) | undefined;

/** What came by: whatever reads like JSON, and what became of everything else. */
export interface ArchivePass {
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly layers: ReadonlyMap<string, Passed | { readonly failure: unknown }>;
}

/**
 * One pass over an archive of an image that cannot be read at any place, such as an engine's export: which of its files are
 * layers is told at its end only, so each that may be one is read as it comes. Throws AuditError.
 */
export async function passArchive(source: AsyncIterable<Uint8Array>, take: LayerTaker): Promise<ArchivePass> {
  const pass = new Pass(take);
  try {
    for await (const chunk of source) await pass.write(chunk);
    return pass.finish();
  } finally {
    await pass.leave();
  }
}

class Pass {
  readonly #take: LayerTaker;
  readonly #listing = new ArchiveListing();
  readonly #documents = new Map<string, Uint8Array>();
  readonly #layers = new Map<string, Passed | { readonly failure: unknown }>();
  readonly #reader: TarReader;
  #open: { readonly channel: PieceChannel; readonly read: Promise<void>; isEnded: boolean }[] = [];
  #documentBytes = 0;

  constructor(take: LayerTaker) {
    this.#take = take;
    this.#reader = new TarReader((entry) => {
      const path = this.#listing.add(entry, this.#reader.position);
      return path === undefined ? undefined : this.#sink(path, entry.size);
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#reader.write(chunk);
    for (const { channel, read, isEnded } of this.#open) await (isEnded ? read : channel.drained());
    this.#open = this.#open.filter(({ isEnded }) => !isEnded);
  }

  finish(): ArchivePass {
    this.#reader.end();
    return { entries: this.#listing.entries, documents: this.#documents, layers: this.#layers };
  }

  /** Ends what is still being read, where the archive ended before it. */
  async leave(): Promise<void> {
    for (const { channel, read } of this.#open) {
      channel.end();
      await read;
    }
  }

  #sink(path: string, size: number): ContentSink {
    let sink: ContentSink | undefined;
    return {
      data: (piece) => {
        sink ??= this.#sinkFor(path, size, piece[0] === BRACE || piece[0] === BRACKET);
        sink.data(piece);
      },
      end: () => sink?.end(),
    };
  }

  #sinkFor(path: string, size: number, isDocument: boolean): ContentSink {
    if (isDocument && size <= MAX_CONFIG_BYTES) return this.#document(path, size);
    const read = this.#take(path, size);
    return read === undefined ? NOBODY : this.#layer(path, read);
  }

  #document(path: string, size: number): ContentSink {
    this.#documentBytes += size;
    if (this.#documentBytes > MAX_DOCUMENTS)
      throw new AuditError(
        "ARCHIVE_INVALID",
        `the archive has more than ${MAX_DOCUMENTS} bytes of documents`,
      );
    const content = new Uint8Array(size);
    let at = 0;
    return {
      data(piece) {
        content.set(piece, at);
        at += piece.length;
      },
      end: () => void this.#documents.set(path, content),
    };
  }

  #layer(path: string, read: NonNullable<ReturnType<LayerTaker>>): ContentSink {
    const channel = new PieceChannel();
    const reading = read(channel).then(
      (passed) => void this.#layers.set(path, passed),
      // It may be no layer at all: that is an error only where the image names it.
      (failure: unknown) => void this.#layers.set(path, { failure }),
    );
    const open = { channel, read: reading, isEnded: false };
    this.#open.push(open);
    return {
      data: (piece) => channel.push(piece),
      end() {
        open.isEnded = true;
        channel.end();
      },
    };
  }
}

const NOBODY: ContentSink = { data: () => {}, end: () => {} };
