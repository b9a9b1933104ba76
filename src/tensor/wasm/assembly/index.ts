// What the module offers.
export { activate, activateGradient } from './activation';
export { drop } from './dropout';
export { turnHeads, turnHeadsBack } from './heads';
export { normalise, normaliseGradient } from './norm';
export { multiply, multiplyByRows, scratchBytes } from './product';
export { transpose } from './transpose';
