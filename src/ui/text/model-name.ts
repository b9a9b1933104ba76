// What a model is called where runs are listed.
import { BUILTIN_MODEL } from '../../lab/experiment/experiment.ts';

/**
 * Its name on the hub, its folder or its file. Null for the built-in model, which goes without saying, and
 * for runs of other versions that do not name one.
 */
export function modelName(model: string | undefined): string | null {
  if (model === undefined || model === BUILTIN_MODEL) return null;
  return model.replace(/^(hf|local):/, '');
}
