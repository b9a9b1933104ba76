// tfjs, imported in this one place. The lab takes the parts of the `@tensorflow/tfjs` umbrella that
// it runs on, at the umbrella's version: the whole would double what a page loads (346 against
// 181 kB compressed) for layers, data and converters that nothing here uses.
export * from '@tensorflow/tfjs-core';
