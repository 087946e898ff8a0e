// Runs an exported model: plain JavaScript, for a page or for node, without any dependency.
//
//   const model = new IsthmusProgram(description);   // what isthmus wrote: an object
//   const { reconstruction } = model.run({ code: [0.3, -1.2] });
//
// A program is a list of operations on the numbers of one example, in NumPy's meaning. All index
// tables and buffers are made once, so that a run allocates nothing: what `run` returns is valid
// until the next run, copy it (`.slice()`) to keep it.

class IsthmusProgram {
  constructor(description) {
    if (description.format !== 1) {
      throw new Error(`This is format ${description.format} of a model, and 1 was expected.`);
    }
    this.inputs = description.inputs;
    this.outputs = description.outputs;
    this.layers = [];
    const values = new Map();
    for (const [name, constant] of Object.entries(description.constants)) {
      values.set(name, { shape: constant.shape, data: IsthmusProgram.numbers(constant) });
    }
    for (const port of this.inputs) values.set(port.name, IsthmusProgram.empty(port.shape));
    this.steps = [];
    for (const [kind, output, shape, of, inputs, attributes, layer] of description.operations) {
      const given = inputs.map((name) => values.get(name));
      const make = isthmusOperations[kind];
      if (!make) throw new Error(`This runtime does not know the operation ${kind}.`);
      const made = make(given, shape, attributes, of);
      values.set(output, { shape, data: made.data });
      if (made.step) this.steps.push(made.step);
      this.layers.push({ output, layer });
    }
    this.values = values;
  }

  // Runs one example: an object of inputs to an object of outputs, arrays of numbers each.
  run(inputs) {
    for (const { name, shape } of this.inputs) {
      const { data } = this.values.get(name);
      const given = inputs[name];
      if (given === undefined) throw new Error(`The input ${name} is missing.`);
      if (shape.length === 0) data[0] = typeof given === "number" ? given : given[0];
      else if (given.length === data.length) data.set(given);
      else throw new Error(`The input ${name} has ${given.length} numbers, not ${data.length}.`);
    }
    for (const step of this.steps) step();
    return Object.fromEntries(this.outputs.map(({ name }) => [name, this.values.get(name).data]));
  }

  // Runs many examples, each an object of inputs; returns arrays of their own.
  runAll(examples) {
    return examples.map((example) => {
      const given = Object.entries(this.run(example));
      return Object.fromEntries(given.map(([name, data]) => [name, data.slice()]));
    });
  }

  static empty(shape) {
    return { shape, data: new Float64Array(isthmusSize(shape)) };
  }

  // Reads a constant: base64 of little-endian numbers.
  static numbers({ type, data }) {
    const text = atob(data);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    if (type === "float32") return new Float32Array(bytes.buffer);
    if (type === "int32") return new Int32Array(bytes.buffer);
    if (type === "bool") return bytes;
    if (type === "float16") return Float32Array.from(new Uint16Array(bytes.buffer), isthmusHalf);
    throw new Error(`Constants of type ${type} are unknown.`);
  }
}

// The number that 16 bits stand for.
function isthmusHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function isthmusSize(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

// How far apart neighbours along each axis lie.
function isthmusStrides(shape) {
  const strides = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  }
  return strides;
}

// For every place of `shape`, in order, the sum of its indices times `steps`, after `start`.
function isthmusTable(shape, steps, start = 0) {
  const table = new Int32Array(isthmusSize(shape));
  const index = new Array(shape.length).fill(0);
  let place = start;
  for (let i = 0; i < table.length; i++) {
    table[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis];
      if (++index[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return table;
}

// Where in an input the number for every place of a broadcast output is, or null if at the same.
function isthmusSpread(shape, output) {
  if (isthmusSize(shape) === isthmusSize(output)) return null;
  const own = isthmusStrides(shape);
  const missing = output.length - shape.length;
  const steps = output.map((_, axis) => {
    return axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing];
  });
  return isthmusTable(output, steps);
}

// An element-wise operation of one to three inputs, as a function of numbers.
function isthmusEach(apply) {
  return (inputs, shape) => {
    const out = new Float64Array(isthmusSize(shape));
    const tables = inputs.map((input) => isthmusSpread(input.shape, shape));
    const [a, b, c] = inputs.map((input) => input.data);
    if (inputs.length === 1) {
      return { data: out, step: () => { for (let i = 0; i < out.length; i++) out[i] = apply(a[i]); } };
    }
    const [s, t, u] = tables;
    if (inputs.length === 2) {
      return { data: out, step: () => {
        for (let i = 0; i < out.length; i++) out[i] = apply(a[s ? s[i] : i], b[t ? t[i] : i]);
      } };
    }
    return { data: out, step: () => {
      for (let i = 0; i < out.length; i++) {
        out[i] = apply(a[s ? s[i] : i], b[t ? t[i] : i], c[u ? u[i] : i]);
      }
    } };
  };
}

// An operation that moves numbers: from (inputs, shape, attributes) to where each comes from.
function isthmusMove(place) {
  return (inputs, shape, attributes) => {
    const out = new Float64Array(isthmusSize(shape));
    const table = place(inputs[0].shape, shape, attributes);
    const source = inputs[0].data;
    const filler = inputs.length > 1 ? inputs[1].data : null; // at places that come from nowhere
    return { data: out, step: () => {
      for (let i = 0; i < out.length; i++) out[i] = table[i] < 0 ? filler[0] : source[table[i]];
    } };
  };
}

// A reduction over axes: begins with `start`, and joins one number after another.
function isthmusReduce(start, join) {
  return ([{ shape: from, data }], shape, { axes }) => {
    const out = new Float64Array(isthmusSize(shape));
    const kept = isthmusStrides(shape);
    let next = 0;
    const steps = from.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]));
    const table = isthmusTable(from, steps);
    return { data: out, step: () => {
      out.fill(start);
      for (let i = 0; i < table.length; i++) out[table[i]] = join(out[table[i]], data[i]);
    } };
  };
}

