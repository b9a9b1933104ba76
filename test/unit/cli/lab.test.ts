import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { lab, result } from './run.ts';

const GAUSSIAN = ['--family', 'gaussian', '--params', 'mu=0,sigma=1'];

test('help lists every command and explains each', async () => {
  const { status, output } = await lab(['help']);
  expect(status).toBe(0);
  for (const name of Object.keys(COMMANDS)) {
    expect(output).toContain(`  ${name} `);
    const own = await lab(['help', name]);
    expect(own).toMatchObject({ status: 0, errors: '' });
    expect(own.output).toContain(`lab -- ${name}`);
    expect((await lab([name, '--help'])).output).toBe(own.output);
  }
  expect((await lab([])).output).toBe(output);
});

test.each([
  [['dance'], 'unknown command "dance"'],
  [['help', 'dance'], 'unknown command "dance"'],
  [['splits', '--colour'], "Unknown option '--colour'"],
  [['splits', 'now'], 'unexpected "now"'],
  [['splits', '--selection', 'some'], '--selection is "some"'],
  [['parse'], 'a word is missing'],
  [['parse', 'poem'], 'unexpected "poem"'],
  [['distribution'], '--family is missing'],
  [['distribution', '--family', 'gauss', '--params', 'mu=0'], 'gauss'],
  [['distribution', '--family', 'gaussian', '--params', 'mu=0,sigma=0'], 'sigma'],
  [['distribution', '--family', 'gaussian', '--params', 'mu=0,sigma=x'], 'sigma has "x"'],
  [['distribution', '--family', 'gaussian', '--params', 'mu=0,mu=1'], 'mu twice'],
  [['distribution', '--family', 'gaussian', '--params', 'mu'], '"mu"'],
  // T6
  [['distribution', '--family', 'gaussian', '--params', 'mu=0,sigma=1,__proto__=1'], '"__proto__"'],
  [['targets', '--family', 'gaussian', '--params', 'mu=0,sigma=1,constructor=1'], '"constructor"'],
  [['distribution', ...GAUSSIAN, '--quantiles', '1.5'], '--quantiles has 1.5'],
  [['distribution', ...GAUSSIAN, '--at', '1,,2'], '--at has ""'],
  [['distribution', ...GAUSSIAN, '--at'], '--at'],
  [['targets', ...GAUSSIAN, '--decimals', '13'], 'decimals is 13'],
  [['targets', ...GAUSSIAN, '--bins', '1'], 'bins is 1'],
  [['targets', '--choices', 'no-such-file.json'], 'no-such-file.json cannot be read'],
  [['targets', ...GAUSSIAN, '--choices', 'x.json'], '--family and --choices'],
  [['splits', '--out', 'no/such/folder/x.json'], 'no/such/folder/x.json cannot be written'],
])('%j is refused in one line', async (line, what) => {
  const { status, output, errors } = await lab(line);
  expect(status).toBe(2);
  expect(output).toBe('');
  expect(errors).toMatch(/^error: .+; .+\n$/);
  expect(errors).toContain(what);
});

test('splits has the paper’s 2,671 prompts, or the selected ones', async () => {
  type Splits = Record<'train' | 'test_unseen_params' | 'test_ood_family', { prompt: string }[]>;
  const full = await result<Splits>(['splits']);
  expect(full.train.length + full.test_unseen_params.length + full.test_ood_family.length).toBe(
    2671,
  );
  expect(full.train[0]).toMatchObject({ id: 'uniform_a_m5_b_m4', family: 'uniform', tier: 'I' });
  const selected = await result<Splits>(['splits', '--selection', 'paper_selected']);
  expect(selected.test_unseen_params).toHaveLength(24);
  expect(selected.test_ood_family).toHaveLength(18);
});

