// A prompt among others, as a person tells them apart.
import { displayName } from '../../core/distributions/families.ts';
import { parametersIn } from '../../core/prompts/sampling-prompt.ts';
import type { TargetEvent } from '../../lab/events.ts';
import { figure } from './format.ts';

/** `Beta: alpha = 2, beta = 5`; a question that is answered in words is its own name. */
export function promptName({
  family,
  id,
  prompt,
}: Pick<TargetEvent, 'family' | 'id' | 'prompt'>): string {
  const parameters = parametersIn(prompt).map(([name, value]) => `${name} = ${figure(value)}`);
  if (parameters.length > 0) return `${displayName(family)}: ${parameters.join(', ')}`;
  return prompt === '' ? id : prompt;
}
