// Cross-entropy of sparse next-token targets, fused with the language-model head.
import { matMul } from '../mat-mul.ts';
import * as tf from '../tf.ts';

/** Weighted sparse targets over the rows of a hidden matrix. */
export interface SparseTargets {
  /** [rows] weight of each row's loss. */
  readonly weight: Float32Array;
  /** [rows + 1] the targets of row r are start[r] .. start[r + 1]. */
  readonly start: Int32Array;
  /** [targets] token ids. */
  readonly token: Int32Array;
  /** [targets] probabilities, summing to 1 over a row of nonzero weight. */
  readonly probability: Float32Array;
}

export interface HeadOptions {
  /** Logits are divided by it. */
  readonly temperature?: number;
  /** Vocabulary entries per pass: no buffer is larger than rows x chunk. */
  readonly chunk?: number;
}

/**
 * What the loss is reported as; the gradients are the same. `kl` is the cross-entropy less the
 * entropy of the targets: the reference's loss for soft targets.
 */
export type LossKind = 'cross-entropy' | 'kl';

const CHUNK = 8192;

/**
 * sum over rows r of weight[r] * sum_i -t_i log p_i, log p over the whole vocabulary, plus
 * sum_i t_i log t_i for the kind `kl`. Call inside `tf.tidy`, which ends what the gradient needs.
 * @param hidden [rows, width] after the final norm @param head [vocab, width]
 * @returns the loss, and its gradients times a factor (dHead only if wanted)
 */
export function trieLoss(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: SparseTargets,
  kind: LossKind,
  options: HeadOptions = {},
): {
  loss: tf.Scalar;
  gradient(factor: number, wantsHead: boolean): { dHidden: tf.Tensor2D; dHead?: tf.Tensor2D };
} {
  const chunks = chunksOf(head.shape[0], targets, options);
  const [single] = chunks.length === 1 ? [logitsOf(hidden, head, chunks[0]!)] : [];
  const logits = (chunk: Chunk) => single ?? logitsOf(hidden, head, chunk);
  const normalizer = logNormalizer(hidden, head, chunks, single); // [rows, 1]
  const rows = hidden.shape[0];

  const loss = tf.tidy(() => {
    const weight = tf.tensor2d(targets.weight, [1, rows]);
    const constant = kind === 'kl' ? negativeEntropy(targets) : 0;
    let total = tf.add(tf.matMul(weight, normalizer), constant) as tf.Tensor;
    for (const chunk of chunks) {
      if (chunk.rowAndToken.length === 0) continue;
      const values = tf.gatherND(logits(chunk), indexTensor(chunk));
      total = tf.sub(total, tf.sum(tf.mul(values, tf.tensor1d(chunk.coefficient))));
    }
    return tf.reshape(total, []) as tf.Scalar;
  });

  const gradient = (factor: number, wantsHead: boolean) =>
    tf.tidy(() => {
      const scale = factor / (options.temperature ?? 1);
      const weight = tf.mul(tf.tensor2d(targets.weight, [rows, 1]), scale);
      let dHidden: tf.Tensor2D | undefined;
      const dHead: tf.Tensor2D[] = [];
      for (const chunk of chunks) {
        const p = single ? tf.softmax(single) : tf.exp(tf.sub(logits(chunk), normalizer));
        const wanted = tf.mul(denseTargets(chunk, rows), scale);
        const dLogits = tf.sub(tf.mul(p, weight), wanted) as tf.Tensor2D; // [rows, chunk]
        const part = matMul(dLogits, rowsOf(head, chunk));
        dHidden = dHidden === undefined ? part : tf.add(dHidden, part);
        if (wantsHead) dHead.push(matMul(dLogits, hidden, true, false));
      }
      const result = { dHidden: dHidden! };
      return wantsHead
        ? { ...result, dHead: dHead.length === 1 ? dHead[0]! : tf.concat(dHead, 0) }
        : result;
    });
  return { loss, gradient };
}

/**
 * Log-probability of every target token of every row, and nothing else of the vocabulary.
 * @returns [targets] in the order of `targets.token`
 */
