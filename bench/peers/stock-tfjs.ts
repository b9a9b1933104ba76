// The step as one writes it with tfjs alone: its operations, its tape, its Adam.
import '@tensorflow/tfjs'; // all of it, gradients included
import * as tf from '../../src/tensor/tf.ts';
import type { StepProblem } from '../problem.ts';
import { ADAM, LORA } from '../problem.ts';
import { adapterValues, layerPath, stockInputs } from './inputs.ts';
import type { Peer } from './peer.ts';

/** On the present tfjs backend. */
export async function stockTfjs(problem: StepProblem): Promise<Peer> {
  const { spec, weights, learningRate } = problem;
  const { width, heads, kvHeads, headDim, layers, qkNorm, norm, attentionScale } = spec;
  const inputs = stockInputs(problem);
  const { rows, slots } = inputs;
  const n = rows * slots;
  const half = headDim / 2;

  const frozen = new Map(
    [...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])] as const),
  );
  const adapter = new Map(
    [...(await adapterValues(problem))].map(
      ([name, { shape, values }]) =>
        [name, tf.variable(tf.tensor(values, [...shape]), true, name)] as const,
    ),
  );
  const constants = {
    tokens: tf.tensor1d(inputs.tokens, 'int32'),
    outputs: tf.tensor1d(inputs.outputs, 'int32'),
    mask: tf.tensor4d(inputs.mask, [rows, 1, slots, slots]),
    targets: tf.tensor2d(inputs.targets, [inputs.outputs.length, spec.vocabSize]),
    cos: tf.tensor3d(inputs.cos, [n, 1, half]),
    sin: tf.tensor3d(inputs.sin, [n, 1, half]),
  };
  const scaling = LORA.alpha / LORA.rank;

  const rmsNorm = (x: tf.Tensor, name: string) =>
    tf.mul(
      tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), norm.eps))),
      frozen.get(`${name}.weight`)!,
    );
  const linear = (x: tf.Tensor, module: string) => {
    const y = tf.matMul(
      x as tf.Tensor2D,
      frozen.get(`${module}.weight`) as tf.Tensor2D,
      false,
      true,
    );
    const a = adapter.get(`${module}.lora_A.weight`) as tf.Tensor2D | undefined;
    if (a === undefined) return y;
    const b = adapter.get(`${module}.lora_B.weight`) as unknown as tf.Tensor2D;
    const low = tf.matMul(x as tf.Tensor2D, a, false, true);
    return tf.add(y, tf.mul(tf.matMul(low, b, false, true), scaling));
  };
  const rotate = (x: tf.Tensor) => {
    const [first, second] = tf.split(x, 2, 2);
    const { cos, sin } = constants;
    return tf.concat(
      [
        tf.sub(tf.mul(first!, cos), tf.mul(second!, sin)),
        tf.add(tf.mul(second!, cos), tf.mul(first!, sin)),
      ],
      2,
    );
  };
  /** [n, count * headDim] -> [rows, heads, slots, headDim], each key head once per head that reads it */
  const split = (x: tf.Tensor, count: number) => {
    const byHead = tf.transpose(tf.reshape(x, [rows, slots, count, headDim]), [0, 2, 1, 3]);
    if (count === heads) return byHead;
    const each = heads / count;
    const apart = tf.reshape(byHead, [rows, count, 1, slots * headDim]);
    return tf.reshape(tf.tile(apart, [1, 1, each, 1]), [rows, heads, slots, headDim]);
  };

  const layerOf = (x: tf.Tensor, layer: number): tf.Tensor => {
    const path = (part: string) => layerPath(layer, part);
    const n1 = rmsNorm(x, path('input_layernorm'));
    const project = (part: 'q' | 'k', count: number) => {
      const y = tf.reshape(linear(n1, path(`self_attn.${part}_proj`)), [n, count, headDim]);
      return rotate(qkNorm ? rmsNorm(y, path(`self_attn.${part}_norm`)) : y);
    };
    const [q, k] = [split(project('q', heads), heads), split(project('k', kvHeads), kvHeads)];
    const v = split(linear(n1, path('self_attn.v_proj')), kvHeads);
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), attentionScale), constants.mask);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    const middle = tf.add(
      x,
      linear(tf.reshape(mixed, [n, heads * headDim]), path('self_attn.o_proj')),
    );
    const n2 = rmsNorm(middle, path('post_attention_layernorm'));
    const gate = linear(n2, path('mlp.gate_proj'));
    const inner = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linear(n2, path('mlp.up_proj')));
    return tf.add(middle, linear(inner, path('mlp.down_proj')));
  };
  const embedding = frozen.get('model.embed_tokens.weight') as tf.Tensor2D;
  const head = (frozen.get('lm_head.weight') ?? embedding) as tf.Tensor2D;
  /** The wasm backend cannot differentiate a gather; a product with a one-hot matrix does the same. */
  const outputsOf = (x: tf.Tensor) =>
    tf.getBackend() === 'wasm'
      ? tf.matMul(tf.oneHot(constants.outputs, n) as tf.Tensor2D, x as tf.Tensor2D)
      : tf.gather(x, constants.outputs);
  const loss = (): tf.Scalar => {
    let x: tf.Tensor = tf.reshape(tf.gather(embedding, constants.tokens), [n, width]);
    for (let layer = 0; layer < layers; layer++) x = layerOf(x, layer);
    const hidden = rmsNorm(outputsOf(x), 'model.norm') as tf.Tensor2D;
    const logP = tf.logSoftmax(tf.matMul(hidden, head, false, true));
    return tf.neg(tf.sum(tf.mul(logP, constants.targets)));
  };

  const optimizer = tf.train.adam(learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const variables = [...adapter.values()];
  return {
    name: 'stock tfjs',
    async step() {
      const value = optimizer.minimize(loss, true, variables)!;
      const [number] = await value.data();
      value.dispose();
      return number!;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([...frozen.values(), ...variables, ...Object.values(constants)]);
    },
  };
}
