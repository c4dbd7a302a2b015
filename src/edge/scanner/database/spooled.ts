/** Where advisories lie in the spool, by number: plain numbers, since there are several for each of a million records. */
export class Spooled {
  #records = new Uint32Array(1024);
  #offsets = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #size = 0;

  /** Gives the number of it. `record`: that of the record that it is from. */
  add(record: number, { offset, length }: Place): number {
    if (this.#size === this.#records.length) this.#grow();
    this.#records[this.#size] = record;
    this.#offsets[this.#size] = offset;
    this.#lengths[this.#size] = length;
    return this.#size++;
  }

  recordOf(number: number): number {
    return this.#records[number] ?? 0;
  }

  placeOf(number: number): Place {
    return { offset: this.#offsets[number] ?? 0, length: this.#lengths[number] ?? 0 };
  }

  #grow(): void {
    const size = this.#size * 2;
    const [records, offsets, lengths] = [
      new Uint32Array(size),
      new Float64Array(size),
      new Uint32Array(size),
    ];
    records.set(this.#records);
    offsets.set(this.#offsets);
    lengths.set(this.#lengths);
    this.#records = records;
    this.#offsets = offsets;
    this.#lengths = lengths;
  }
}

export interface Place {
  readonly offset: number;
  readonly length: number;
}
