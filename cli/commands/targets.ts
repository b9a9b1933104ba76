// `lab targets`: the answers to a prompt, their probabilities and their trie.
import { InputError } from '../../src/core/errors.ts';
import { buildTrie } from '../../src/core/targets/build-trie.ts';
import { choiceSpace, possibleAnswers } from '../../src/core/targets/choices.ts';
import { prefixTargets } from '../../src/core/targets/prefix-targets.ts';
import { entropyOf, type OutputSpace } from '../../src/core/targets/space.ts';
import { defineCommand } from '../command.ts';
import { readJson } from '../in-file.ts';
import { flag, kinds, option, type Values } from '../options.ts';
import {
  DISTRIBUTION_OPTIONS,
  FAMILY,
  readDistribution,
  readSpace,
  SPACE_OPTIONS,
} from '../target-options.ts';
import { writeResult } from '../terminal.ts';

export const command = defineCommand({
  usage: '--family F --params k=v,… | --choices FILE',
  description: [
    'Prints {"values":[…],"probabilities":[…],"lower_bound","upper_bound","entropy","trie":{"nodes","depth"}}.',
    'The trie is over the tokens of a tokenizer, else over characters (id = code point + 1, end = 0);',
    '"cut" is the probability beyond the last answer where the rules of the paper cut the answers;',
    'depth is the number of tokens of the longest answer. Answers without probability are not in it.',
    'With --full also "prefixes":[{"prefix":[ids],"next":[ids],"probabilities":[…]}…] in the order',
    'of insertion.',
  ].join('\n'),
  options: {
    ...DISTRIBUTION_OPTIONS,
    family: FAMILY,
    ...SPACE_OPTIONS,
    choices: option(
      'FILE',
      'instead of a family: JSON [{"value":"heads","weight":1},…]',
      kinds.some,
    ),
    tokenizer: option('DIR', 'a folder with tokenizer.json, as models have it', kinds.some),
    full: flag('list every prefix of the trie'),
  },
  async run(options, terminal) {
    const space = await readAnswers(options);
    const { encode, endToken } = await readTokenizer(options.tokenizer);
    const trie = buildTrie(possibleAnswers(space), encode, endToken);
    await writeResult(terminal, options, {
      values: space.values,
      probabilities: space.probabilities,
      lower_bound: space.lowerBound,
      upper_bound: space.upperBound,
      ...(space.cut > 0 ? { cut: space.cut } : {}),
      entropy: entropyOf(space.probabilities),
      trie: { nodes: trie.nodeCount, depth: trie.depth.reduce((a, b) => Math.max(a, b), 0) },
      ...(options.full ? { prefixes: prefixTargets(trie) } : {}),
    });
  },
});

async function readAnswers({
  family,
  choices,
  ...options
}: Omit<Values<typeof DISTRIBUTION_OPTIONS & typeof SPACE_OPTIONS>, 'family'> & {
  readonly family: string | undefined;
  readonly choices: string | undefined;
}): Promise<OutputSpace> {
  if (family !== undefined && choices !== undefined) {
    throw new InputError('--family and --choices are both given', 'give one of them', 'choices');
  }
  if (choices !== undefined) return choiceSpace(await readJson(choices, 'choices'));
  if (family === undefined) {
    throw new InputError('--family is missing', 'add --family, or --choices', 'family');
  }
  return readSpace(readDistribution({ ...options, family }), options);
}

async function readTokenizer(directory: string | undefined) {
  if (directory === undefined) {
    return {
      encode: (text: string) => Array.from(text, (character) => character.codePointAt(0)! + 1),
      endToken: 0,
    };
  }
  const { nodeFolder } = await import('../model-folder.ts');
  const { modelFolder } = await import('../../src/model/gguf-folder.ts');
  const { loadTokenizer } = await import('../../src/model/tokenizer/tokenizer.ts');
  const tokenizer = await loadTokenizer(await modelFolder(await nodeFolder(directory)));
  return {
    encode: (text: string) => tokenizer.encodeAnswer(text),
    endToken: tokenizer.endToken,
  };
}
