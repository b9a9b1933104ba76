// The main paths of the page in every engine: written once, walked in Chromium and in Firefox.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { built } from './serve.ts';
import { inEveryEngine } from './visit/engines.ts';
import { type Host, serveAs } from './visit/host.ts';
import type { Visitor } from './visit/visitor.ts';

/** A run of a few seconds on WebAssembly. */
const SMALL =
  '?backend=wasm#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=4&training.batch=1&training.learning_rate=0.005&training.warmup=0' +
  '&evaluation.splits=["train"]';

/** What is shown of it when it is done. */
const SHOWN = /After 4 steps, .* of soft’s answers would have to change/;
const EVERYTHING =
  'Download Bernoulli (p = 0.5) with everything as a zip that opens in any browser';
/** Of the same experiment, trained and scored by PyTorch from an exported folder. */
const BY_PYTORCH = ['results.json', 'answers.json'].map((name) =>
  fileURLToPath(new URL(`../golden/pytorch/${name}`, import.meta.url)),
);

/** What is shown in a frame, and a person using it there. */
const EMBEDDED: Readonly<Record<string, (page: Visitor) => Promise<void>>> = {
  async 'stage&ask=coin'(page) {
    await page.sees(/a hundred answers: [12] different/);
    await page.press('button', 'Watch a race that was run before');
    await page.sees(/Soft is closer\./);
  },
  async 'trie&ask=coin'(page) {
    await page.sees('step 0 of 40');
    await page.press('button', 'Draw one answer');
    await page.sees(/Drawn: “(heads|tails)”/);
  },
  async 'lesson=1&ask=coin'(page) {
    await page.sees('Draw your guess');
    await page.slide('How many different answers will it give?', 3);
    await page.press('button', 'Run it');
    await page.sees(/You guessed right: at most 5\./);
  },
};

