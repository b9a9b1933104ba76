// Links that want more than to show an experiment: each gives an experiment or its error, and no more.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { decodeSelection } from '../../../../src/lab/compare/selection.ts';
import {
  decodeExperiment,
  encodeExperiment,
} from '../../../../src/lab/experiment/experiment-url.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const SCRIPT = '<script>alert(1)</script>';

const REFUSED: Readonly<Record<string, string>> = {
  'a prototype': '__proto__.polluted=1',
  'a prototype within': 'training.__proto__.polluted=1',
  'a constructor': 'constructor.prototype.polluted=1',
  'a prototype as a value': 'training={"__proto__":{"polluted":1}}',
  'a parameter called __proto__':
    'data.distribution={"family":"beta","params":{"__proto__":1,"alpha":2,"beta":5}}',
  'a parameter called constructor':
    'data.distribution.family=beta&data.distribution.params.constructor=1',
  'a parameter called toString':
    'data.distribution.family=beta&data.distribution.params.toString=1',
  'a script as a family': `data.distribution.family=${SCRIPT}`,
  'a script as a setting': `${SCRIPT}=1`,
  'a script as a preset': `training.preset=${SCRIPT}`,
  'a setting that does not exist': 'steps=100',
  'a value inside a value': 'seed=1&seed.x=2',
  'no name': '=1',
  'dots alone': '...=1',
  'an infinite number of steps': 'training.steps=1e999',
  'more steps than anyone waits for': 'training.steps=1e15',
  'steps below none': 'training.steps=-5',
  'half a step': 'training.steps=0.5',
  'steps that are text': 'training.steps="400"',
  'a billion bins': 'data.bins=1e9',
  'a thousand decimals': 'data.decimals=1000',
  'a batch of a billion': 'training.batch=1e9',
  'a rank of a billion': 'training.lora.rank=1e9',
  'a seed that is no number': 'seed=NaN',
  'a seed below 0': 'seed=-1',
  'a million seeds': `seeds=[${Array.from({ length: 1e6 }, (_, i) => i).join()}]`,
  'ten thousand arms': `arms=[${Array(10_000).fill('{"name":"a","method":"soft"}').join()}]`,
  'two arms of one name': 'arms=[{"name":"a","method":"none"},{"name":"a","method":"soft"}]',
  'an arm called __proto__': 'arms=[{"name":"__proto__","method":"none"}]',
  'an arm with HTML for a name': `arms=[{"name":"${SCRIPT}","method":"none"}]`,
  'an arm of another method': 'arms=[{"name":"a","method":"eval"}]',
  'an arm that is null': 'arms=[null]',
  'arms that are a number': 'arms=7',
  'no arms': 'arms=[]',
  'lists without end': `arms=${nested(5000)}`,
  'lists too deep to read': `data.choices=${nested(200_000)}`,
  'objects too deep to read': `training=${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  'dots too deep to read': `${'a.'.repeat(50_000)}a=1`,
  'choices that are not a list': 'data.choices={"value":"a","weight":1}',
  'a choice of infinite weight':
    'data.choices=[{"value":"a","weight":1e999},{"value":"b","weight":1}]',
  'a choice of no weight': 'data.choices=[{"value":"a","weight":-1},{"value":"b","weight":1}]',
  'choices that are objects': 'data.choices=[{"value":{},"weight":1}]',
  'a model that is an object': 'model={"url":"https://x"}',
  'no model': 'model=',
  'an evaluation without end': 'evaluation.samples=1e12',
  'a split of its own': 'evaluation.splits=["secret"]',
  'a learning rate below 0': 'training.learning_rate=-1',
  'an empty object for data': 'data=[]',
  'null for everything': 'data=null&training=null&arms=null',
};

const HARMLESS: Readonly<Record<string, string>> = {
  nothing: '',
  'a name without a value': 'seed',
  'percent signs that mean nothing': '%%%=%',
  'half a character': '%E0%A4%A',
  'only separators': '&&&&==&&',
  'a script': SCRIPT,
  'an address': 'javascript:alert(1)',
};

describe('a link with', () => {
  test.each(Object.entries(REFUSED))('%s is refused in words', (_, fragment) => {
    const error = thrownBy(() => decodeExperiment(`#${fragment}`));
    expect(error).toBeInstanceOf(InputError);
    const { message, advice } = error as InputError;
    expect(`${message} ${advice}`.length).toBeLessThan(2000);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test.each(Object.entries(HARMLESS))('%s does nothing or is refused', (_, fragment) => {
    const error = thrownBy(() => encodeExperiment(decodeExperiment(`#${fragment}`)));
    if (error !== undefined) expect(error).toBeInstanceOf(InputError);
  });

  test.each([
    'compare&run=%E0%A4%A:soft',
    'compare&run=a:%',
    'compare&run=__proto__:__proto__',
    'compare&run=',
    'compare&run=:::,,,',
    'compare&against=1e9&seeds=never',
    `compare${'&run=a:b'.repeat(20_000)}`,
    `compare&run=${SCRIPT}:${SCRIPT}`,
  ])('the comparison %.40s is read as far as it can be', (fragment) => {
    const selection = decodeSelection(`#${fragment}`)!;
    expect(selection.choices.length).toBeLessThanOrEqual(1000);
    expect(selection.against).toBeLessThan(1000);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}
