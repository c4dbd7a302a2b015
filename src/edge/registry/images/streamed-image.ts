import type { ContentQuestion, LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import { joinFacts } from "../../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../../core/base/digest.ts";
import { oneChunk } from "../../../core/base/one-chunk.ts";
import { type Passed, readInPasses } from "../layers/passes.ts";
import type { StoredLayer } from "../layers/port.ts";
import { passOver, wrongLayer } from "../layers/read-layer.ts";
import type { CallOptions } from "../port.ts";
import { type ArchivePass, passArchive } from "./archive-pass.ts";
import { layersOf } from "./layers-of.ts";
import type { ImageAsk, ImageContents, ImageSource } from "./port.ts";
import { blobsOf, resolveImage } from "./resolve-image.ts";
import { followLinks } from "./tar-store.ts";
import { unknownImage } from "./unknown-image.ts";

export interface StreamedImageOptions {
  readonly name: string;
  /** Which of several: `NAME:TAG` or a digest. */
  readonly image?: string | undefined;
  /** The archive from its start, as `docker save` writes it. */
  open(options: CallOptions): AsyncIterable<Uint8Array>;
  /** The diffIDs of its layers, where somebody knows them before the archive comes. */
  diffIds?(options: CallOptions): Promise<readonly Digest[]>;
}

/** An image in an archive that comes as a stream: one pass over it, nothing of it on disk. */
export function createStreamedImage(options: StreamedImageOptions): ImageSource {
  return { name: options.name, read: (ask) => new StreamedReading(options, ask).run() };
}

class StreamedReading {
  readonly #stream: StreamedImageOptions;
  readonly #ask: ImageAsk;
  readonly #call: CallOptions;
  readonly #known = new Map<Digest, LayerFacts>();

  constructor(stream: StreamedImageOptions, ask: ImageAsk) {
    this.#stream = stream;
    this.#ask = ask;
    this.#call = ask.signal === undefined ? {} : { signal: ask.signal };
  }

  async run(): Promise<ImageContents> {
    const { name, image } = this.#stream;
    const { questions, platform } = this.#ask;
    const isKnown = await this.#isKnown();
    const archive = await passArchive(this.#source(), (path, size) =>
      isKnown ? undefined : (bytes) => passOver(bytes, { name: path, size, questions }),
    );
    const resolved = await resolveImage(documentsOf(archive), { name, image, platform }, this.#call);
    const { digest, config, layers } = resolved;
    const stored = layersOf(name, config, layers, ({ path }) => ({
      name: path,
      size: 0,
      open: () => oneChunk(new Uint8Array(0)),
    }));
    const facts: LayerFacts[] = [];
    for (const layer of stored) facts.push(await this.#layer(archive, layer));
    return { digest, config, layers: facts, blobs: blobsOf(resolved) };
  }

  /** All layers were read by an earlier run: then only the documents of the archive are wanted. */
  async #isKnown(): Promise<boolean> {
    const { reader, questions } = this.#ask;
    const diffIds = await this.#stream.diffIds?.(this.#call);
    if (diffIds === undefined) return false;
    for (const diffId of new Set(diffIds)) {
      const facts = await reader.known(diffId, questions);
      if (facts === undefined) return false;
      this.#known.set(diffId, facts);
    }
    return true;
  }

  async *#source(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#stream.open(this.#call)) {
      this.#ask.signal?.throwIfAborted();
      this.#ask.onBytes?.(chunk.length);
      yield chunk;
    }
  }

  async #layer(archive: ArchivePass, { name: path, diffId }: StoredLayer): Promise<LayerFacts> {
    const { questions, reader } = this.#ask;
    const known = this.#known.get(diffId);
    if (known !== undefined) return known;
    const place = followLinks(archive.entries, path);
    if (place === undefined) throw unknownImage(`${this.#stream.name} names ${path}, and does not hold it`);
    let isFirst = true;
    const read = await readInPasses(questions, async (asked) => {
      const passed = await (isFirst ? this.#passed(archive, place, asked) : this.#again(place, asked));
      isFirst = false;
      const found = passed.listing.diffId;
      if (found !== diffId) throw wrongLayer(path, { wanted: diffId, found });
      return passed;
    });
    await reader.keep(read, questions);
    const facts = joinFacts(read.listing, read.answers);
    this.#known.set(diffId, facts);
    return facts;
  }

  async #passed(archive: ArchivePass, path: string, questions: readonly ContentQuestion[]): Promise<Passed> {
    // A tar whose first file is called `{…` looked like a document.
    const bytes = archive.documents.get(path);
    if (bytes !== undefined) return passOver(oneChunk(bytes), { name: path, size: bytes.length, questions });
    const passed = archive.layers.get(path);
    // An empty file never begins.
    if (passed === undefined)
      return passOver(oneChunk(new Uint8Array(0)), { name: path, size: 0, questions });
    if ("failure" in passed) throw passed.failure;
    return passed;
  }

  /** Another pass over all of the archive, for one of its layers. */
  async #again(path: string, questions: readonly ContentQuestion[]): Promise<Passed> {
    const archive = await passArchive(this.#stream.open(this.#call), (at, size) =>
      at === path ? (bytes) => passOver(bytes, { name: path, size, questions }) : undefined,
    );
    return this.#passed(archive, path, questions);
  }
}

function documentsOf({ documents, entries }: ArchivePass) {
  const find = (path: string) => documents.get(followLinks(entries, path) ?? "");
  return {
    sizeOf: (path: string) => Promise.resolve(find(path)?.length),
    open: (path: string) => oneChunk(find(path) ?? new Uint8Array(0)),
  };
}