test('distribution takes negative numbers either way, and prints null for what is infinite', async () => {
  const line = ['distribution', ...GAUSSIAN];
  const spaced = await result([...line, '--at', '-1,0.5', '--quantiles', '0.5,1']);
  expect(spaced).toEqual({
    pdf: [expect.closeTo(0.24197072451914337, 15), expect.closeTo(0.3520653267642995, 15)],
    cdf: [expect.closeTo(0.15865525393145702, 15), expect.closeTo(0.6914624612740131, 15)],
    ppf: [0, null],
    mean: 0,
    variance: 1,
    support: [null, null],
  });
  expect(await result([...line, '--at=-1,0.5', '--quantiles', '0.5,1'])).toEqual(spaced);
  const poisson = ['distribution', '--family', 'poisson', '--params', 'lambda=2', '--at', '0'];
  expect(await result(poisson)).toMatchObject({ pmf: [expect.closeTo(Math.exp(-2), 15)] });
});

test('targets prints the answers, and with --out into a file', async () => {
  const line = ['targets', '--family', 'bernoulli', '--params', 'p=0.25'];
  const expected = {
    values: ['0', '1'],
    probabilities: [0.75, 0.25],
    lower_bound: 0,
    upper_bound: 1,
    entropy: expect.closeTo(0.5623351446188083, 14) as number,
    trie: { nodes: 3, depth: 1 },
  };
  expect(await result(line)).toEqual(expected);
  const full = await result([...line, '--full']);
  const [zero, one] = ['0', '1'].map((digit) => digit.codePointAt(0)! + 1);
  expect(full).toMatchObject({
    prefixes: [
      { prefix: [], next: [zero, one], probabilities: [0.75, 0.25] },
      { prefix: [zero], next: [0], probabilities: [1] },
      { prefix: [one], next: [0], probabilities: [1] },
    ],
  });
  const path = join(await mkdtemp(join(tmpdir(), 'lab-')), 'targets.json');
  expect(await lab([...line, '--out', path])).toEqual({ status: 0, output: '', errors: '' });
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(expected);
});

test('targets takes a user’s own choices', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'lab-')), 'choices.json');
  await writeFile(
    path,
    '[{"value":"heads","weight":1},{"value":"tails","weight":3},{"value":"edge","weight":0}]',
  );
  expect(await result(['targets', '--choices', path])).toMatchObject({
    values: ['heads', 'tails', 'edge'],
    probabilities: [0.25, 0.75, 0],
    lower_bound: null,
    trie: { nodes: 11, depth: 5 },
  });
  await writeFile(path, '[{"value":"heads"}]');
  const { status, errors } = await lab(['targets', '--choices', path]);
  expect([status, errors]).toEqual([2, expect.stringContaining('weight')]);
});

test('score reports on outputs, one a line', async () => {
  const report = await result(['score', ...GAUSSIAN], '0.1\n0.5\r\n-1\nfoo\n<think>2</think>');
  expect(report).toMatchObject({
    n: 5,
    valid_rate: 0.6,
    support_violation_rate: 0,
    sample_mean: expect.closeTo(-0.4 / 3, 14) as number,
    gof: { test: 'ks', p_value: expect.closeTo(0.8629367731074884, 12) as number },
    anderson: null,
  });
  expect(await result(['score', ...GAUSSIAN])).toMatchObject({
    n: 0,
    valid_rate: null,
    wasserstein_1: null,
    total_variation: null,
    excess_total_variation: null,
    gof: { test: 'ks', statistic: null, p_value: null },
  });
});

test('parse prints one record a line', async () => {
  const input = ['1e400', '<think>a</think>-0', 'x'].map((text) => JSON.stringify(text)).join('\n');
  const { output } = await lab(['parse', 'number'], input);
  expect(
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { valid: true, value: null, value_repr: 'inf', error: null, stripped: '1e400' },
    { valid: true, value: 0, value_repr: '-0.0', error: null, stripped: '-0' },
    { valid: false, value: null, value_repr: null, error: 'malformed', stripped: 'x' },
  ]);
  expect(await result(['parse', 'open'], '"\\" New   York \\""')).toMatchObject({
    normalized: 'New York',
  });
  expect(await result(['parse', 'mcq'], '"Question: Why?\\nA. x"')).toMatchObject({
    question_text: 'Why?',
    option_a: 'x',
    option_b: '',
    is_parseable: false,
  });
  const { status, errors } = await lab(['parse', 'open'], '"fine"\n7\n');
  expect([status, errors]).toEqual([2, expect.stringContaining('line 2')]);
});
