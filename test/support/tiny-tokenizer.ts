// A hand-made tokenizer for the golden models' vocabulary of 80: one token per digit, a few words.

const WORDS = [
  ...['<unk>', '<s>', '</s>', ...'0123456789.-', ...'abc', 'heads', 'tails', ',', '='],
  ...['Gaussian', 'Uniform', 'Binomial', 'Bernoulli', 'Poisson', 'Geometric', 'Exponential'],
  ...['mu', 'sigma', 'lambda', 'n', 'p', 'random', 'number', 'distribution', 'answer'],
];

/** tokenizer.json; stretches of text that it has no words for become one `<unk>`. */
export const tinyTokenizer = {
  version: '1.0',
  added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  })),
  normalizer: null,
  pre_tokenizer: {
    type: 'Split',
    pattern: { Regex: '[0-9.\\-]|[A-Za-z]+|[^0-9.\\-A-Za-z]' },
    behavior: 'Isolated',
    invert: false,
  },
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
    merges: [],
    unk_token: '<unk>',
    fuse_unk: true,
    ignore_merges: true,
  },
};
