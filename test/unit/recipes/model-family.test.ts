// The recipe "add a model family": one new file and one line in the list, and its models are models.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type * as Folders from '../../../cli/model-folder.ts';
import type { SeekableFiles } from '../../../src/model/files/model-files.ts';
import type { Results } from '../../../src/lab/results/results.ts';
import type * as Memory from '../../../src/model/memory-estimate.ts';
import type * as Summary from '../../../src/model/sources/model-summary.ts';
import { readTinyFile, tinyModelFiles } from '../../support/tiny-model.ts';
import { lab as labWithout } from '../cli/run.ts';
import { followed } from './recipe.ts';

const { load, html, lab, result, at } = followed({
  list: 'src/model/families/index.ts',
  file: 'finch.ts',
  name: 'finch',
  after: 'qwen2,\n  qwen3,',
});

/** The same weights twice: as they were made, and as a checkpoint of the new family. */
beforeAll(async () => {
  const tiny = await tinyModelFiles();
  const config = JSON.parse(new TextDecoder().decode(await readTinyFile('config.json')));
  const weights = Buffer.from(await readTinyFile('model.safetensors'));
  // Of one length, so that no offset in the header moves.
  const renamed = Buffer.from(
    weights.toString('latin1').replaceAll('"model.', '"finch.'),
    'latin1',
  );
  for (const [folder, type, bytes] of [
    ['qwen3', 'qwen3', weights],
    ['finch', 'finch', renamed],
  ] as const) {
    await mkdir(at(folder));
    const write = (name: string, content: string | Uint8Array) =>
      writeFile(join(at(folder), name), content);
    await write('config.json', JSON.stringify({ ...config, model_type: type }));
    await write('model.safetensors', bytes);
    for (const name of ['tokenizer.json', 'tokenizer_config.json'])
      await write(name, (await tiny(name))!);
  }
});

test('it is on the page of models, with what it takes', async () => {
  const { nodeFolder } = await load<typeof Folders>('/cli/model-folder.ts');
  const { modelSummary } = await load<typeof Summary>('/src/model/sources/model-summary.ts');
  const { estimateMemory } = await load<typeof Memory>('/src/model/memory-estimate.ts');
  const files = (await nodeFolder(at('finch'))) as SeekableFiles;
  const plan = { batch: 8, limit: 2 ** 30, keepsBf16: true, estimate: estimateMemory };
  const summary = await modelSummary({ files, kept: () => 0, gated: false }, plan as never);
  expect(summary).toMatchObject({ family: 'finch', verdict: { kind: 'fits' } });
  const looked = { model: 'hf:birds/finch', summary, tokenizer: null, error: null };
  const models = { looked, fetching: null, fetchError: null, held: {}, isAdapted: () => false };
  const page = await html('/src/ui/models/LookedModel.svelte', {
    ...{ models, chosen: '', batch: 8, onuse() {} },
  });
  expect(page).toMatch(/<dt[^>]*>Family<\/dt>\s*<dd[^>]*>finch<\/dd>/);
});

test('without its line it is refused by the names of those that are known, with it it is one', async () => {
  const line = ['exact', '--family', 'bernoulli', '--params', 'p=0.3', '--model', at('finch')];
  const { status, errors } = await labWithout(line);
  expect(status).toBe(2);
  expect(errors).toMatch(/model_type "finch" is not supported.*Supported are llama, .*qwen3, /);
  expect((await lab(line)).status).toBe(0);
});

test('a study scores it as the same weights in the family that they come from, and trains it', async () => {
  const config = {
    data: { distribution: { family: 'bernoulli', params: { p: 0.9 } } },
    arms: [{ method: 'none' }, { method: 'soft' }],
    training: { steps: 20, batch: 1 },
    evaluation: { splits: ['train'] },
  };
  const results: Record<string, Pick<Results, 'arms'>> = {};
  for (const name of ['qwen3', 'finch']) {
    const out = at(`study-${name}`);
    const line = ['study', '--config', JSON.stringify(config), '--out', out];
    await result([...line, '--model', at(name)]);
    results[name] = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
    // The adapter names the modules that it belongs to.
    const adapter = await readFile(join(out, 'adapters/soft/adapter_model.safetensors'), 'latin1');
    const root = name === 'qwen3' ? 'model' : 'finch';
    expect(adapter).toContain(`base_model.model.${root}.layers.0.self_attn.q_proj.lora_A`);
  }
  const [own, other] = [results.finch!.arms, results.qwen3!.arms];
  expect(own.base!.exact).toEqual(other.base!.exact);
  // An adapter begins at random numbers that belong to the names of its modules.
  expect(own.soft!.summary.train!.kl).toBeLessThan(0.9 * own.base!.summary.train!.kl!);
  const [studies, compared] = [['qwen3', 'finch'].map((name) => at(`study-${name}`)), at('both')];
  await result(['compare', ...studies, '--out', compared]);
  expect(await readFile(join(compared, 'report.md'), 'utf8')).toContain(at('finch'));
});
