// Damage to files: JSON values replaced, bytes changed, parts lost or doubled. Decided by a stream.
import type { RandomStream } from '../../../../src/core/random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const pick = <T>(random: RandomStream, values: readonly T[]): T =>
  values[random.integer(values.length)]!;

const below = (random: RandomStream, end: number) => random.integer(end);

/** Values that tend to be forgotten. */
const AWKWARD: readonly Json[] = [
  ...[null, true, false, '', 'x', '0', '\u0000', '🙂', '__proto__', 'a'.repeat(300)],
  ...[0, -0, 1, -1, 2, 3, 7, 0.5, 1e-9, 255, 65536, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 53, 1e300],
  ...[[], {}, [[]], [0], [1, 1], [-1], ['x'], { a: 1 }, { type: 'x' }, { 0: 0 }],
];

/** The content of a JSON file with one to four changes; sometimes its bytes are damaged instead. */
export function mutatedJson(bytes: Uint8Array, random: RandomStream): Uint8Array {
  if (random.uniform() < 0.15) return mutatedBytes(bytes, random);
  const root: { value: Json } = { value: JSON.parse(new TextDecoder().decode(bytes)) as Json };
  for (let changes = 1 + below(random, 4); changes > 0; changes--) changeSomewhere(root, random);
  return new TextEncoder().encode(JSON.stringify(root.value));
}

function changeSomewhere(root: { value: Json }, random: RandomStream): void {
  let holder: { [key: string]: Json } = root;
  let key = 'value';
  // Go down at random: the top levels are where the structure is.
  while (random.uniform() < 0.75) {
    const value = holder[key];
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) break;
    holder = value as { [key: string]: Json };
    key = pick(random, Object.keys(value));
  }
  const value = holder[key]!;
  switch (below(random, 6)) {
    case 0:
      if (holder !== root) {
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
      }
      break;
    case 1:
      if (holder !== root && !Array.isArray(holder)) holder[`${key}_`] = value;
      break;
    case 2:
      holder[key] = [value];
      break;
    case 3:
      if (typeof value === 'number') holder[key] = nearby(value, random);
      else if (typeof value === 'string') holder[key] = changedText(value, random);
      else holder[key] = pick(random, AWKWARD);
      break;
    default:
      holder[key] = pick(random, AWKWARD);
  }
}

const nearby = (value: number, random: RandomStream) =>
  pick(random, [value + 1, value - 1, -value, value * 2, value / 2, value * 1e6, value + 0.5]);

function changedText(value: string, random: RandomStream): string {
  const at = below(random, value.length + 1);
  return pick(random, [
    value.slice(0, at),
    value.slice(at),
    `${value.slice(0, at)}${pick(random, ['(', '[', '{%', '{{', '\\', '*', ' ', '|', '+'])}${value.slice(at)}`,
    value + value,
  ]);
}

/** Bytes with one to eight changed, and sometimes a part lost, doubled or put in. */
export function mutatedBytes(bytes: Uint8Array, random: RandomStream): Uint8Array {
  let result = new Uint8Array(bytes);
  for (let changes = below(random, 9); changes > 0 && result.length > 0; changes--) {
    // Files begin with what matters most.
    const reach = pick(random, [16, 300, result.length]);
    result[below(random, Math.min(reach, result.length))] = below(random, 256);
  }
  const from = below(random, result.length + 1);
  const to = from + below(random, Math.min(200, result.length - from + 1));
  const part = result.subarray(from, to);
  switch (below(random, 6)) {
    case 0:
      result = joined(result.subarray(0, from));
      break;
    case 1:
      result = joined(result.subarray(0, from), result.subarray(to));
      break;
    case 2:
      result = joined(result.subarray(0, to), part, result.subarray(to));
      break;
  }
  return result;
}

/** A safetensors file with its header's JSON changed and the length put right, or bytes damaged. */
export function mutatedSafetensors(bytes: Uint8Array, random: RandomStream): Uint8Array {
  if (random.uniform() < 0.4) return mutatedBytes(bytes, random);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = mutatedJson(bytes.subarray(8, 8 + length), random);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(prefix, header, bytes.subarray(8 + length));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
