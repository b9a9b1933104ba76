// Faults that no single command line shows, by the entry of the fault: each look uses the code of a checkout, of
// whatever version, and returns what it saw.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bytes = (value) => new TextEncoder().encode(value);
const ONE_PROMPT = { distribution: { family: 'bernoulli', params: { p: 0.5 } } };
/** Of the golden models, one with all of its files. */
const WHOLE_MODEL = 'faults/tools-undefined/model-is-not-none';
const TAUGHT = { method: 'soft', paths: 'trie' };
const study = (more = {}) => ({
  ...{ data: ONE_PROMPT, arms: [{ method: 'none' }], evaluation: { splits: ['train'] } },
  ...more,
});

async function verdict(action) {
  try {
    return await action();
  } catch (error) {
    return `refused: ${error.message.slice(0, 200)}`;
  }
}

/** A copy of a golden model, with files in place of some. */
function modelFolder({ golden, folder }, model, changes) {
  const to = join(folder, 'model');
  cpSync(join(golden, model), to, { recursive: true });
  for (const [name, content] of Object.entries(changes)) writeFileSync(join(to, name), content);
  return to;
}

async function wordModel({ load, golden }, tokenizer, options) {
  await (
    await load('startNodeBackend', 'cli/backend.ts')
  )('wasm');
  const read = (path) => new Uint8Array(readFileSync(join(golden, path)));
  const files = new Map([
    ['config.json', read('models/llama/config.json')],
    ['model.safetensors', read('models/llama/model.safetensors')],
    ['tokenizer.json', read(`texts/${tokenizer}/tokenizer.json`)],
    ['tokenizer_config.json', bytes('{"eos_token":"</s>"}')],
  ]);
  const memoryFolder = await load('memoryFolder', 'src/model/files/model-files.ts');
  const loadModel = await load('loadLanguageModel', 'src/model/language-model.ts');
  const evaluated = await load('decoderModel', 'src/evaluation/decoder-model.ts');
  const asked = await load('askedHere', 'src/evaluation/decoder-model.ts').catch(() => (it) => it);
  const { tokenizers } = JSON.parse(readFileSync(join(golden, 'texts/scores.json'), 'utf8'));
  const model = await loadModel(memoryFolder(files), options);
  return { model, evaluated: evaluated(asked(model)), right: tokenizers[tokenizer] };
}

const partition = async ({ load }, answers) => {
  const paths = ['src/evaluation/novelty/partitioners.ts', 'src/evaluation/partitioners.ts'];
  return (await load('normalizedEquality', ...paths)).partition(answers);
};

/** A study of one prompt under one seed, and a copy of it, under names of somebody's own; and their comparison. */
async function comparison({ lab, folder }, first, second) {
  const config = write(
    folder,
    'c.json',
    study({ arms: [{ method: 'none' }, TAUGHT], training: { steps: 2, batch: 1 } }),
  );
  const [one, two, out] = [first, second, 'compared'].map((name) => join(folder, name));
  await lab(['study', '--config', config, '--out', one]);
  cpSync(one, two, { recursive: true });
  await lab(['compare', one, two, '--out', out]);
  const read = (name) => readFileSync(join(out, name), 'utf8');
  return { report: read('report.md'), prompts: read('comparison-prompts.csv') };
}

/** Values of a safetensors file by name, float32. */
function tensorsIn(path) {
  const file = readFileSync(path);
  const size = Number(file.readBigUInt64LE());
  const start = 8 + size;
  return Object.entries(JSON.parse(file.subarray(8, start).toString())).flatMap(([name, entry]) => {
    if (!entry.data_offsets) return [];
    const [from, to] = entry.data_offsets;
    const own = file.subarray(start + from, start + to);
    const values = Array.from({ length: own.length / 4 }, (_, i) => own.readFloatLE(4 * i));
    return [[name, values]];
  });
}

const write = (folder, name, value) => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

