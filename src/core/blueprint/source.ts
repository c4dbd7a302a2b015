import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import type { Positions } from "./blueprint.ts";
import { composeDocument } from "./compose.ts";
import type { Problem } from "./error.ts";
import { Places } from "./places.ts";
import { type Path, pointer } from "./positions.ts";

/** YAML text as plain values, with the place of each by JSON Pointer. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** A scalar's own place; a map's or list's is its key. */
  readonly positions: Positions;
  /** The places of the keys of scalars. */
  readonly keys: Positions;
  /** Numbers and booleans as they are written. */
  readonly literals: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

const MAX_VALUES = 200_000;
const MAX_DEPTH = 32;

/** Reads one YAML document. Never throws: what is wrong is in `problems`; the value is whatever could be read. */
export function readSource(text: string, file: string): Source {
  const places = new Places(text, file);
  const { document, problems } = composeDocument(text, places);
  if (document === undefined) {
    return { file, value: undefined, positions: {}, keys: {}, literals: {}, problems };
  }
  return new ValueReader(places).read(document);
}

class ValueReader {
  readonly #places: Places;
  readonly #problems: Problem[] = [];
  readonly #positions: Record<string, readonly [number, number]> = {};
  readonly #keys: Record<string, readonly [number, number]> = {};
  readonly #literals: Record<string, string> = {};
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  constructor(places: Places) {
    this.#places = places;
  }

  read(document: Document.Parsed): Source {
    const { contents } = document;
    // An empty file is an empty map, so that the answer says which keys are missing.
    const isBlank = contents === null || (isScalar(contents) && contents.source === "");
    const value = isBlank ? {} : this.#value(contents, []);
    return {
      file: this.#places.file,
      value,
      positions: this.#positions,
      keys: this.#keys,
      literals: this.#literals,
      problems: this.#problems,
    };
  }

  #value(node: Node, path: Path): unknown {
    this.#values += 1;
    if (this.#values > MAX_VALUES || path.length > MAX_DEPTH) return this.#tooBig(node);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target !== undefined) return this.#value(target, path);
      this.#add("BLUEPRINT_YAML", startOf(node), `found *${node.source}, but no &${node.source} before it`);
      return undefined;
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node.items, path);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        // The parser makes nodes only; the type allows plain values for documents built by hand.
        const child = item as Node;
        this.#positions[pointer([...path, index])] = this.#places.pair(startOf(child));
        return this.#value(child, [...path, index]);
      });
    }
    return isScalar(node) ? this.#scalar(node, path) : undefined;
  }

  #map(items: readonly Pair[], path: Path): Readonly<Record<string, unknown>> {
    const map: Record<string, unknown> = {};
    for (const pair of items) {
      const key = this.#key(pair, path, map);
      if (key === undefined) continue;
      // As for lists: the parser makes nodes only, and null where nothing follows the key.
      const value = pair.value as Node | null;
      map[key] = value === null ? null : this.#value(value, [...path, key]);
      if (this.#values > MAX_VALUES) break;
    }
    return map;
  }

  /** The name of a pair's key, its place noted; undefined where the pair cannot be used. */
  #key(pair: Pair, path: Path, map: Readonly<Record<string, unknown>>): string | undefined {
    // As above.
    const node = pair.key as Node | null;
    if (!isScalar(node)) {
      this.#add(
        "BLUEPRINT_YAML",
        node === null ? 0 : startOf(node),
        "expected a plain key, found another value",
      );
      return undefined;
    }
    // As it is written: 3.10 as a key is the text "3.10".
    const key = typeof node.value === "string" ? node.value : (node.source ?? "");
    const place = this.#places.pair(startOf(node));
    const id = pointer([...path, key]);
    if (key === "__proto__") {
      this.#add("BLUEPRINT_VALUE", startOf(node), "found the key __proto__, which no map can hold");
      return undefined;
    }
    if (Object.hasOwn(map, key)) {
      const first = this.#keys[id];
      const where = first === undefined ? "" : ` (first on line ${first[0]}, column ${first[1]})`;
      this.#add("BLUEPRINT_DUPLICATE", startOf(node), `found the key ${JSON.stringify(key)} twice${where}`);
      return undefined;
    }
    this.#keys[id] = place;
    const { value } = pair;
    const isWritten = isScalar(value) && (value.range?.[1] ?? 0) > startOf(value);
    this.#positions[id] = isWritten ? this.#places.pair(startOf(value)) : place;
    return key;
  }

  #scalar(node: Scalar, path: Path): unknown {
    const { value, source = "" } = node;
    if (typeof value === "number" || typeof value === "boolean") this.#literals[pointer(path)] = source;
    if (typeof value === "number" && String(value) !== source) {
      // 3.10 would silently become 3.1, 1e3 become 1000, 0x10 become 16.
      const message = `found ${source}, which YAML reads as the number ${value}`;
      this.#add("BLUEPRINT_VALUE", startOf(node), message, `write "${source}" for text, or ${value}`);
    }
    return value;
  }

  #tooBig(node: Node): undefined {
    if (!this.#problems.some((problem) => problem.code === "BLUEPRINT_TOO_BIG")) {
      const found =
        this.#values > MAX_VALUES ? `more than ${MAX_VALUES} values` : `${MAX_DEPTH} levels of nesting`;
      this.#add("BLUEPRINT_TOO_BIG", startOf(node), `found ${found} (an alias counts as what it stands for)`);
    }
    return undefined;
  }

  #add(code: Problem["code"], offset: number, message: string, hint?: string): void {
    this.#problems.push({
      code,
      message: message.slice(0, 300),
      at: this.#places.at(offset),
      ...(hint === undefined ? {} : { hint: hint.slice(0, 300) }),
    });
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
