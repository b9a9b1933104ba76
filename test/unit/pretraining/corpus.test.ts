// The corpus: one recipe, one text; well-formed tries; everything in the tokenizer's reach.
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { createCorpus } from '../../../src/pretraining/corpus.ts';
import { RECIPE } from '../../../src/pretraining/recipe.ts';
import {
  builtinTokenizerFiles,
  corpusEncoder,
} from '../../../src/pretraining/tokenizer/builtin-tokenizer.ts';
import { corpusPaths } from './paths.ts';

const files = builtinTokenizerFiles(RECIPE);
const tokenizer = new Tokenizer(files.tokenizer, files.config);
const corpus = createCorpus(RECIPE, corpusEncoder(files));
const examplesOf = (step: number) => corpus(step).groups.flat();
const decode = (ids: ArrayLike<number>) =>
  tokenizer.decode(Array.from(ids), { skip_special_tokens: false });

describe('corpus', () => {
  it('depends on the recipe and the step alone', () => {
    const again = createCorpus(RECIPE, corpusEncoder(files));
    expect(again(7)).toEqual(corpus(7));
    expect(again(8)).not.toEqual(corpus(7));
  });

  it('has the rows and the kinds that the recipe names', () => {
    const examples = examplesOf(0);
    expect(examples).toHaveLength(RECIPE.parts.reduce((sum, { rows }) => sum + rows, 0));
    for (const { rows, kinds } of RECIPE.parts) {
      expect(rows % RECIPE.rowsPerPass).toBe(0);
      expect(Object.values(kinds).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  it('is made of well-formed supervisions', () => {
    for (const { prompt, supervision: trie } of examplesOf(3)) {
      expect(prompt.length).toBeGreaterThan(0);
      expect(trie.parent[0]).toBe(-1);
      for (let node = 0; node < trie.nodeCount; node++) {
        if (node > 0) {
          const parent = trie.parent[node]!;
          expect(parent).toBeLessThan(node);
          expect(trie.depth[node]).toBe(trie.depth[parent]! + 1);
        }
        const [start, end] = [trie.targetStart[node]!, trie.targetStart[node + 1]!];
        const sum = trie.targetProbability.slice(start, end).reduce((a, b) => a + b, 0);
        if (trie.weight[node]! > 0) expect(sum).toBeCloseTo(1, 12);
        else expect(end).toBe(start);
      }
      expect(trie.normalizer).toBeCloseTo(
        trie.weight.reduce((a, b) => a + b, 0),
        9,
      );
    }
  });

  it('answers sampling prompts with a few favourites and nothing else', () => {
    let sampled = 0;
    for (let step = 0; step < 30; step++) {
      for (const example of examplesOf(step)) {
        const prompt = decode(example.prompt);
        const answers = corpusPaths(example.supervision);
        if (!/random/.test(prompt)) continue;
        sampled++;
        const shares = answers.map(({ weight }) => weight);
        expect(answers.length).toBeLessThanOrEqual(4);
        expect(Math.max(...shares) / shares.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.8);
      }
    }
    expect(sampled).toBeGreaterThan(100);
  });

  it('states facts for every question of a knowledge prompt, each with one answer', () => {
    for (const example of examplesOf(11)) {
      if (!decode(example.prompt).startsWith('<|user|>Describe')) continue;
      const facts = corpusPaths(example.supervision).map(({ tokens }) => decode(tokens));
      const questions = facts.map((fact) => fact.split('=')[0]);
      expect(new Set(questions).size).toBe(questions.length);
      for (const fact of facts) {
        expect(fact).toMatch(/^(q\d\d|low|high|mean|sd|[A-Za-z]+\d?)=-?\d+(\.\d\d)?<\|end\|>$/);
      }
    }
  });
});
