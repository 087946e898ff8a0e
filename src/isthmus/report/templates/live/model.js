// The model in the page: its programs, codes, and how near a code is to those of training examples.
function makeModel(data) {
  const numbers = (constant) => IsthmusProgram.numbers(constant);
  const decoder = new IsthmusProgram(data.decoder);
  const encoder = data.encoder && new IsthmusProgram(data.encoder);
  const size = data.middle.length;
  const all = numbers(data.codes);
  const known = numbers(data.known);
  const [output] = decoder.outputs;
  const input = (values, label) => (data.labels ? { ...values, label } : values);

  const model = { size, data, canEncode: Boolean(encoder), count: all.length / size };
  model.codeOf = (i) => Float64Array.from(all.subarray(i * size, (i + 1) * size));
  model.labelOf = (i) => data.labels?.own[i] ?? 0;
  model.decode = (code, label) => decoder.run(input({ code }, label))[output.name].slice();
  model.encode = (example, label) => encoder.run(input({ example }, label)).code.slice();

  // The distance to the nearest training code, as a multiple of that beyond which a code is far.
  model.farness = (code) => {
    if (!data.reach) return 0;
    let least = Infinity;
    for (let i = 0; i < known.length; i += size) {
      let sum = 0;
      for (let k = 0; k < size && sum < least; k += 1) sum += (known[i + k] - code[k]) ** 2;
      if (sum < least) least = sum;
    }
    return Math.sqrt(least) / data.reach;
  };

  // Where a code lies in the plane: one or two coordinates.
  model.inPlane = (code) => data.directions.map((along) => (
    along.reduce((sum, step, k) => sum + step * (code[k] - data.middle[k]), 0)
  ));
  // A code moved within the plane to given coordinates; what lies outside of the plane stays.
  model.movedTo = (code, coordinates) => {
    const moved = Float64Array.from(code);
    model.inPlane(code).forEach((at, axis) => {
      data.directions[axis].forEach((step, k) => { moved[k] += step * (coordinates[axis] - at); });
    });
    return moved;
  };

  const { symbols } = data;
  if (symbols) {
    const steps = symbols.steps.map(numbers);
    const own = numbers(symbols.own);
    model.symbolSizes = symbols.steps.map(({ shape }) => shape[0]);
    model.symbolsOf = (i) => [...own.subarray(i * steps.length, (i + 1) * steps.length)];
    model.codeOfSymbols = (chosen) => Float64Array.from(symbols.base, (base, k) => (
      steps.reduce((sum, step, t) => sum + step[chosen[t] * size + k], base)
    ));
  }
  if (data.examples) {
    const rows = numbers(data.examples);
    const width = data.examples.shape[1];
    model.exampleOf = (i) => ((i + 1) * width <= rows.length ? rows.subarray(i * width, (i + 1) * width) : null);
  }
  return model;
}
