// A kept file as a host would answer with it: whole, or the bytes of it that were asked for.

/** @param range of bytes, as the header says it; another, or one that ends before it begins, is not heeded */
export async function partOfFile(kept: Response, range: string | null): Promise<Response> {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (!asked) return kept;
  const [from, to] = [Number(asked[1]), asked[2] ? Number(asked[2]) : Infinity];
  if (to < from) return kept;
  const bytes = await kept.arrayBuffer();
  const size = bytes.byteLength;
  if (from >= size) {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
  }
  const part = bytes.slice(from, Math.min(to + 1, size));
  return new Response(part, {
    status: 206,
    headers: {
      'content-type': kept.headers.get('content-type') ?? 'application/octet-stream',
      'content-length': String(part.byteLength),
      'content-range': `bytes ${from}-${from + part.byteLength - 1}/${size}`,
    },
  });
}
