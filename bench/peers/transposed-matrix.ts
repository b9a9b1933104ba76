// A matrix with rows and columns exchanged, in ordinary memory.

/** @param values [rows, columns] row by row @returns [columns, rows] */
export function transposedMatrix(values: Float32Array, rows: number): Float32Array<ArrayBuffer> {
  const columns = values.length / rows;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}
