// `lab targets`: the answers to a prompt, their probabilities and their trie.
import { readFile } from 'node:fs/promises';
import { InputError } from '../../src/core/errors.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { choiceSpace, possibleAnswers } from '../../src/core/targets/choices.ts';
import { prefixTargets } from '../../src/core/targets/prefix-targets.ts';
import { entropyOf, type OutputSpace } from '../../src/core/targets/space.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import {
  DISTRIBUTION_OPTIONS,
  readDistribution,
  readSpace,
  SPACE_OPTIONS,
} from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command: Command = {
  usage: 'targets --family F --params k=v,… | --choices FILE [--tokenizer DIR] [--full]',
  description: [
    'Prints {"values":[…],"probabilities":[…],"lower_bound","upper_bound","entropy","trie":{"nodes","depth"}}.',
    'The trie is over the tokens of a tokenizer, else over characters (id = code point + 1, end = 0);',
    'depth is the number of tokens of the longest answer. Answers without probability are not in it.',
    'With --full also "prefixes":[{"prefix":[ids],"next":[ids],"probabilities":[…]}…] in the order',
    'of insertion.',
  ].join('\n'),
  options: {
    ...DISTRIBUTION_OPTIONS,
    ...SPACE_OPTIONS,
    choices: {
      value: 'FILE',
      help: 'instead of a family: JSON [{"value":"heads","weight":1},…]',
    },
    tokenizer: { value: 'DIR', help: 'a folder with tokenizer.json, as models have it' },
    full: { help: 'list every prefix of the trie' },
  },
  async run(args, terminal) {
    const space = await readAnswers(args);
    const { encode, endToken } = await readTokenizer(args);
    const trie = buildTrie(possibleAnswers(space), encode, endToken);
    await writeResult(terminal, args, {
      values: space.values,
      probabilities: space.probabilities,
      lower_bound: space.lowerBound,
      upper_bound: space.upperBound,
      entropy: entropyOf(space.probabilities),
      trie: { nodes: trie.nodeCount, depth: trie.depth.reduce((a, b) => Math.max(a, b), 0) },
      ...(args.flag('full') ? { prefixes: prefixTargets(trie) } : {}),
    });
  },
};

async function readAnswers(args: Arguments): Promise<OutputSpace> {
  const path = args.text('choices');
  if (path === undefined) return readSpace(args, readDistribution(args));
  if (args.text('family') !== undefined) {
    throw new InputError('--family and --choices are both given', 'give one of them', 'choices');
  }
  try {
    return choiceSpace(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${path} cannot be read (${(error as Error).message})`,
      'give a JSON file with a list of {"value","weight"}',
      'choices',
    );
  }
}

async function readTokenizer(args: Arguments) {
  const directory = args.text('tokenizer');
  if (directory === undefined) {
    return {
      encode: (text: string) => Array.from(text, (character) => character.codePointAt(0)! + 1),
      endToken: 0,
    };
  }
  const { nodeFolder } = await import('../model-folder.ts');
  const { loadTokenizer } = await import('../../src/model/tokenizer/tokenizer.ts');
  const tokenizer = await loadTokenizer(await nodeFolder(directory));
  return {
    encode: (text: string) => tokenizer.encodeAnswer(text),
    endToken: tokenizer.endToken,
  };
}
