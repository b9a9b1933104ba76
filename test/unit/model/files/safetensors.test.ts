import fc from '../../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { narrowToF16, widenBf16, widenF16 } from '../../../../src/model/files/float-formats.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { openSafetensors, readSafetensors } from '../../../../src/model/files/safetensors.ts';
import { writeSafetensors } from '../../../../src/model/files/safetensors-writer.ts';
import { expectSame } from './same-values.ts';
import { MODELS, goldenBytes, goldenModel } from './golden-models.ts';

/** A file from a header (object or raw text) and a number of data bytes. */
function file(header: unknown, dataBytes = 0, claimedLength?: number): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimedLength ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const tensor = (dtype: string, shape: unknown, start: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe('reading', () => {
  it.each(MODELS)('finds every tensor of %s', (name) => {
    const { tensors, metadata } = readSafetensors(goldenBytes(`${name}/model.safetensors`), name);
    const found = [...tensors].map(([key, { dtype, shape }]) => {
      return [key, [{ F32: 'float32', BF16: 'bfloat16' }[dtype as string], shape]];
    });
    expect(Object.fromEntries(found)).toEqual(goldenModel(name).weights);
    expect(metadata).toEqual({ format: 'pt' });
  });

  it('widens F16 and BF16 exactly and copies F32 from any alignment', () => {
    const bytes = file({ h: tensor('F16', [6], 0, 12), s: tensor('F32', [1], 12, 16) }, 16);
    const view = new DataView(bytes.buffer, bytes.length - 16);
    // 1, -2, the largest, the smallest subnormal, -0, infinity
    [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00].forEach((half, i) =>
      view.setUint16(2 * i, half, true),
    );
    view.setFloat32(12, 0.1, true);
    const { tensors } = readSafetensors(bytes, 'x');
    expect([...tensors.get('h')!.read()]).toEqual([1, -2, 65504, 2 ** -24, -0, Infinity]);
    expect([...tensors.get('s')!.read()]).toEqual([Math.fround(0.1)]);
    expect([...widenBf16(Uint16Array.of(0x3f80, 0xbf81))]).toEqual([1, -1.0078125]);
    expect([...widenF16(Uint16Array.of(0x7e00))]).toEqual([NaN]);
  });

  it('accepts scalars, empty tensors and a padded header', () => {
    const header = JSON.stringify({ a: tensor('F32', [], 0, 4), b: tensor('F32', [0, 7], 4, 4) });
    const { tensors } = readSafetensors(file(`${header}   `, 4), 'x');
    expect(tensors.get('a')!.read()).toHaveLength(1);
    expect(tensors.get('b')!.read()).toHaveLength(0);
  });

  it('lists integers but does not take them for weights', () => {
    const { tensors } = readSafetensors(file({ a: tensor('I64', [1], 0, 8) }, 8), 'x');
    expect(tensors.get('a')!.shape).toEqual([1]);
    expect(() => tensors.get('a')!.read()).toThrow(/x: tensor "a" is I64/);
  });

  it('gives the words of half-width floats, and parts of a tensor', () => {
    const names = { h: tensor('F16', [2, 2], 0, 8), f: tensor('F32', [3], 8, 20) };
    for (const padding of ['', ' ']) {
      const bytes = file(`${JSON.stringify(names)}${padding}`, 20); // even and odd positions
      const view = new DataView(bytes.buffer, bytes.length - 20);
      [0x3c00, 0x4000, 0x4200, 0x4400].forEach((half, i) => view.setUint16(2 * i, half, true));
      [5, 6, 7].forEach((value, i) => view.setFloat32(8 + 4 * i, value, true));
      const { tensors } = readSafetensors(bytes, 'x');
      const h = tensors.get('h')!;
      expect([...h.bits()]).toEqual([0x3c00, 0x4000, 0x4200, 0x4400]);
      expect([...h.bits(1, 3)]).toEqual([0x4000, 0x4200]);
      expect([...h.read(2)]).toEqual([3, 4]);
      expect([...tensors.get('f')!.read(1, 2)]).toEqual([6]);
      expect(tensors.get('f')!.bytes(2)).toHaveLength(4);
      expect(() => tensors.get('f')!.bits()).toThrow(/x: tensor "f" is F32, not of 16 bits/);
    }
  });

  it('gives a copy, so that the file cannot be changed through it', () => {
    const bytes = file({ f: tensor('F32', [1], 0, 4) }, 4);
    const { tensors } = readSafetensors(bytes, 'x');
    tensors.get('f')!.read()[0] = 9;
    expect([...tensors.get('f')!.read()]).toEqual([0]);
  });

  const f32 = tensor('F32', [2], 0, 8);
  const bad: [string, Uint8Array, RegExp][] = [
    ['too short', new Uint8Array(7), /7 bytes are too few/],
    ['header beyond the file', file({}, 0, 3), /claims a header of 3 bytes/],
    ['absurd header', file({}, 0, 2 ** 60), /claims a header of 1152921504606847000/],
    ['not JSON', file('{"a":'), /header: not valid JSON/],
    ['not UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /not valid JSON/],
    ['a list', file([]), /header: must be a JSON object; found \[\]/],
    ['unknown dtype', file({ a: tensor('Q4', [2], 0, 1) }, 1), /tensor "a": dtype must be one of/],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /"a": shape is missing/],
    ['negative size', file({ a: tensor('F32', [-2], 0, 8) }, 8), /shape.0 must not be negative/],
    ['fractional size', file({ a: tensor('F32', [0.5], 0, 2) }, 2), /shape.0 must be a whole/],
    ['one offset', file({ a: { ...f32, data_offsets: [0] } }, 8), /data_offsets/],
    ['beyond the end', file({ a: f32 }, 4), /claims bytes 0 to 8 of 4/],
    ['backwards', file({ a: tensor('F32', [2], 8, 0) }, 8), /claims bytes 8 to 0/],
    [
      'wrong length',
      file({ a: tensor('F32', [3], 0, 8) }, 8),
      /F32 \[3\], 12 bytes, but its range holds 8/,
    ],
    ['overflow', file({ a: tensor('F32', [2 ** 40, 2 ** 40], 0, 8) }, 8), /Infinity bytes/],
    ['overlap', file({ a: f32, b: tensor('F32', [1], 4, 8) }, 8), /"b" overlaps/],
    ['gap', file({ a: f32, b: tensor('F32', [1], 12, 16) }, 16), /"b" leaves a gap/],
    ['left-over bytes', file({ a: f32 }, 12), /4 bytes at the end/],
    ['twice', file('{"a":{},"b":{},"\\u0061":{}}'), /names "a" twice/],
    ['nested without end', file('{"a":'.repeat(9e5)), /nested deeper than 16 levels/],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), /__metadata__: a must be text/],
  ];

  it.each(bad)('refuses: %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'x')).toThrow(InputError);
    expect(() => readSafetensors(bytes, 'x')).toThrow(message);
  });

  const small = writeSafetensors(
    new Map([
      ['model.a', { shape: [2, 3], data: new Float32Array(6).fill(1) }],
      ['model.b', { shape: [4], data: new Float32Array(4).fill(2) }],
    ]),
  );

  it('survives damage: a file loads within its own size or is refused', () => {
    const change = fc.record({
      at: fc.nat(small.length - 1),
      to: fc.integer({ min: 0, max: 255 }),
    });
    const damage = fc.record({
      changes: fc.array(change, { maxLength: 6 }),
      keep: fc.oneof(fc.constant(small.length), fc.nat(small.length)),
    });
    fc.assert(
      fc.property(damage, ({ changes, keep }) => {
        const bytes = small.slice();
        for (const { at, to } of changes) bytes[at] = to;
        loadsOrRefuses(bytes.subarray(0, keep));
      }),
      { numRuns: 3000 },
    );
  });

  it('survives arbitrary headers', () => {
    const entry = fc.record({
      dtype: fc.constantFrom('F32', 'BF16', 'I64', 'X', 3),
      shape: fc.oneof(fc.array(fc.oneof(fc.nat(4), fc.maxSafeNat(), fc.double())), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(fc.nat(16), fc.nat(16)), fc.jsonValue()),
    });
    const header = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue()));
    fc.assert(
      fc.property(header, fc.nat(16), (claims, dataBytes) =>
        loadsOrRefuses(file(claims, dataBytes)),
      ),
      { numRuns: 1000 },
    );
  });

  function loadsOrRefuses(bytes: Uint8Array): void {
    try {
      for (const stored of readSafetensors(bytes, 'x').tensors.values()) {
        expect(stored.bytes().buffer).toBe(bytes.buffer);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
  }
});

