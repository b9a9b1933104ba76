// Damaged model and adapter folders: each loads or is refused with an InputError, within its own size.
// LAB_FUZZ=N runs N cases of every kind; LAB_FUZZ_ONE=KIND:CASE runs one again.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { randomStream, type RandomStream } from '../../../../src/core/random.ts';
import {
  modulePath,
  projectionShape,
  weightShapes,
} from '../../../../src/model/spec/decoder-spec.ts';
import type { DecoderSpec } from '../../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import {
  memoryFolder,
  requiredJson,
  seekable,
  type ModelFiles,
} from '../../../../src/model/files/model-files.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { readAdapter } from '../../../../src/model/adapter/peft.ts';
import { writeAdapter } from '../../../../src/model/adapter/peft-writer.ts';
import { loadTokenizer, type Tokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { largestAllocation } from './allocations.ts';
import { goldenBytes, goldenPath } from './golden-models.ts';
import { mutatedBytes, mutatedJson, mutatedSafetensors } from './mutations.ts';
import { groupsOfThree, irregular, marked, singleDigits } from './tokenizer-kinds.ts';

type Folder = Map<string, Uint8Array>;
type Mutation = (bytes: Uint8Array, random: RandomStream) => Uint8Array;

const text = (value: string) => new TextEncoder().encode(value);
const json = (value: object) => text(JSON.stringify(value));

const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'];

function folderAt(path: string): Folder {
  const names = readdirSync(goldenPath(path)).filter((name) => /\.(json|safetensors)$/.test(name));
  return new Map(names.map((name) => [name, goldenBytes(`${path}/${name}`)]));
}

/** Small models in all the forms of files. */
const models = ['mistral', 'qwen2', 'gpt_oss_mxfp4'].map((name) =>
  folderAt(`../small-models/${name}`),
);

const configurations = ['llama', 'llama3_rope', 'qwen3', 'gemma3_text', 'gpt_oss', 'gpt2'].flatMap(
  (name) => ['config.json', 'config.v5.json'].map((file) => goldenBytes(`${name}/${file}`)),
);

const spec = decoderSpecFrom(JSON.parse(new TextDecoder().decode(models[0]!.get('config.json'))));
const adapters: Folder[] = [smallAdapter(spec), folderAt('../adapters/patterns')];
const adapterSpecs = [
  spec,
  decoderSpecFrom(JSON.parse(readFileSync(goldenPath('llama/config.json'), 'utf8'))),
];

function smallAdapter(of: DecoderSpec): Folder {
  const pairs = Array.from({ length: of.layers }, (_, layer) => {
    const [outputs, inputs] = projectionShape(of, 'q');
    const pair = { a: new Float32Array(2 * inputs), b: new Float32Array(2 * outputs) };
    return [modulePath(of, 'q', layer), pair] as const;
  });
  const shape = { rank: 2, alpha: 4, rankStabilised: false, dropout: 0 };
  return writeAdapter({ ...shape, targets: ['q'], tensors: new Map(pairs) }, of);
}

const tokenizers: Folder[] = [irregular, singleDigits, groupsOfThree, marked].map((kind, i) => {
  const folder: Folder = new Map([['tokenizer.json', json(kind())]]);
  for (const file of TOKENIZER.slice(1)) folder.set(file, goldenBytes(`../tokenizer/${file}`));
  if (i % 2 === 0) folder.set('special_tokens_map.json', json({ eos_token: '</s>' }));
  if (i === 1)
    folder.set(
      'chat_template.jinja',
      text('{% for m in messages %}{{ m.content }}</s>{% endfor %}'),
    );
  return folder;
});

/** The folder with one file changed. */
function damaged(folder: Folder, random: RandomStream, names = [...folder.keys()]): Folder {
  const name = oneOf(names, random);
  const mutate: Mutation = name.endsWith('.json')
    ? mutatedJson
    : name.endsWith('.safetensors')
      ? mutatedSafetensors
      : mutatedBytes;
  return new Map([...folder, [name, mutate(folder.get(name)!, random)]]);
}

const oneOf = <T>(values: readonly T[], random: RandomStream) =>
  values[random.integer(values.length)]!;

/** Whole files, or parts of them. */
const opened = (folder: Folder, random: RandomStream): ModelFiles =>
  random.uniform() < 0.5 ? memoryFolder(folder) : seekable(memoryFolder(folder));

function use(tokenizer: Tokenizer): void {
  const ids = [
    ...tokenizer.promptTokens('Pick one number, e.g. 12.'),
    ...tokenizer.encodeAnswer('-12.003'),
    ...tokenizer.encodeAnswer('apple'),
    ...tokenizer.endTokens,
  ];
  expect(ids.every((id) => Number.isSafeInteger(id) && id >= 0)).toBe(true);
  expect(tokenizer.pieces(ids).join('')).toBeTypeOf('string');
  expect(tokenizer.decode(ids)).toBeTypeOf('string');
}

interface Kind {
  readonly cases: number;
  /** Bytes of what is loaded, and the loading. */
  prepare(random: RandomStream): { size: number; load: () => Promise<void> };
}

const sizeOf = (folder: Folder) =>
  [...folder.values()].reduce((sum, bytes) => sum + bytes.length, 0);

const kinds: Record<string, Kind> = {
  configurations: {
    cases: 4500,
    prepare(random) {
      const bytes = mutatedJson(oneOf(configurations, random), random);
      const files = memoryFolder(new Map([['config.json', bytes]]));
      const load = async () => {
        const derived = decoderSpecFrom(await requiredJson(files, 'config.json'));
        for (const shape of weightShapes(derived).values()) {
          expect(shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)).toBe(true);
        }
      };
      return { size: bytes.length, load };
    },
  },
  models: {
    cases: 1500,
    prepare(random) {
      const folder = damaged(oneOf(models, random), random);
      const files = opened(folder, random);
      const load = async () => {
        const { tensors } = await readCheckpoint(files);
        for (const tensor of tensors.values()) await tensor.read();
      };
      return { size: sizeOf(folder), load };
    },
  },
  adapters: {
    cases: 2500,
    prepare(random) {
      const which = random.integer(adapters.length);
      const folder = damaged(adapters[which]!, random);
      const files = memoryFolder(folder);
      const load = async () => void (await readAdapter(files, adapterSpecs[which]!));
      return { size: sizeOf(folder), load };
    },
  },
  tokenizers: {
    cases: 1500,
    prepare(random) {
      const folder = damaged(oneOf(tokenizers, random), random);
      const files = memoryFolder(folder);
      return { size: sizeOf(folder), load: async () => use(await loadTokenizer(files)) };
    },
  },
};

