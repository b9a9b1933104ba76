// The licence that a model's README names in its first lines.

/** The `license` field of YAML front matter; undefined where there is none. */
export function frontMatterLicence(readme: Uint8Array | undefined): string | undefined {
  if (!readme) return undefined;
  const text = new TextDecoder().decode(readme.subarray(0, 65_536));
  const matter = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  if (matter === undefined) return undefined;
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*["']?([^"'\\r\\n#]+)`, 'm').exec(matter)?.[1]?.trim() || undefined;
  const licence = field('license');
  return licence === 'other' ? (field('license_name') ?? licence) : licence;
}