export async function targetLogProbabilities(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: Pick<SparseTargets, 'start' | 'token'>,
  options: HeadOptions = {},
): Promise<Float64Array> {
  const count = targets.token.length;
  const all = { ...targets, weight: ones(hidden.shape[0]), probability: ones(count) };
  const chunks = chunksOf(head.shape[0], all, options);
  const [normalizer, ...values] = tf.tidy(() => [
    tf.reshape(logNormalizer(hidden, head, chunks), [hidden.shape[0]]),
    ...chunks.map((chunk) =>
      chunk.rowAndToken.length === 0
        ? tf.zeros([0])
        : tf.gatherND(logitsOf(hidden, head, chunk), indexTensor(chunk)),
    ),
  ]);
  const read = async (tensor: tf.Tensor) => {
    const data = await tensor.data();
    tensor.dispose();
    return data;
  };
  const normalizers = await read(normalizer!);
  const result = new Float64Array(count);
  for (const [c, chunk] of chunks.entries()) {
    const logits = await read(values[c]!);
    chunk.target.forEach((target, i) => {
      result[target] = logits[i]! - normalizers[chunk.rowAndToken[2 * i]!]!;
    });
  }
  return result;
}

/** [n, vocab] logits of hidden states; for inspection and small vocabularies. */
export function headLogits(hidden: tf.Tensor2D, head: tf.Tensor2D): tf.Tensor2D {
  return matMul(hidden, head, false, true);
}

/** A range of the vocabulary and the targets that fall into it. */
interface Chunk {
  readonly first: number;
  readonly size: number;
  readonly temperature: number;
  /** [targets here, 2] row, token - first */
  readonly rowAndToken: Int32Array;
  /** [targets here] weight of the row * probability of the target */
  readonly coefficient: Float32Array;
  /** [targets here] index into the targets */
  readonly target: Int32Array;
}

function chunksOf(vocab: number, targets: SparseTargets, options: HeadOptions): Chunk[] {
  const { temperature = 1, chunk: limit = CHUNK } = options;
  const count = Math.ceil(vocab / limit);
  const members: { row: number; target: number }[][] = Array.from({ length: count }, () => []);
  for (let row = 0; row + 1 < targets.start.length; row++) {
    for (let target = targets.start[row]!; target < targets.start[row + 1]!; target++) {
      members[Math.floor(targets.token[target]! / limit)]!.push({ row, target });
    }
  }
  return members.map((list, c) => {
    const first = c * limit;
    return {
      first,
      size: Math.min(limit, vocab - first),
      temperature,
      rowAndToken: Int32Array.from(
        list.flatMap(({ row, target }) => [row, targets.token[target]! - first]),
      ),
      coefficient: Float32Array.from(
        list,
        ({ row, target }) => targets.weight[row]! * targets.probability[target]!,
      ),
      target: Int32Array.from(list, ({ target }) => target),
    };
  });
}

/** [chunk, width] */
function rowsOf(head: tf.Tensor2D, { first, size }: Chunk): tf.Tensor2D {
  return size === head.shape[0] ? head : tf.slice(head, [first, 0], [size, head.shape[1]]);
}

/** [rows, chunk] logits / temperature */
function logitsOf(hidden: tf.Tensor2D, head: tf.Tensor2D, chunk: Chunk): tf.Tensor2D {
  return tf.tidy(() => {
    const logits = matMul(hidden, rowsOf(head, chunk), false, true);
    return chunk.temperature === 1 ? logits : tf.div(logits, chunk.temperature);
  });
}

/** log sum exp over the whole vocabulary, chunk by chunk: [rows, 1] */
function logNormalizer(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  chunks: Chunk[],
  single?: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const parts = chunks.map((chunk) =>
      tf.tidy(() => {
        const logits = single ?? logitsOf(hidden, head, chunk);
        const top = tf.max(logits, 1, true);
        return tf.add(top, tf.log(tf.sum(tf.exp(tf.sub(logits, top)), 1, true))) as tf.Tensor2D;
      }),
    );
    return parts.length === 1 ? parts[0]! : tf.logSumExp(tf.concat(parts, 1), 1, true);
  }) as tf.Tensor2D;
}

function indexTensor({ rowAndToken }: Chunk): tf.Tensor2D {
  return tf.tensor2d(rowAndToken, [rowAndToken.length / 2, 2], 'int32');
}

/** weight * probability at the targets' places, 0 elsewhere: [rows, chunk] */
function denseTargets(chunk: Chunk, rows: number): tf.Tensor {
  const { rowAndToken, coefficient, size } = chunk;
  const dense = new Float32Array(rows * size);
  coefficient.forEach((value, i) => {
    dense[rowAndToken[2 * i]! * size + rowAndToken[2 * i + 1]!]! += value;
  });
  return tf.tensor2d(dense, [rows, size]);
}

/** sum over rows of weight * sum t log t: constant in the model. */
function negativeEntropy({ weight, start, probability }: SparseTargets): number {
  let total = 0;
  weight.forEach((w, row) => {
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const t = probability[i]!;
      if (t > 0) total += w * t * Math.log(t);
    }
  });
  return total;
}

const ones = (n: number) => new Float32Array(n).fill(1);
