// What the module offers.
export { drop } from './dropout';
export { multiply, multiplyByRows, scratchBytes } from './product';
export { transpose } from './transpose';
