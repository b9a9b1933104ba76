import { describe, expect, it } from 'vitest';
import { adapterCard, type AdapterCard } from '../../../../src/model/adapter/peft-card.ts';

const card: AdapterCard = {
  name: 'soft',
  baseModel: 'hf:Qwen/Qwen3-0.6B@main',
  summary: 'Trained with\n soft targets.',
  settings: [
    ['rank', 16],
    ['learning rate', 0.000123456],
    ['targets', 'q|v'],
  ],
  scores: [
    {
      title: 'Trained prompts',
      columns: ['arm', 'KL (nats)'],
      rows: [
        ['base', 7.123456],
        ['soft', null],
      ],
    },
  ],
  configuration: { seed: 11 },
};

describe('the card of an adapter', () => {
  const text = adapterCard(card);

  it('begins with the facts that the hub reads', () => {
    const [, facts] = text.split('---\n');
    expect(facts!.trim().split('\n')).toEqual([
      'base_model: Qwen/Qwen3-0.6B',
      'library_name: peft',
      'pipeline_tag: text-generation',
      'tags:',
      '- lora',
      '- calibration',
    ]);
  });

  it('tells settings, scores and the configuration', () => {
    expect(text).toContain('(https://huggingface.co/Qwen/Qwen3-0.6B) (main). Trained with soft t');
    expect(text).toContain('from_pretrained("Qwen/Qwen3-0.6B", revision="main")');
    expect(text).toContain('| rank | 16 |\n| learning rate | 0.0001235 |\n| targets | q\\|v |\n');
    expect(text).toContain(
      '## Trained prompts\n\n| arm | KL (nats) |\n| --- | --- |\n| base | 7.123 |',
    );
    expect(text).toContain('| soft | – |');
    expect(JSON.parse(text.split('```json\n')[1]!.split('```')[0]!)).toEqual({ seed: 11 });
  });

  it.each(['builtin', 'local:my model', '/models/x/y', 'https://a.example/b/'])(
    'does not call %s a model of the hub',
    (baseModel) => {
      const other = adapterCard({ ...card, baseModel });
      expect(other).not.toContain('base_model:');
      expect(other).not.toContain('huggingface.co');
      expect(other).toContain(`A LoRA adapter for \`${baseModel}\`.`);
    },
  );
});
