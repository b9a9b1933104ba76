// Small tokenizers that cut numbers in the ways found in the wild, all from the tiny golden one.
import { readFileSync } from 'node:fs';

const tiny = new URL('../../../golden/tokenizer/tokenizer.json', import.meta.url);

interface Definition {
  normalizer: unknown;
  pre_tokenizer: unknown;
  decoder: unknown;
  added_tokens: { content: string; id: number }[];
  model: {
    vocab: Record<string, number>;
    merges: unknown[];
    ignore_merges: boolean;
    [key: string]: unknown;
  };
}

/** Merges `12`, `00` and `123`, as in the file. */
export const irregular = (): Definition => JSON.parse(readFileSync(tiny, 'utf8')) as Definition;

/** One token per digit. */
export function singleDigits(): Definition {
  const definition = irregular();
  const { model } = definition;
  model.merges = model.merges.filter((merge) => !/\d/.test(String(merge)));
  for (const piece of ['12', '00', '123']) delete model.vocab[piece];
  return definition;
}

/** As Llama 3: runs of up to three digits, each a token of its own; merges are not asked. */
export function groupsOfThree(): Definition {
  const definition = singleDigits();
  const { model } = definition;
  let id = Math.max(...Object.values(model.vocab)) + 1;
  for (let i = 0; i < 1000; i++) {
    for (const width of [2, 3]) {
      const piece = String(i).padStart(width, '0');
      if (piece.length === width) model.vocab[piece] ??= id++;
    }
  }
  model.ignore_merges = true;
  definition.pre_tokenizer = {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: { Regex: '\\p{N}{1,3}| ?[^\\s\\p{N}]+|\\s+' },
        behavior: 'Isolated',
        invert: false,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  };
  return definition;
}

/** As Llama 2: no cuts before merging, and a marker in front that merges with a minus sign. */
export function marked(): Definition {
  const definition = singleDigits();
  const { model } = definition;
  const id = Math.max(...Object.values(model.vocab)) + 1;
  model.vocab['▁'] = id;
  model.vocab['▁-'] = id + 1;
  model.merges.push(['▁', '-']);
  definition.normalizer = { type: 'Prepend', prepend: '▁' };
  definition.pre_tokenizer = null;
  definition.decoder = {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  };
  return definition;
}
