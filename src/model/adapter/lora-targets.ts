// Which projections a list of module names means.
import { InputError } from '../../core/errors.ts';
import { modulePath, projectionsOf } from '../spec/decoder-spec.ts';
import type { DecoderSpec, Projection } from '../spec/decoder-spec.ts';

/** The commonest names work for every family, whatever its own are. */
const COMMON: Readonly<Record<string, readonly Projection[]>> = {
  q_proj: ['q', 'qkv'],
  k_proj: ['k', 'qkv'],
  v_proj: ['v', 'qkv'],
  o_proj: ['o'],
  gate_proj: ['gate', 'gateUp'],
  up_proj: ['up', 'gateUp'],
  down_proj: ['down'],
};

/**
 * The projections that PEFT-style module names mean: the dotted end of a module's path, e.g. `q_proj`
 * or GPT-2's `attn.c_proj`. Llama's names mean the corresponding projections of any family.
 * @throws InputError for a name that is neither
 */
export function projectionsNamed(spec: DecoderSpec, names: readonly string[]): Projection[] {
  const own = projectionsOf(spec);
  const meant = (name: string) => {
    const matching = own.filter((part) => `.${modulePath(spec, part)}`.endsWith(`.${name}`));
    if (matching.length > 0) return matching;
    return own.filter((part) => COMMON[name]?.includes(part));
  };
  const unknown = names.find((name) => meant(name).length === 0);
  if (unknown !== undefined) {
    const known = own.map((part) => modulePath(spec, part).split('.').slice(-2).join('.'));
    throw new InputError(
      `${JSON.stringify(unknown)} is not a projection of this model`,
      `Use some of ${known.join(', ')}.`,
      'training.lora.targets',
    );
  }
  const all = new Set(names.flatMap(meant));
  return own.filter((part) => all.has(part));
}