export const LOOKS = [
  {
    entry: 'T3',
    async look({ load }) {
      const preview = await load('previewTarget', 'src/lab/plan/target-preview.ts');
      const of = (family, params) =>
        verdict(() => preview({ distribution: { family, params } }).values.length);
      return [await of('bernoulli', { p: 0 }), await of('binomial', { n: 1000, p: 0.001 })];
    },
  },
  {
    entry: 'T4',
    async look({ load, golden }) {
      const create = await load('createDistribution', 'src/core/distributions/create.ts');
      const { rows } = JSON.parse(readFileSync(join(golden, 'quantiles_extreme.json'), 'utf8'));
      const wrong = rows.filter(([family, params, p, right]) => {
        const quantile = create(family, params).quantile(p);
        return !(Math.abs(quantile - right) <= 1e-11 * Math.abs(right));
      });
      return `${wrong.length} of ${rows.length} quantiles wrong in eleven digits`;
    },
  },
  {
    entry: 'E1',
    async look(at) {
      const { evaluated, right } = await wordModel(at, 'prepend');
      const { text, tokens, log_probability } = right.texts[0];
      const scored = await evaluated.textLogProbability(text, { window: 128, stride: 64 });
      return `${scored.tokens} tokens, ${scored.logProbability}; right are ${tokens}, ${log_probability}`;
    },
  },
  {
    entry: 'E2',
    async look(at) {
      const { evaluated, right } = await wordModel(at, 'prepend_without_begin');
      const { prompt, continuations, log_probabilities } = right.questions[0];
      const scored = await evaluated.logProbability(prompt, continuations);
      return `${scored.map((each) => each.logProbability)}; right are ${log_probabilities}`;
    },
  },
  {
    entry: 'E4',
    look: (at) => partition(at, ['C', 'C++', 'C#', 'c.']),
  },
  {
    entry: 'E5',
    look: (at) => partition(at, ['Straße', '<think>İİİİ</think>STRASSE', '<THINK>İ</Think>Straße']),
  },
  {
    entry: 'M1',
    async look({ lab, golden, folder }) {
      const from = join(golden, 'adapters/gradients_alpha');
      const out = join(folder, 'gradients.safetensors');
      const { status } = await lab([
        ...['gradients', '--input', join(from, 'in.json'), '--model', join(from, 'model')],
        ...['--adapter', join(from, 'adapter-alpha'), '--out', out],
      ]);
      if (status !== 0) return `status ${status}`;
      const right = new Map(tensorsIn(join(from, 'expected-alpha.safetensors')));
      const size = (values) => Math.hypot(...values);
      const factors = tensorsIn(out).map(([name, values]) => size(values) / size(right.get(name)));
      return `gradients are ${[...new Set(factors.map((factor) => factor.toFixed(4)))]} times the right ones`;
    },
  },
  {
    entry: 'M7',
    async look({ load, golden }) {
      const files = await (
        await load('nodeFolder', 'cli/model-folder.ts')
      )(join(golden, 'faults/end-of-turn'));
      const loadTokenizer = await load('loadTokenizer', 'src/model/tokenizer/tokenizer.ts');
      const ends = async (generation) => {
        const with_ = async (name) =>
          name === 'generation_config.json' ? generation && bytes(generation) : files(name);
        const { endToken, endTokens, notes } = await loadTokenizer(Object.assign(with_, files));
        return { endToken, endTokens, notes };
      };
      return [await ends('{"eos_token_id":[0,1,2]}'), await ends(undefined)];
    },
  },
  {
    entry: 'M8',
    async look(at) {
      const model = modelFolder(at, WHOLE_MODEL, { 'pytorch_model.bin': 'x' });
      rmSync(join(model, 'model.safetensors'));
      return at.lab(['exact', '--family', 'bernoulli', '--params', 'p=0.3', '--model', model]);
    },
  },
  {
    entry: 'W2',
    async look(at) {
      const { report, prompts } = await comparison(at, '=1+1', '<img src=x>');
      const formulas = prompts.split(/[,\r\n]+/).filter((cell) => cell.startsWith('='));
      const tags = report.match(/<img/g) ?? [];
      return `${formulas.length} cells are formulas, the report has ${tags.length} tags of a name`;
    },
  },
  {
    entry: 'W4',
    async look({ lab, folder }) {
      const one = { arms: [{ method: 'none' }, TAUGHT], training: { steps: 1, batch: 1 } };
      const config = write(folder, 'c.json', study(one));
      await lab(['study', '--config', config, '--out', join(folder, 'out')]);
      const { arms } = JSON.parse(readFileSync(join(folder, 'out/results.json'), 'utf8'));
      return Object.entries(arms).map(([name, { exact }]) => `${name} has KL ${exact[0].kl}`);
    },
  },
  {
    entry: 'P3',
    async look({ load }) {
      // A browser behind a host that compresses: bodies are plain, headers those of the compressed file.
      const fetch = async (_, init) => {
        const of = { 'content-encoding': 'gzip', etag: '"1"' };
        const length = { ...of, 'content-length': '4' };
        if (init?.method === 'HEAD') return new Response(null, { headers: length });
        if (!new Headers(init?.headers).has('range'))
          return new Response('0123456789', { headers: of });
        const headers = { ...of, 'content-range': 'bytes 0-3/4' };
        return new Response('0123', { status: 206, headers });
      };
      const network = { fetch, wait: async () => {}, attempts: 1, silenceMs: 1000 };
      const direct = await load('directFiles', 'src/model/sources/direct-files.ts');
      const source = await load('addressSource', 'src/model/sources/address-source.ts');
      const files = direct(source('https://host.test/model'), { network });
      return `a file of 10 bytes has ${await verdict(() => files.size('config.json'))}`;
    },
  },
  {
    entry: 'P9',
    async look(at) {
      const { report } = await comparison(at, 'one', 'two');
      const [, story] = /^- (On .*)$/m.exec(report) ?? [];
      return `of one prompt under one seed: ${story ?? 'no ranking'}`;
    },
  },
  {
    entry: 'P14',
    async look({ load }) {
      const waits = [];
      const network = {
        fetch: () => Promise.reject(new TypeError('Failed to fetch')),
        wait: async (ms) => void waits.push(ms),
        ...{ attempts: 5, silenceMs: 1000 },
      };
      Object.defineProperty(globalThis, 'navigator', { value: { onLine: false } });
      const hub = await load('hubSource', 'src/model/sources/hub-source.ts');
      await verdict(() => hub('a/b', 'main', () => ({}), { network }));
      return `offline, it waits ${waits.reduce((a, b) => a + b, 0) / 1000} s before it gives up`;
    },
  },
  {
    entry: 'P16',
    async look({ load }) {
      // What the engine says of a fault of ours, as the page shows it.
      const tf = await load('*', 'src/tensor/tf.ts');
      await (
        await load('startNodeBackend', 'cli/backend.ts')
      )('cpu');
      const errorOf = await load('labErrorOf', 'src/lab/lab-error.ts');
      const explain = await load('explain', 'src/ui/text/explain.ts');
      try {
        tf.matMul(tf.ones([1, 2]), tf.ones([3, 1]));
      } catch (error) {
        return explain(errorOf(error));
      }
    },
  },
  {
    entry: 'K3',
    async look(at) {
      const { load } = at;
      const { model, evaluated } = await wordModel(at, 'prepend', { format: 'int8' });
      const tf = await load('*', 'src/tensor/tf.ts');
      let heard = new Set();
      for (const kernel of tf.getKernelsForBackend('wasm')) {
        const kernelFunc = (call) => (heard.add(kernel.kernelName), kernel.kernelFunc(call));
        tf.unregisterKernel(kernel.kernelName, 'wasm');
        tf.registerKernel({ ...kernel, kernelFunc });
      }
      await evaluated.logProbability('a', ['b']);
      const used = heard;
      heard = new Set();
      const { selfTest, trustPrograms } = await load('*', 'src/training/self-test.ts');
      const adapter = { rank: 4, alpha: 8, dropout: 0.1, targets: ['q', 'o'] };
      await (trustPrograms ?? selfTest)(model.decoder, adapter);
      return `of ${used.size} kernels of an int8 model, untested: ${[...used].filter((name) => !heard.has(name))}`;
    },
  },
  {
    entry: 'K4',
    async look(at) {
      const weights = readFileSync(join(at.golden, WHOLE_MODEL, 'model.safetensors'));
      // The last weight, in any format of 16 or 32 bits, is no number.
      weights.set([0xc0, 0x7f, 0xc0, 0x7f], weights.length - 4);
      const model = modelFolder(at, WHOLE_MODEL, { 'model.safetensors': weights });
      const training = { steps: 2, batch: 1, lora: { targets: ['q_proj'] } };
      const config = write(at.folder, 'c.json', study({ arms: [TAUGHT], training }));
      const out = join(at.folder, 'out');
      const { status, said } = await at.lab([
        'study',
        '--model',
        model,
        '--config',
        config,
        '--out',
        out,
      ]);
      return `status ${status} ${said}`;
    },
  },
  {
    entry: 'K5',
    async look({ lab, folder }) {
      const training = { steps: 100, batch: 1 };
      const config = write(folder, 'c.json', study({ arms: [TAUGHT], training }));
      const line = ['study', '--config', config, '--out', join(folder, 'out')];
      const both = await Promise.all([lab(line), lab(line)]);
      return both.map(({ status, said }) => `status ${status} ${status === 0 ? '' : said}`);
    },
  },
  {
    entry: 'K6',
    async look({ lab, folder }) {
      const training = { steps: 60, batch: 1 };
      const config = write(folder, 'c.json', study({ arms: [TAUGHT], training }));
      const out = join(folder, 'out');
      const start = ['study', '--config', config, '--out', out, '--backend', 'cpu', '--progress'];
      await lab(start, { interruptAt: /training soft: [1-9]/ });
      await lab(['study', '--resume', out, '--backend', 'wasm']);
      const report = readFileSync(join(out, 'report.md'), 'utf8');
      const said = ['cpu', 'wasm'].filter((name) => report.includes(`${name} (`));
      return `begun on cpu, resumed on wasm; the report names ${said.join(' and ')}`;
    },
  },
  {
    entry: 'K8',
    async look({ lab, folder }) {
      const config = write(folder, 'c.json', study());
      const out = join(folder, 'out');
      const line = ['study', '--config', config, '--out', out, '--progress'];
      const { status } = await lab(line, { leaves: true });
      return `after the reader of its progress left: status ${status}, results ${existsSync(join(out, 'results.json'))}`;
    },
  },
  {
    entry: 'H1',
    look: (at) => {
      const endless =
        '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}';
      const model = modelFolder(at, WHOLE_MODEL, { 'chat_template.jinja': endless });
      return at.lab(['exact', '--family', 'bernoulli', '--params', 'p=0.3', '--model', model]);
    },
  },
  {
    entry: 'H2',
    look: (at) => {
      const config = readFileSync(join(at.golden, WHOLE_MODEL, 'config.json'), 'utf8');
      const long = config + ' '.repeat(17 * 2 ** 20);
      const model = modelFolder(at, WHOLE_MODEL, { 'config.json': long });
      return at.lab(['exact', '--family', 'bernoulli', '--params', 'p=0.3', '--model', model]);
    },
  },
  {
    entry: 'H3',
    async look({ load }) {
      const asked = [];
      const json = (value, headers = {}) =>
        new Response(JSON.stringify(value), {
          headers: { 'content-type': 'application/json', ...headers },
        });
      const file = { type: 'file', path: 'config.json', size: 2, oid: '0'.repeat(40) };
      const network = {
        async fetch(input, init) {
          const url = new URL(String(input));
          asked.push([url.host, new Headers(init?.headers).get('authorization')]);
          if (!url.pathname.includes('/tree/')) return json({ id: 'a/b', sha: 'c'.repeat(40) });
          const next =
            url.host === 'hub.test' ? { link: '<https://thief.test/tree/2>; rel="next"' } : {};
          return json([file], next);
        },
        wait: async () => {},
        ...{ attempts: 1, silenceMs: 1000 },
      };
      const hub = await load('hubSource', 'src/model/sources/hub-source.ts');
      const access = () => ({ endpoint: 'https://hub.test', token: 'hf_secret' });
      await verdict(() => hub('a/b', 'main', access, { network }));
      const [, sent] = asked.find(([host]) => host === 'thief.test') ?? [];
      return `another host was sent ${sent ?? 'no token'}`;
    },
  },
];
