// Command lines that once went wrong, by the entry of the fault. `@` at the beginning of a word is the folder
// of the line's own files, `:` is test/golden.

const on = (family, params) => ['--family', family, '--params', params];
const BERNOULLI = on('bernoulli', 'p=0.3');
const exactly = (...more) => ['exact', ...BERNOULLI, ...more];
const targets = (family, params, ...more) => ['targets', ...on(family, params), ...more];

const study = (config) => ({
  line: ['study', '--config', '@config.json', '--out', '@study'],
  files: { 'config.json': config },
});
const choices = (...values) => ({
  line: ['targets', '--choices', '@choices.json'],
  files: { 'choices.json': values.map((value) => ({ value, weight: 1 })) },
});

export const FAULTS = [
  { entry: 'T1', line: targets('poisson', 'lambda=2000') },
  { entry: 'T1', line: targets('negative_binomial', 'r=50,p=0.01') },
  { entry: 'T2', line: targets('uniform', 'a=0.001,b=0.002') },
  { entry: 'T2', line: targets('pareto', 'alpha=0.005,xm=100') },
  { entry: 'T2', line: targets('lognormal', 'mu=0,sigma=300') },
  { entry: 'T5', ...choices(...Array.from({ length: 4000 }, (_, i) => 'a'.repeat(i + 1))) },
  {
    entry: 'T6',
    ...study(
      '{"data":{"distribution":{"family":"uniform","params":{"a":0,"b":1,"__proto__":{"x":1}}}},' +
        '"arms":[{"method":"none"}],"evaluation":{"splits":["train"],"drift":false}}',
    ),
  },
  { entry: 'T7', line: targets('poisson', 'lambda=1e300') },
  { entry: 'T7', line: targets('geometric', 'p=1e-300') },
  { entry: 'T7', line: targets('gaussian', 'mu=0,sigma=1e6', '--bins=1000000') },
  {
    entry: 'T7',
    ...study({
      arms: Array.from({ length: 10_000 }, (_, i) => ({ name: `a${i}`, method: 'soft' })),
    }),
  },
  { entry: 'T8', line: ['parse', 'open'], input: JSON.stringify(`a${' '.repeat(2 ** 20)}a`) },
  { entry: 'E3', ...choices('heads', 'heads ') },
  { entry: 'E3', ...choices('café', 'cafe\u0301') },
  {
    entry: 'E6',
    ...study({
      data: { distribution: { family: 'bernoulli', params: { p: 0.5 } } },
      arms: [{ method: 'none' }],
      evaluation: {
        splits: ['train'],
        open: true,
        data: { open: ['a', 'b'].map((prompt) => ({ id: '1', prompt })) },
      },
    }),
  },
  { entry: 'M2', line: exactly('--model', ':faults/date-in-prompt/model') },
  { entry: 'M3', line: exactly('--model', ':faults/tools-undefined/model-is-not-none') },
  {
    entry: 'M4',
    line: [
      ...['targets', '--choices', ':faults/digits-nonascii/choices.json', '--full'],
      ...['--tokenizer', ':faults/digits-nonascii/tokenizer'],
    ],
  },
  {
    entry: 'M5',
    line: [
      ...['forward', '--input', '@sequences.json', '--out', '@logits.safetensors'],
      ...['--model', ':faults/orthogonal-refused/model'],
      ...['--adapter', ':faults/orthogonal-refused/adapter'],
    ],
    files: { 'sequences.json': { sequences: [[1, 2, 3]] } },
  },
  { entry: 'M6', line: exactly('--model', ':faults/mlx-quantised-message/model') },
  { entry: 'W1', ...study('\ufeff{"seed":-1}') },
  {
    entry: 'W1',
    line: ['targets', '--choices', '@choices.json'],
    files: { 'choices.json': '\ufeff[{"value":"a","weight":1}]' },
  },
  { entry: 'H6', line: ['bench', '--product-size=1e9'] },
  {
    entry: 'H6',
    line: [
      ...['merge', '--model', ':models/llama', '--adapter', ':models/llama/adapter'],
      ...['--out', '/proc/merged'],
    ],
  },
  { entry: 'H6', line: ['pretrain', '--folder', '@model', '--checkpoint', '@state', '--steps=0'] },
  { entry: 'H6', line: ['sample', '--prompt', 'a', '--n=1e400'] },
];
