/** Bytes in a block; a longer text lies by itself. */
const block = 4_194_304;
const longest = 65_536;

/**
 * The texts of a book, by their place. As bytes in a few blocks: a million texts as strings of their own would take
 * several times the room.
 */
export class TextStore {
  readonly #blocks: Buffer[] = [];
  readonly #long = new Map<number, string>();
  /** Where each begins, counted over all blocks; how many bytes it has. */
  #starts = new Float64Array(4096);
  #lengths = new Uint16Array(4096);
  #count = 0;
  #used = block;

  add(text: string): void {
    if (this.#count === this.#starts.length) this.#grow();
    // Three bytes are the most that one unit of UTF-16 needs.
    if (text.length * 3 < longest) this.#write(text);
    else this.#long.set(this.#count, text);
    this.#count += 1;
  }

  get(at: number): string | undefined {
    if (!(at >= 0 && at < this.#count)) return undefined;
    const start = this.#starts[at] ?? 0;
    const within = start % block;
    return (
      this.#long.get(at) ??
      this.#blocks[(start - within) / block]?.toString(
        'utf8',
        within,
        within + (this.#lengths[at] ?? 0),
      )
    );
  }

  #write(text: string): void {
    if (this.#used + text.length * 3 > block) {
      this.#blocks.push(Buffer.allocUnsafeSlow(block));
      this.#used = 0;
    }
    const last = this.#blocks.length - 1;
    const length = this.#blocks[last]?.write(text, this.#used, 'utf8') ?? 0;
    this.#starts[this.#count] = last * block + this.#used;
    this.#lengths[this.#count] = length;
    this.#used += length;
  }

  #grow(): void {
    const starts = new Float64Array(this.#starts.length * 2);
    const lengths = new Uint16Array(starts.length);
    starts.set(this.#starts);
    lengths.set(this.#lengths);
    this.#starts = starts;
    this.#lengths = lengths;
  }
}