/** What does not grow with the file: rotary tables, the probes of a tokenizer. */
const CONSTANT = 1 << 16;

async function run(name: string, index: number): Promise<'loaded' | 'refused'> {
  const { size, load } = kinds[name]!.prepare(randomStream(2026, 'fuzz', name, String(index)));
  let outcome: 'loaded' | 'refused' = 'loaded';
  const largest = await largestAllocation(async () => {
    try {
      await load();
    } catch (error) {
      if (!(error instanceof InputError)) {
        throw new Error(`LAB_FUZZ_ONE=${name}:${index}`, { cause: error });
      }
      outcome = 'refused';
    }
  });
  // Widening doubles half-width floats; four-bit ones become sixteen bits.
  expect(largest, `LAB_FUZZ_ONE=${name}:${index}`).toBeLessThanOrEqual(4 * size + CONSTANT);
  return outcome;
}

const [onlyKind, onlyCase] = process.env['LAB_FUZZ_ONE']?.split(':') ?? [];

describe.skipIf(onlyKind !== undefined)('damaged files', () => {
  it.each(Object.entries(kinds))(
    'load or are refused: %s',
    async (name, { cases }) => {
      const count = Number(process.env['LAB_FUZZ'] ?? cases);
      let refused = 0;
      for (let i = 0; i < count; i++) if ((await run(name, i)) === 'refused') refused++;
      console.log(`${name}: ${refused} of ${count} refused`);
      // Damage must be real, and not so bad that nothing beyond the first check is reached.
      expect(refused / count).toBeGreaterThan(0.2);
      expect(refused / count).toBeLessThan(0.95);
    },
    600_000,
  );
});

it.runIf(onlyKind !== undefined)('one damaged folder loads or is refused', async () => {
  console.log(await run(onlyKind!, Number(onlyCase)));
});
