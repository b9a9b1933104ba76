// Stands in for @stdlib/assert-has-generator-support, which finds out by `eval`; the page may not.
module.exports = () => true;