describe('a file of a folder', () => {
  const whole = goldenBytes('qwen3_bf16/model.safetensors');

  it.each(MODELS)('is read tensor by tensor: %s', async (name) => {
    const bytes = goldenBytes(`${name}/model.safetensors`);
    const { files, reads } = recordedFolder(new Map([['x', bytes]]));
    const { tensors, metadata } = await openSafetensors(files, 'x');
    const inMemory = readSafetensors(bytes, 'x');
    expect(metadata).toEqual(inMemory.metadata);
    const header = reads.reduce((sum, [, from, to]) => sum + to - from, 0);
    expect(header).toBe(bytes.length - sizeOf(inMemory));
    for (const [key, stored] of inMemory.tensors) {
      const tensor = tensors.get(key)!;
      expect(tensor).toMatchObject({ dtype: stored.dtype, shape: stored.shape });
      const before = reads.length;
      expectSame(await tensor.read(), stored.read());
      const [[, from, to]] = reads.slice(before) as [Read];
      expect(to - from).toBe(stored.bytes().length);
    }
    expect([...tensors.keys()]).toEqual([...inMemory.tensors.keys()]);
  });

  it('gives words and parts, too', async () => {
    const { files } = recordedFolder(new Map([['x', whole]]));
    const name = 'model.layers.1.self_attn.q_proj.weight';
    const tensor = (await openSafetensors(files, 'x')).tensors.get(name)!;
    const stored = readSafetensors(whole, 'x').tensors.get(name)!;
    expectSame(await tensor.bits(3, 9), stored.bits().slice(3, 9));
    expectSame(await tensor.read(5), stored.read().slice(5));
    expect(Buffer.compare(await tensor.bytes(1, 2), stored.bytes().subarray(2, 4))).toBe(0);
  });

  it('is checked as one in memory, and must give what it promises', async () => {
    const open = (bytes: Uint8Array) =>
      openSafetensors(recordedFolder(new Map([['x', bytes]])).files, 'x');
    for (const keep of [0, 7, 8, 100, whole.length - 1]) {
      await expect(open(whole.subarray(0, keep))).rejects.toThrow(InputError);
    }
    const { files } = recordedFolder(new Map([['x', whole]]));
    await expect(openSafetensors(files, 'y')).rejects.toThrow(/y is missing/);
    const short = { ...files, range: async () => new Uint8Array(3), size: files.size };
    const lying = Object.assign(files, short);
    await expect(openSafetensors(lying, 'x')).rejects.toThrow(/x: 3 bytes came instead of/);
  });
});

