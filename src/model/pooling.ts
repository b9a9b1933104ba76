// How a model that embeds makes one vector of a text, as sentence-transformers writes it down.
import { optionalJson, type ModelFiles } from './files/model-files.ts';

/** The mean over the tokens' hidden states, or the last token's. */
export const POOLINGS = ['mean', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];

/**
 * What `1_Pooling/config.json` says; undefined where there is none, or it asks for what a decoder
 * does not have, such as a class token.
 * @throws InputError where the file is not JSON
 */
export async function readPooling(files: ModelFiles): Promise<Pooling | undefined> {
  const config = await optionalJson(files, '1_Pooling/config.json');
  if (!config) return undefined;
  const says = (name: string) => (config as Record<string, unknown>)[name] === true;
  if (says('pooling_mode_lasttoken')) return 'last';
  return says('pooling_mode_mean_tokens') ? 'mean' : undefined;
}