// An operation along one axis: `line(read, count, write)` for each line.
function isthmusAlong(line) {
  return ([{ shape: from, data }], shape, { axis }) => {
    const out = new Float64Array(isthmusSize(shape));
    const count = from[axis];
    const inner = isthmusSize(from.slice(axis + 1));
    const outer = isthmusSize(from.slice(0, axis));
    const lines = out.length / (outer * inner); // numbers that a line gives
    return { data: out, step: () => {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) {
          const read = (k) => data[(o * count + k) * inner + i];
          line(read, count, (k, value) => { out[(o * lines + k) * inner + i] = value; });
        }
      }
    } };
  };
}

function isthmusProduct([left, right], shape) {
  const out = new Float64Array(isthmusSize(shape));
  const [a, b] = [left.data, right.data];
  const [length, width] = right.shape.slice(-2);
  const rows = left.shape.length > 1 ? left.shape[left.shape.length - 2] : 1;
  const together = isthmusSize(right.shape.slice(0, -2)); // matrices, one for each of the left's
  return { data: out, step: () => {
    out.fill(0);
    for (let g = 0; g < together * rows; g++) {
      const matrix = Math.floor(g / rows) * length * width;
      for (let k = 0; k < length; k++) {
        const factor = a[g * length + k];
        const row = matrix + k * width;
        for (let j = 0; j < width; j++) out[g * width + j] += factor * b[row + j];
      }
    }
  } };
}

function isthmusConcatenate(inputs, shape, { axis }) {
  const out = new Float64Array(isthmusSize(shape));
  const steps = isthmusStrides(shape);
  let start = 0;
  const parts = inputs.map(({ shape: own, data }) => {
    const table = isthmusTable(own, steps, start * steps[axis]);
    start += own[axis];
    return { table, data };
  });
  return { data: out, step: () => {
    for (const { table, data } of parts) for (let i = 0; i < table.length; i++) out[table[i]] = data[i];
  } };
}

// The Lanczos approximation, g = 7, and the reflection formula.
function isthmusLogGamma(x) {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - isthmusLogGamma(1 - x);
  const terms = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7];
  let sum = terms[0];
  for (let i = 1; i < 9; i++) sum += terms[i] / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

// By the recurrence up to 10, then the asymptotic series.
function isthmusDigamma(x) {
  let shift = 0;
  for (; x < 10; x++) shift -= 1 / x;
  const s = 1 / (x * x);
  return shift + Math.log(x) - 0.5 / x - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s / 240)));
}

