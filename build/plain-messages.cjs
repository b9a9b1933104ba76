// Stands in for @stdlib/string-format, which words the errors of @stdlib: the lab checks before it computes.
module.exports = (...parts) => parts.join(' ');
