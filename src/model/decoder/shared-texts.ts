// Texts as a forest for the cache: what several of them begin with is there once.

export interface SharedTexts {
  /** [places] token ids; every place comes after its parent. */
  readonly tokens: Int32Array;
  /** [places] the place before each; -1 where a text begins. */
  readonly parents: Int32Array;
  /** [texts][tokens] where the tokens of each text are. */
  readonly places: readonly Int32Array[];
}

export function sharedTexts(texts: readonly (readonly number[])[]): SharedTexts {
  const tokens: number[] = [];
  const parents: number[] = [];
  const beginnings = new Map<number, number>();
  /** Of each place, where the tokens after it are. */
  const next: Map<number, number>[] = [];
  const places = texts.map((text) => {
    let parent = -1;
    return Int32Array.from(text, (token) => {
      const after = parent < 0 ? beginnings : next[parent]!;
      let place = after.get(token);
      if (place === undefined) {
        place = tokens.push(token) - 1;
        parents.push(parent);
        next.push(new Map());
        after.set(token, place);
      }
      return (parent = place);
    });
  });
  return { tokens: Int32Array.from(tokens), parents: Int32Array.from(parents), places };
}
