// Stands in for @stdlib/utils-define-property, which also serves browsers of before 2010.
module.exports = (object, name, descriptor) => Object.defineProperty(object, name, descriptor);
