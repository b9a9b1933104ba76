// One adapter at a time: what is refused instead of training an adapter on top of another.
import { InputError } from '../../core/errors.ts';
import { jsonObject, shown } from '../files/checked.ts';
import type { ModelFiles } from '../files/model-files.ts';

const ADVICE =
  'Merge the adapter into its model first (lab merge) and use the result, or train on the model alone.';

/** What to throw where a new adapter would be trained on a model that has one. */
export function stackingRefused(): InputError {
  return new InputError(
    'A new adapter cannot be trained on a model that already carries one.',
    ADVICE,
    'adapter',
  );
}

/**
 * Model folders with an adapter in them mean the model with the adapter to PEFT's users, and folders
 * with nothing else are adapters: neither is taken for a plain model.
 * @throws InputError naming the adapter's base model
 */
export async function refuseAdapterFolder(files: ModelFiles): Promise<void> {
  const adapter = adapterConfig(await files('adapter_config.json'));
  if (adapter === undefined) return;
  const base = adapter['base_model_name_or_path'];
  const ofBase = typeof base === 'string' ? ` of ${shown(base)}` : '';
  if ((await files('config.json')) === undefined) {
    throw new InputError(
      `This folder is a LoRA adapter${ofBase}, not a model.`,
      'Load its base model, and give this folder as the adapter.',
      'model',
    );
  }
  throw new InputError(
    `This model folder carries a LoRA adapter${ofBase} (adapter_config.json).`,
    `${ADVICE} To load the model without it, take adapter_config.json out of the folder.`,
    'model',
  );
}

/** Undefined for whatever else a server sends under that name. */
function adapterConfig(bytes: Uint8Array | undefined): Record<string, unknown> | undefined {
  try {
    return bytes && (jsonObject(bytes, 'adapter_config.json') as Record<string, unknown>);
  } catch {
    return undefined;
  }
}