type Read = [name: string, from: number, to: number];

/** A folder that reads parts of files, and tells which. */
function recordedFolder(contents: ReadonlyMap<string, Uint8Array>) {
  const reads: Read[] = [];
  const files = Object.assign(memoryFolder(contents), {
    range: async (name: string, from: number, to: number) => {
      reads.push([name, from, to]);
      return contents.get(name)!.slice(from, to);
    },
    size: async (name: string) => contents.get(name)?.length,
  });
  return { files, reads };
}

const sizeOf = ({ tensors }: ReturnType<typeof readSafetensors>) =>
  [...tensors.values()].reduce((sum, stored) => sum + stored.bytes().length, 0);

describe('writing', () => {
  it.each(['llama', 'qwen3'])('gives the bytes of the reference library for %s', (name) => {
    const bytes = goldenBytes(`${name}/model.safetensors`);
    const { tensors } = readSafetensors(bytes, name);
    const copies = [...tensors].map(([key, stored]) => {
      return [key, { shape: stored.shape, data: stored.read() }] as const;
    });
    expect(Buffer.compare(writeSafetensors(new Map(copies.reverse())), bytes)).toBe(0);
  });

  it('gives the bytes of the reference library in BF16', () => {
    const bytes = goldenBytes('qwen3_bf16/model.safetensors');
    const { tensors } = readSafetensors(bytes, 'qwen3_bf16');
    const copies = [...tensors].map(([key, stored]) => {
      return [key, { shape: stored.shape, data: stored.read() }] as const;
    });
    expect(Buffer.compare(writeSafetensors(new Map(copies), { dtype: 'BF16' }), bytes)).toBe(0);
  });

  it('rounds to BF16 to nearest, ties to even, and keeps the special values', () => {
    const cases: [number, number][] = [
      [1 + 2 ** -8, 1], // a tie, down to even
      [1 + 3 * 2 ** -8, 1 + 2 ** -6], // a tie, up to even
      [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
      [-(1 + 3 * 2 ** -8), -(1 + 2 ** -6)],
      [3.4e38, Infinity],
      [Infinity, Infinity],
      [NaN, NaN],
      [-0, -0],
    ];
    const data = Float32Array.from(cases, ([value]) => value);
    const bytes = writeSafetensors(new Map([['a', { shape: [8], data }]]), { dtype: 'BF16' });
    const back = readSafetensors(bytes, 'x').tensors.get('a')!.read();
    expect([...back]).toEqual(cases.map(([, rounded]) => rounded));
  });

  it('round-trips any tensors and metadata', () => {
    const tensors = fc.dictionary(
      fc.string().filter((name) => name !== '__metadata__'),
      fc.float32Array({ maxLength: 9 }),
    );
    // The schema library leaves out keys that could reach an object's prototype.
    const risky = ['__proto__', 'prototype', 'constructor'];
    const key = fc.string().filter((name) => !risky.includes(name));
    const texts = fc.dictionary(key, fc.string());
    fc.assert(
      fc.property(tensors, texts, (contents, metadata) => {
        const entries = Object.entries(contents);
        const named = new Map(entries.map(([k, data]) => [k, { shape: [1, data.length], data }]));
        const bytes = writeSafetensors(named, { metadata });
        const back = readSafetensors(bytes, 'x');
        expect(
          new Map([...back.tensors].map(([k, t]) => [k, { shape: t.shape, data: t.read() }])),
        ).toEqual(named);
        expect({ ...back.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  it('rounds to the nearest half, to the even one of two', () => {
    const halves = Uint16Array.from({ length: 0x7c01 }, (_, i) => i); // zero to infinity
    const values = widenF16(halves);
    expectSame(narrowToF16(values), halves);
    expectSame(
      narrowToF16(values.map((x) => -x)),
      halves.map((half) => half | 0x8000),
    );
    const between = values.slice(1, -1).map((x, i) => (x + values[i]!) / 2); // exact in F32
    const even = halves.slice(0, -2).map((half) => half + (half % 2));
    expectSame(narrowToF16(between), even);
    const below = narrowToF16(between.map((x) => x * (1 - 2 ** -20)));
    const above = narrowToF16(between.map((x) => x * (1 + 2 ** -20)));
    expectSame(below, halves.slice(0, -2));
    expectSame(above, halves.slice(1, -1));
    expect([...narrowToF16(Float32Array.of(65519.99, 65520, -1e30, NaN))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ]);
  });

  it('refuses data that does not fill its shape', () => {
    const tensors = new Map([['a', { shape: [3], data: new Float32Array(2) }]]);
    expect(() => writeSafetensors(tensors)).toThrow(/2 values do not fill \[3\]/);
  });
});