inEveryEngine((visit) => {
  describe('the shipped page', () => {
    let host: Host;
    beforeAll(async () => {
      host = await serveAs(await built('page'));
    });
    afterAll(() => host?.close());

    test('trains on WebAssembly, keeps the run over a reload and hands it out', async () => {
      const page = await visit(host.url, SMALL);
      await page.sees('WebAssembly');
      await page.sees('self-test passed');
      await page.press('button', 'Run the experiment');
      await page.sees(/After 4 steps, .* of soft’s answers would have to change/);
      await page.sees(/took \d/);
      await page.reload();
      await page.sees(/After 4 steps, .* of soft’s answers would have to change/);
      const name = 'Bernoulli (p = 0.5)';
      const json = JSON.parse(await page.download(`Download ${name} as JSON`)) as {
        environment: { backend: string };
        arms: Record<string, { summary: { train: { kl: number } } }>;
      };
      expect(json.environment.backend).toBe('wasm');
      expect(json.arms.soft!.summary.train.kl).toBeLessThan(json.arms.base!.summary.train.kl);
      const csv = await page.download(`Download ${name} as CSV`);
      expect(csv).toMatch(/^arm,split,family/);
      expect(host.violations).toEqual([]);
    });

    test.skipIf(availableParallelism() < 2)('one core and two come to the same', async () => {
      const longer = SMALL.replace('steps=4', 'steps=30').replace('batch=1', 'batch=2');
      const run = async (cores: number) => {
        const page = await visit(host.url, `${longer}&evaluation.samples=20`);
        await page.sees('self-test passed');
        await page.choose('Processor cores', String(cores));
        await page.press('button', 'Run the experiment');
        await page.sees(/After 30 steps, .* of soft’s answers would have to change/);
        await page.sees(/took \d/);
        const json = await page.download('Download Bernoulli (p = 0.5) as JSON');
        const { environment, ...others } = JSON.parse(json) as { environment: { threads: number } };
        expect(environment.threads).toBe(cores);
        return JSON.stringify(others).replace(/"seconds":[\d.]+/g, '');
      };
      expect(await run(2)).toBe(await run(1));
      expect(host.violations).toEqual([]);
    });

    test('hands a run over to another browser as one zip', async () => {
      const page = await visit(host.url, SMALL);
      await page.press('button', 'Run the experiment');
      await page.sees(SHOWN);
      const zip = await page.downloadBytes(EVERYTHING);
      const files = unzipSync(zip);
      expect(Object.keys(files)).toEqual(
        expect.arrayContaining([
          ...[
            'config.json',
            'results.json',
            'results.csv',
            'answers.json',
            'report.md',
            'run.json',
          ],
          ...['adapters/soft/adapter_model.safetensors', 'adapters/soft/README.md'],
        ]),
      );
      const [, figure] = /\((figures\/[^)]+\.svg)\)/.exec(strFromU8(files['report.md']!))!;
      expect(strFromU8(files[figure!]!)).toMatch(/^<svg /);

      const folder = await mkdtemp(join(tmpdir(), 'handed-over-'));
      const path = join(folder, 'run.zip');
      await writeFile(path, zip);
      const other = await visit(host.url, '?backend=wasm#lab');
      await other.bring('Open a run', [path]);
      await other.sees(/is among the runs of this browser/);
      await other.sees(SHOWN);
      expect(unzipSync(await other.downloadBytes(EVERYTHING))).toEqual(files);
      await other.reload();
      await other.sees(SHOWN);
      await other.bring('Open a run', [path]);
      await other.sees(/is in this browser already/);
      // What it trained is an adapter to begin with.
      const adapter = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({
        from: `adapters/soft/${name}`,
        to: join(folder, name),
      }));
      for (const { from, to } of adapter) await writeFile(to, files[from]!);
      await other.go('?backend=wasm#models');
      await other.sees('Start from an adapter');
      await other.bring(
        'Choose its files',
        adapter.map(({ to }) => to),
      );
      await other.sees('adapter on builtin');
      expect(host.violations).toEqual([]);
    });

    test('exports the experiment as a folder for PyTorch', async () => {
      const page = await visit(host.url, SMALL);
      await page.sees('self-test passed');
      const files = unzipSync(await page.downloadBytes('Export for PyTorch as a zip'));
      const json = (name: string) => JSON.parse(strFromU8(files[name]!));
      expect(strFromU8(files['train.py']!)).toMatch(/^"""Trains every arm/);
      expect(json('plan.json').splits.train).toEqual(['data/train.jsonl']);
      expect(json('expected.json').losses.soft).toHaveLength(4);
      expect(strFromU8(files['data/arms/hard.jsonl']!)).toMatch(/"step":0,"prompt":0/);
      expect(files['model/model.safetensors']!.length).toBeGreaterThan(2e6);
      expect(host.violations).toEqual([]);
    });

    test('says before a run what it takes here, and suggests a learning rate', async () => {
      const page = await visit(host.url, SMALL.replace('rate=0.005', 'rate=0.001'));
      await page.sees('For 1.1 million parameters, 0.005 is a rate to begin with.');
      await page.press('button', 'Use 0.005');
      await page.press('button', 'Measure the time');
      await page.sees(/in all, from a few steps of every arm/);
      await page.sees(/soft (a moment|about \d+ s) \d+\.\d MB/);
      expect(await page.text()).not.toContain('is a rate to begin with');
    });

    test('describes the built-in model on the page of models', async () => {
      const page = await visit(host.url, '?backend=wasm#models');
      await page.sees('This is the model of the experiment.');
      await page.sees(/Numbers are/);
      expect(host.violations).toEqual([]);
    });
  });

  describe('the page with a scripted study', () => {
    let host: Host;
    beforeAll(async () => {
      host = await serveAs(await built('double'));
    });
    afterAll(() => host?.close());

    test('resumes a run whose tab was closed', async () => {
      const page = await visit(host.url, '#training.steps=400');
      await page.press('button', 'Run the experiment');
      await page.sees(/Training (soft|hard), step [1-9]\d\d/);
      await page.reload();
      await page.sees('This run was interrupted.');
      await page.press('button', 'Resume at the last checkpoint');
      await page.sees('took 42 s');
    });

    test('P5: cancels a run and resumes it', async () => {
      const page = await visit(host.url, '#training.steps=400');
      await page.press('button', 'Run the experiment');
      await page.sees(/Training (soft|hard), step [1-9]\d\d/);
      await page.press('button', 'Cancel');
      await page.sees('This run was cancelled.');
      await page.press('button', 'Resume at the last checkpoint');
      await page.sees('took 42 s');
    });

    test('compares results of PyTorch with a run of its own', async () => {
      const page = await visit(host.url, '#training.steps=20');
      await page.press('button', 'Run the experiment');
      await page.sees(/seed 11 .*took 42 s/);
      await page.go('#compare');
      await page.press('button', 'Newest run');
      await page.sees('3 arms compared.');
      await page.bring('Open a run', BY_PYTORCH);
      await page.sees('6 arms compared.');
      await page.sees('pytorch (processor)');
      expect(host.violations).toEqual([]);
    });

    test('compares two runs, and leads back', async () => {
      const page = await visit(host.url, '#training.steps=20');
      for (const seed of ['3', '4']) {
        await page.write('Seed, or several', seed);
        await page.press('button', 'Run the experiment');
        await page.sees(new RegExp(`seed ${seed} .*took 42 s`));
      }
      await page.go('#compare');
      await page.press('button', 'Newest two runs');
      await page.sees('3 arms compared.');
      await page.sees(/soft \(0\.\d+\) has the lowest KL/);
      expect(await page.download('Download the comparison as Report')).toContain(
        '# Comparison of runs',
      );
      await page.press('link', 'Lab');
      await page.sees('Run the experiment');
      expect(host.violations).toEqual([]);
    });
  });

  describe('the page in a folder of a host', () => {
    let host: Host;
    beforeAll(async () => {
      host = await serveAs(await built('page'), { under: 'some/lab/' });
    });
    afterAll(() => host?.close());

    test('shows a finished race from a link', async () => {
      const page = await visit(host.url, '?backend=wasm#stage&race=races/beta.json');
      await page.sees(
        /Told the whole distribution, the model ends \d+ % away; .* Soft is closer\./,
      );
      // Scrubbed back, then taken along.
      await page.slide('Step of the race', 3);
      await page.sees(/step 3 loss/);
      const saved = JSON.parse(await page.download('Save this race')) as { format: string };
      expect(saved.format).toBe('calibration-lab race 1');
      await page.sees('This race was run before');
    });

    test.each(Object.entries(EMBEDDED))(
      'shows %s in a frame of another site',
      async (place, use) => {
        const frame = `<iframe src="${host.url}embed.html?backend=wasm#${place}"></iframe>`;
        const site = createServer((_, response) => {
          response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${frame}`);
        });
        await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
        onTestFinished(() => void site.close());
        const page = await visit(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
        await page.enterFrame();
        await use(page);
        expect(await page.text()).not.toContain('Compare');
        expect(host.violations).toEqual([]);
      },
    );

    test.each(Object.entries(EMBEDDED))('takes %s without its own frame', async (place, use) => {
      const page = await visit(host.url, `?backend=wasm#${place}&embed=1`);
      await use(page);
      expect(await page.text()).not.toContain('Compare');
      expect(host.violations).toEqual([]);
    });
  });
});