// The series near 0, the continued fraction beyond.
function isthmusErf(x) {
  const a = Math.abs(x);
  if (a < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 60; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = a;
  for (let n = 60; n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}

function isthmusRound(x) {
  const near = Math.round(x); // halves upwards
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

const isthmusOperations = {
  add: isthmusEach((a, b) => a + b),
  sub: isthmusEach((a, b) => a - b),
  mul: isthmusEach((a, b) => a * b),
  div: isthmusEach((a, b) => a / b),
  max: isthmusEach((a, b) => Math.max(a, b)),
  min: isthmusEach((a, b) => Math.min(a, b)),
  pow: isthmusEach((a, b) => a ** b),
  eq: isthmusEach((a, b) => +(a === b)),
  ne: isthmusEach((a, b) => +(a !== b)),
  lt: isthmusEach((a, b) => +(a < b)),
  le: isthmusEach((a, b) => +(a <= b)),
  gt: isthmusEach((a, b) => +(a > b)),
  ge: isthmusEach((a, b) => +(a >= b)),
  and: isthmusEach((a, b) => +(a && b)),
  or: isthmusEach((a, b) => +(a || b)),
  not: isthmusEach((a) => +!a),
  select: isthmusEach((a, b, c) => (a ? b : c)),
  cast: (inputs, shape, attributes, of) => {
    const to = { float: (a) => a, int: Math.trunc, bool: (a) => +(a !== 0) }[of];
    return isthmusEach(to)(inputs, shape);
  },
  neg: isthmusEach((a) => -a),
  abs: isthmusEach(Math.abs),
  sign: isthmusEach(Math.sign),
  floor: isthmusEach(Math.floor),
  round: isthmusEach(isthmusRound),
  exp: isthmusEach(Math.exp),
  expm1: isthmusEach(Math.expm1),
  log: isthmusEach(Math.log),
  log1p: isthmusEach(Math.log1p),
  sqrt: isthmusEach(Math.sqrt),
  rsqrt: isthmusEach((a) => 1 / Math.sqrt(a)),
  sin: isthmusEach(Math.sin),
  cos: isthmusEach(Math.cos),
  sinh: isthmusEach(Math.sinh),
  cosh: isthmusEach(Math.cosh),
  tanh: isthmusEach(Math.tanh),
  asinh: isthmusEach(Math.asinh),
  atanh: isthmusEach(Math.atanh),
  logistic: isthmusEach((a) => 1 / (1 + Math.exp(-a))),
  erf: isthmusEach(isthmusErf),
  lgamma: isthmusEach(isthmusLogGamma),
  digamma: isthmusEach(isthmusDigamma),
  reshape: ([{ data }]) => ({ data }),
  broadcast: isthmusMove((from, shape) => {
    return isthmusSpread(from, shape) || isthmusTable(shape, isthmusStrides(shape));
  }),
  transpose: isthmusMove((from, shape, { axes }) => {
    const own = isthmusStrides(from);
    return isthmusTable(shape, axes.map((axis) => own[axis]));
  }),
  slice: isthmusMove((from, shape, { starts, strides }) => {
    const own = isthmusStrides(from);
    const start = starts.reduce((sum, place, axis) => sum + place * own[axis], 0);
    return isthmusTable(shape, strides.map((step, axis) => step * own[axis]), start);
  }),
  reverse: isthmusMove((from, shape, { axes }) => {
    const own = isthmusStrides(from);
    const start = axes.reduce((sum, axis) => sum + (from[axis] - 1) * own[axis], 0);
    return isthmusTable(shape, own.map((step, axis) => (axes.includes(axis) ? -step : step)), start);
  }),
  pad: isthmusMove((from, shape, { low }) => {
    const steps = isthmusStrides(shape);
    const start = low.reduce((sum, count, axis) => sum + count * steps[axis], 0);
    const table = new Int32Array(isthmusSize(shape)).fill(-1);
    isthmusTable(from, steps, start).forEach((place, i) => { table[place] = i; });
    return table;
  }),
  concatenate: isthmusConcatenate,
  matmul: isthmusProduct,
  sum: isthmusReduce(0, (a, b) => a + b),
  maximum: isthmusReduce(-Infinity, (a, b) => Math.max(a, b)),
  minimum: isthmusReduce(Infinity, (a, b) => Math.min(a, b)),
  all: isthmusReduce(1, (a, b) => +(a && b)),
  any: isthmusReduce(0, (a, b) => +(a || b)),
  argmax: isthmusAlong((read, count, write) => {
    let best = 0;
    for (let k = 1; k < count; k++) if (read(k) > read(best)) best = k;
    write(0, best);
  }),
  argmin: isthmusAlong((read, count, write) => {
    let best = 0;
    for (let k = 1; k < count; k++) if (read(k) < read(best)) best = k;
    write(0, best);
  }),
  cumsum: isthmusAlong((read, count, write) => {
    let total = 0;
    for (let k = 0; k < count; k++) write(k, (total += read(k)));
  }),
  take: ([{ data: line }, { data: places }], shape) => {
    const out = new Float64Array(isthmusSize(shape));
    return { data: out, step: () => {
      for (let i = 0; i < out.length; i++) out[i] = line[places[i]];
    } };
  },
  put: ([{ data: line }, { data: places }, { data: numbers }], shape) => {
    const out = new Float64Array(isthmusSize(shape));
    return { data: out, step: () => {
      out.set(line);
      for (let i = 0; i < numbers.length; i++) out[places[i]] = numbers[i];
    } };
  },
  top: ([{ data }], shape, { k }) => {
    const out = new Float64Array(k);
    return { data: out, step: () => {
      const order = Array.from(data.keys()).sort((i, j) => data[j] - data[i] || i - j);
      for (let i = 0; i < k; i++) out[i] = order[i];
    } };
  },
};
