// Jobs and their events as bytes: what structured cloning would carry, for channels that cannot.
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** Typed arrays besides bytes, which MessagePack knows. Their place here is their code on the wire. */
const ARRAYS = [Float32Array, Float64Array, Int32Array, Uint32Array] as const;
const [ARRAY, MAP] = [0, 1];

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: ARRAY,
  encode(value) {
    const kind = ARRAYS.findIndex((type) => value instanceof type);
    if (kind < 0) return null;
    const { buffer, byteOffset, byteLength } = value as Float32Array;
    const bytes = new Uint8Array(1 + byteLength);
    bytes[0] = kind;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 1);
    return bytes;
  },
  decode: (bytes) => new ARRAYS[bytes[0]!]!(bytes.slice(1).buffer),
});
extensionCodec.register({
  type: MAP,
  encode: (value) => (value instanceof Map ? toBytes([...value]) : null),
  decode: (bytes) => new Map(fromBytes(bytes) as [unknown, unknown][]),
});

/** Plain objects, lists, maps, typed arrays, texts and numbers; entries that are undefined are dropped. */
export function toBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return encode(value, { extensionCodec, ignoreUndefined: true });
}

/** What `toBytes` was given. */
export function fromBytes({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  // As plain bytes: Node's buffers have a `slice` that does not copy.
  return decode(new Uint8Array(buffer, byteOffset, byteLength), { extensionCodec });
}
