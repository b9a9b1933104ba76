// How a checkpoint's matrices are kept in memory: as it stores them, or in fewer bits.
import { commonForm, type CodeForm } from '../tensor/block-codes.ts';
import { FORMS, type MatrixForm } from '../tensor/matrix.ts';
import type { FormOfMatrix } from './decoder/decoder-weights.ts';
import type { CheckpointTensor } from './files/stored-tensor.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';
import { fusedTensors, movesWholeRows, type FusedTensor } from './spec/fused-tensors.ts';

/** What may be asked for: `stored`, or blocks of 8 or 4 bits. */
export const WEIGHT_CHOICES = ['stored', 'int8', 'int4'] as const;
export type WeightChoice = (typeof WEIGHT_CHOICES)[number];

/** What is known of a checkpoint before any value of it is read. */
interface Described {
  readonly spec: DecoderSpec;
  readonly tensors: ReadonlyMap<string, Pick<CheckpointTensor, 'dtype' | 'codeForm'>>;
}

export interface KeptWeights {
  readonly forms: FormOfMatrix;
  /** Whether a stored tensor's codes are read, and not its values. */
  readonly readsCodes: (name: string) => boolean;
}

/**
 * Codes stay as they are where they have no more bits than were asked for. Everything else is rounded
 * to what was asked for; `stored` rounds nothing.
 * @param keepsBf16 whether the backend reads bfloat16: only our WebGPU kernels do
 * @param changed whether other values will take a stored tensor's place
 */
export function keptWeights(
  { spec, tensors }: Described,
  choice: WeightChoice,
  keepsBf16: boolean,
  changed: (name: string) => boolean = () => false,
): KeptWeights {
  const codesOf = (name: string): CodeForm | undefined => {
    const form = tensors.get(name)?.codeForm;
    return form && isEnough(form, choice) && !changed(name) ? form : undefined;
  };
  const formOf = ({ sources }: FusedTensor): MatrixForm => {
    // Rows of several tensors come into one matrix. Where their codes differ the form is one that
    // holds them all: a second matrix for the v beside q and k would cost more than its wider codes.
    const codes = sources.flatMap((part) => (movesWholeRows(part) && codesOf(part.name)) || []);
    if (codes.length === sources.length) return { format: 'codes', ...commonForm(codes) };
    if (choice !== 'stored') return FORMS[choice];
    const allBf16 = sources.every(({ name }) => tensors.get(name)?.dtype === 'BF16');
    return keepsBf16 && allBf16 ? FORMS.bf16 : FORMS.f32;
  };
  const forms = new Map(
    fusedTensors(spec)
      .filter(({ kind }) => kind === 'matrix')
      .map((fused) => [fused.name, formOf(fused)] as const),
  );
  return {
    forms: (name) => forms.get(name)!,
    readsCodes: (name) => codesOf(name) !== undefined,
  };
}

const isEnough = ({ bits }: CodeForm, choice: WeightChoice): boolean =>
  choice === 'stored' || FORMS[choice].bits >= bits;
