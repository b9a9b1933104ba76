import { expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';

test('an input error carries what is wrong, what to do and where', () => {
  const error = new InputError('sigma is 0', 'give a positive sigma', 'params.sigma');
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'InputError',
    message: 'sigma is 0',
    advice: 'give a positive sigma',
    field: 'params.sigma',
  });
});
