import { isSpace } from "./space.ts";

/** Cuts a running text into words at white space that was not quoted or escaped. */
export class WordCutter {
  readonly #words: string[] = [];
  readonly #read: () => string;
  readonly #write: (text: string) => void;
  readonly #active: boolean;
  #inWord = false;

  constructor(active: boolean, read: () => string, write: (text: string) => void) {
    this.#active = active;
    this.#read = read;
    this.#write = write;
  }

  add(text: string): string {
    if (!this.#active) return text;
    for (const char of text) {
      if (!isSpace(char)) this.addRaw(char);
      else if (this.#inWord && this.#read() !== "") this.#push();
    }
    return text;
  }

  addRaw(text: string): string {
    if (!this.#active) return text;
    this.#write(this.#read() + text);
    this.#inWord = true;
    return text;
  }

  finish(): readonly string[] {
    if (this.#read() !== "") this.#push();
    return this.#words;
  }

  #push(): void {
    this.#words.push(this.#read());
    this.#write("");
    this.#inWord = false;
  }
}
