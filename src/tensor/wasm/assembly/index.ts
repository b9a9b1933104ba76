// What the module offers.
export { multiply, multiplyByRows, scratchBytes } from './product';
export { transpose } from './transpose';
