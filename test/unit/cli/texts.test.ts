// W1: every text that a command reads, from a file or standard input, may begin with a byte order mark
// and may end its lines in CRLF; other encodings are named.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readExperiment } from '../../../cli/experiment-options.ts';
import { lab, result } from './run.ts';

const MARK = '\ufeff';
const QUESTIONS =
  '{"question":"q?","choices":["a","b"],"answer":1}\r\n\r\n{"question":"q2?","choices":["a","b"],"answer":"0"}\r\n';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'texts-'));
});

async function marked(name: string, text: string): Promise<string> {
  const path = join(root, name);
  await writeFile(path, MARK + text);
  return path;
}

test('W1: --config and files of one’s own', async () => {
  const experiment = await readExperiment({
    config: await marked('bom.json', '{"seed":7}\r\n'),
    ...{ model: undefined, weights: undefined, seed: undefined, seeds: undefined },
    open: [await marked('open.json', '["Name a tool."]')],
    novelty: [await marked('novelty.jsonl', '{"id":"a","prompt":"Why?"}\r\n')],
    questions: [await marked('q-bom-crlf.jsonl', QUESTIONS)],
    texts: [await marked('text.txt', 'One.\r\nTwo.')],
  });
  const { open, novelty, questions, texts } = experiment.evaluation.data;
  expect(experiment.seed).toBe(7);
  expect(open).toMatchObject([{ prompt: 'Name a tool.' }]);
  expect(novelty).toMatchObject([{ id: 'a', prompt: 'Why?' }]);
  expect(questions![0]!.questions).toHaveLength(2);
  expect(texts![0]!.text.startsWith('One.')).toBe(true);
});

test('W1: --config as the JSON itself', async () => {
  const config = `${MARK}{"seed":7}`;
  const none = { model: undefined, weights: undefined, seed: undefined, seeds: undefined };
  const files = { open: undefined, novelty: undefined, questions: undefined, texts: undefined };
  expect((await readExperiment({ config, ...none, ...files })).seed).toBe(7);
});

test('W1: --choices', async () => {
  const path = await marked('bom-choices.json', '[{"value":"a","weight":1}]');
  expect(await result(['targets', '--choices', path])).toMatchObject({ values: ['a'] });
});

test('W1: standard input of score and parse', async () => {
  const score = ['score', '--family', 'gaussian', '--params', 'mu=0,sigma=1'];
  const report = await result(score, `${MARK}0.1\r\n0.5\r\n`);
  expect(report).toMatchObject({ n: 2, valid_rate: 1 });
  const parsed = await result(['parse', 'number'], `${MARK}"7"\r\n`);
  expect(parsed).toMatchObject({ valid: true, value: 7 });
});

test.each([
  ['UTF-16', Buffer.from(`${MARK}"7"\n`, 'utf16le')],
  ['UTF-16', Buffer.from(`${MARK}"7"\n`, 'utf16le').swap16()],
  ['UTF-16', Buffer.from('"7"\n', 'utf16le')],
  ['UTF-32', Buffer.from(Uint32Array.of(0xfeff, 0x22, 0x37, 0x22).buffer)],
])('W1: standard input in %s is refused by name', async (encoding, input) => {
  const score = ['score', '--family', 'gaussian', '--params', 'mu=0,sigma=1'];
  for (const line of [score, ['parse', 'number']]) {
    const { status, errors } = await lab(line, input);
    expect({ status, errors }).toEqual({
      status: 2,
      errors: `error: standard input is ${encoding} text, not UTF-8; Save it as UTF-8.\n`,
    });
  }
});
