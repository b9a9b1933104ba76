// What llama.cpp makes of a model and an adapter that the lab wrote, for the prompt of Beta(2, 5) with two decimals.
//
//   npm --prefix scripts/llama-cpp install --ignore-scripts --omit=optional
//   npm run --silent lab -- targets --family beta --params alpha=2,beta=5 > targets.json
//   node scripts/llama-cpp/judge.mjs MODEL.gguf ADAPTER.gguf|none exact targets.json
//   node scripts/llama-cpp/judge.mjs MODEL.gguf ADAPTER.gguf|none draws 500
//
// `exact` compares the probability of every answer with its target, as `lab exact` does; give it a model in F32
// (`lab merge --to gguf --type F32`), since with others llama.cpp computes with activations of 8 bits. `draws` samples.
import { readFileSync } from 'node:fs';
import { getLlama } from 'node-llama-cpp';

const PROMPT =
  'Generate exactly ONE random number from a Beta distribution with parameters alpha=2.0, beta=5.0. Output ONLY the number.';

/** As the chat template of SmolLM2 has it. */
const CONVERSATION = `<|im_start|>system
You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
<|im_start|>user
${PROMPT}<|im_end|>
<|im_start|>assistant
`;

/** Longer than the prompt and any answer. */
const CONTEXT = 256;
const LONGEST_DRAW = 16;

/** From the model's own probabilities, nothing cut off. */
const SAMPLING = { temperature: 1, topK: 0, topP: 1, minP: 0 };

const [modelPath, adapter, mode, argument] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
  contextSize: CONTEXT,
  // More would wait for each other in loops, which takes minutes where a machine is busy.
  threads: 1,
  ...(adapter !== 'none' && { lora: adapter }),
});
const sequence = context.getSequence();
const prompt = model.tokenize(CONVERSATION, true);

/** Forgets what came behind the prompt, and its last token, which is read again. */
async function rewind() {
  const kept = prompt.length - 1;
  if (sequence.nextTokenIndex < kept) await sequence.controlledEvaluate(prompt.slice(0, kept));
  else await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
}

/** Log-probability of the answer and the end after the prompt. */
async function logProbability(answer) {
  await rewind();
  const tokens = [...model.tokenize(answer), model.tokens.eos];
  const read = [prompt.at(-1), ...tokens.slice(0, -1)];
  const found = await sequence.controlledEvaluate(
    read.map((token) => [token, { generateNext: { logits: true } }]),
  );
  return tokens.reduce((sum, token, i) => {
    const { logits } = found[i].next;
    const all = [...logits.values()];
    // Sorted, the largest first.
    const [most] = all;
    const total = all.reduce((weight, logit) => weight + Math.exp(logit - most), 0);
    return sum + logits.get(token) - most - Math.log(total);
  }, 0);
}

async function exact(path) {
  const { values, probabilities } = JSON.parse(readFileSync(path, 'utf8'));
  let [apart, mass, kl] = [0, 0, 0];
  for (const [i, target] of probabilities.entries()) {
    const own = await logProbability(values[i]);
    apart += Math.abs(target - Math.exp(own));
    mass += Math.exp(own);
    kl += target * (Math.log(target) - own);
  }
  return {
    prompt_tokens: prompt.length,
    answers: values.length,
    kl,
    tv: (apart + 1 - mass) / 2,
    valid_mass: mass,
  };
}

async function draws(count) {
  const texts = [];
  for (let i = 0; i < count; i++) {
    await rewind();
    const drawn = [];
    for await (const token of sequence.evaluate(prompt.slice(-1), { ...SAMPLING, seed: i + 1 })) {
      drawn.push(token);
      if (drawn.length === LONGEST_DRAW) break;
    }
    texts.push(model.detokenize(drawn));
  }
  const numbers = texts.filter((text) => /^[01]\.\d+$/.test(text)).map(Number);
  const inside = numbers.filter((number) => number > 0 && number < 1);
  const mean = inside.reduce((sum, number) => sum + number, 0) / inside.length;
  return { draws: count, numbers_in_0_1: inside.length, mean, some: texts.slice(0, 10) };
}

console.log(
  JSON.stringify(mode === 'exact' ? await exact(argument) : await draws(Number(argument))),
);
await llama.dispose();
