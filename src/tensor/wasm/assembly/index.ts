// What the module offers.
export { activate, activateGradient } from './activation';
export { adamw } from './adamw';
export { attend, attendBack, attentionBytes } from './attention';
export { drop } from './dropout';
export { turnHeads, turnHeadsBack } from './heads';
export { normalise, normaliseGradient } from './norm';
export { multiply, multiplyByRows, scratchBytes } from './product';
export { transpose } from './transpose';
