import { dpkgInvalid, shown } from "./invalid.ts";

export interface Field {
  /** Of more lines: each further one after a line feed, without the space that it begins with. */
  readonly value: string;
  readonly line: number;
}

/** One paragraph; fields by their names in lower case. */
export interface Stanza {
  readonly file: string;
  readonly line: number;
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Deb822Source {
  /** For the positions of errors. */
  readonly file: string;
  /** Lines that begin with `#` are none: in apt's sources, never in dpkg's databases. */
  readonly comments?: boolean;
}

/** More than any package has; a stanza is kept in memory whole. */
const MAX_FIELDS = 1000;
const MAX_NAME = 200;

/**
 * Control data in the form of deb822(5), stanza by stanza, as strict as dpkg is (lib/dpkg/parse.c): a field twice, a line
 * of spaces within a value, a name without a colon are errors. Only the line feed at the very end may be missing. Throws
 * AuditError DPKG_INVALID.
 */
export function* readDeb822(text: string, { file, comments = false }: Deb822Source): Generator<Stanza> {
  let stanza: OpenStanza | undefined;
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, end);
    start = end + 1;
    number++;
    if (comments && line.startsWith("#")) continue;
    if (line === "") {
      if (stanza !== undefined) yield stanza.close();
      stanza = undefined;
      continue;
    }
    stanza ??= new OpenStanza(file, number);
    stanza.add(line, number);
  }
  if (stanza !== undefined) yield stanza.close();
}

class OpenStanza {
  readonly #file: string;
  readonly #line: number;
  readonly #fields = new Map<string, Field>();
  #open: { readonly name: string; readonly line: number; readonly lines: string[] } | undefined;

  constructor(file: string, line: number) {
    this.#file = file;
    this.#line = line;
  }

  add(text: string, line: number): void {
    const first = text.charCodeAt(0);
    if (isSpace(first)) this.#continue(text, line);
    else this.#begin(text, line);
  }

  close(): Stanza {
    this.#closeField();
    return { file: this.#file, line: this.#line, fields: this.#fields };
  }

  #continue(text: string, line: number): void {
    const place = { file: this.#file, line };
    if (this.#open === undefined) throw dpkgInvalid("a stanza begins with a field, not with a space", place);
    const rest = text.slice(1);
    if (rest.trim() === "") throw dpkgInvalid("a line of spaces within a value", place);
    this.#open.lines.push(rest);
  }

  #begin(text: string, line: number): void {
    this.#closeField();
    const place = { file: this.#file, line };
    const colon = text.indexOf(":");
    if (colon < 0) throw dpkgInvalid(`"${shown(text)}" has no colon after a field's name`, place);
    const name = text.slice(0, colon).trimEnd();
    if (name === "" || name.length > MAX_NAME || !/^[!-,.-9;-~][!-9;-~]*$/.test(name))
      throw dpkgInvalid(`"${shown(name)}" is no name of a field`, place);
    const key = name.toLowerCase();
    if (this.#fields.has(key)) throw dpkgInvalid(`the field ${shown(name)} stands twice in a stanza`, place);
    if (this.#fields.size >= MAX_FIELDS)
      throw dpkgInvalid(`more than ${MAX_FIELDS} fields in a stanza`, place);
    this.#open = { name: key, line, lines: [text.slice(colon + 1)] };
    // Its place is taken at once, so that the order is that of the file.
    this.#fields.set(key, { value: "", line });
  }

  #closeField(): void {
    if (this.#open === undefined) return;
    const { name, line, lines } = this.#open;
    this.#fields.set(name, { value: lines.join("\n").trim(), line });
    this.#open = undefined;
  }
}

/** As isspace(3) has it; the line feed ends lines. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
