// `lab bench`: how fast the lab is beside stock tfjs and jax-js, on this machine.
import { readFile } from 'node:fs/promises';
import { InputError } from '../../src/core/errors.ts';
import type { BenchOptions, Part } from '../../bench/measure.ts';
import { SIZES } from '../../bench/problem.ts';
import type { Command } from '../command.ts';
import type { Arguments } from '../arguments.ts';
import { startNodeBackend } from '../backend.ts';
import { BUILTIN } from '../open-model.ts';
import { writeResult } from '../terminal.ts';

const PARTS: readonly Part[] = ['matmul', 'train'];
const PEERS = ['stock', 'jax-js'] as const;

export const command: Command = {
  usage:
    'bench [--backend wasm|webgpu] [--sizes builtin,15m,135m] [--parts matmul,train] [--peers stock,jax-js] [--steps N] [--prompts N]',
  description: [
    'Takes the same training step with the lab, with stock tfjs and with jax-js: same weights, same',
    'packed batch, same losses (or there is no result), and prints seconds, ratios, dispatches and the',
    'fraction of the best rate of plain products measured here, as JSON. A step has --prompts prompts',
    '(default 8) of --prompt-tokens tokens (default 40) with --paths sampled answers each (default 16).',
  ].join('\n'),
  options: {
    sizes: { value: 'LIST', help: 'models: builtin, 15m, 135m (default builtin)' },
    parts: { value: 'LIST', help: 'what to measure: matmul, train (default both)' },
    peers: { value: 'LIST', help: 'beside whom: stock, jax-js (default both)' },
    steps: { value: 'N', help: 'timed steps of each (default 5)' },
    prompts: { value: 'N', help: 'prompts per step (default 8)' },
    'prompt-tokens': { value: 'N', help: 'tokens of a prompt (default 40)' },
    paths: { value: 'N', help: 'answers per prompt (default 16)' },
  },
  async run(args, terminal) {
    const backend = args.choice('backend', ['wasm', 'webgpu'], 'wasm');
    const config = JSON.parse(await readFile(`${BUILTIN}/config.json`, 'utf8')) as unknown;
    const options: BenchOptions = {
      sizes: list(args, 'sizes', SIZES, ['builtin']),
      parts: list(args, 'parts', PARTS, PARTS),
      peers: list(args, 'peers', PEERS, PEERS),
      steps: atLeastOne(args, 'steps', 5),
      prompts: atLeastOne(args, 'prompts', 8),
      promptTokens: atLeastOne(args, 'prompt-tokens', 40),
      paths: atLeastOne(args, 'paths', 16),
      config,
    };
    if (backend === 'webgpu') {
      const { benchInChromium } = await import('../bench-in-chromium.ts');
      return writeResult(terminal, args, { backend, ...(await benchInChromium(options)) });
    }
    const { measure } = await import('../../bench/measure.ts');
    await startNodeBackend('wasm');
    const versions = { node: process.version };
    await writeResult(terminal, args, { backend, versions, ...(await measure(options, 'wasm')) });
  },
};

/** A comma-separated list of known names. @throws InputError naming the option */
function list<Name extends string>(
  args: Arguments,
  option: string,
  known: readonly Name[],
  otherwise: readonly Name[],
): Name[] {
  const text = args.text(option);
  if (text === undefined) return [...otherwise];
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found !== undefined) return found;
    throw new InputError(
      `--${option} has ${JSON.stringify(name)}`,
      `use some of ${known.join(', ')}`,
      option,
    );
  });
}

function atLeastOne(args: Arguments, option: string, otherwise: number): number {
  const value = args.integer(option, otherwise);
  if (value >= 1) return value;
  throw new InputError(`--${option} is ${value}`, 'give at least 1', option);
}
