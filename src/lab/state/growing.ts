// A list that grows in place for as long as nobody holds what it was.

export class Growing<T> {
  #items: T[] = [];
  #isHeld = false;

  push(item: T): void {
    if (this.#isHeld) this.#items = [...this.#items];
    this.#isHeld = false;
    this.#items.push(item);
  }

  /** Never changes once it is given out: the next addition makes a copy first. */
  get items(): readonly T[] {
    this.#isHeld = true;
    return this.#items;
  }

  /** Puts an item in the place of all others. */
  replaceAll(item: T): void {
    this.#items = [item];
    this.#isHeld = false;
  }
}
