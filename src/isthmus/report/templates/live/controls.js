// Controls of the code: a slider for each dimension or symbol, the label, a feature's examples.

function slider(name, { low, high, step, value, text, changed }) {
  const output = element("output", {}, text(value));
  const input = element("input", { type: "range", min: low, max: high, step, "aria-label": name });
  input.value = value;
  input.setAttribute("aria-valuetext", text(value));
  input.addEventListener("input", () => changed(Number(input.value)));
  return {
    element: element("label", { class: "slider" }, element("span", {}, name), input, output),
    set(now) {
      input.value = now;
      output.textContent = text(now);
      input.setAttribute("aria-valuetext", text(now));
    },
  };
}

// Sliders of the dimensions, those that vary most first; the rest unfold.
function dimensionSliders(root, model, state, changed) {
  const made = model.data.dimensions.slice(0, 64).map(({ index, low, high }) => {
    const one = slider(`code ${index + 1}`, {
      low, high, step: (high - low) / 200, value: state.home[index], text: short,
      changed: (value) => {
        const code = Float64Array.from(state.home);
        code[index] = value;
        changed(code);
      },
    });
    return { ...one, index };
  });
  fold(root, made.map((one) => one.element), model.data.dimensions.length);
  return (code) => made.forEach((one) => one.set(code[one.index]));
}

// Steppers of the symbols of a discrete code.
function symbolSliders(root, model, state, changed) {
  const made = model.symbolSizes.slice(0, 64).map((size, t) => slider(`symbol ${t + 1}`, {
    low: 0, high: size - 1, step: 1, value: state.symbols[t], text: (v) => `${v} of ${size}`,
    changed: (value) => {
      const chosen = [...state.symbols];
      chosen[t] = value;
      changed(model.codeOfSymbols(chosen), chosen);
    },
  }));
  fold(root, made.map((one) => one.element), model.symbolSizes.length);
  return () => made.forEach((one, t) => one.set(state.shownSymbols[t]));
}

function fold(root, sliders, count) {
  const FIRST = 8;
  root.append(element("div", { class: "sliders" }, ...sliders.slice(0, FIRST)));
  if (count <= FIRST) return;
  const rest = element("div", { class: "sliders" }, ...sliders.slice(FIRST));
  root.append(element("details", {}, element("summary", {}, `${sliders.length - FIRST} more of ${count}`), rest));
}

// The label that a conditional model decodes under; `changed()` follows a choice.
function labelChooser(root, model, state, changed) {
  const { names } = model.data.labels;
  const options = names.map((name, i) => element("option", { value: i }, name));
  const select = element("select", { "aria-label": "Label to decode for" }, ...options);
  select.value = state.label;
  select.addEventListener("change", () => {
    state.label = Number(select.value);
    changed();
  });
  root.append(element("label", { class: "chooser" }, element("span", {}, "label"), select));
  return () => { select.value = state.label; };
}

// A feature of a sparse code, and the examples in which it is strongest.
function featureExamples(root, model, show, choose) {
  const SHOWN = 8;
  const options = model.data.features.map((k) => element("option", { value: k }, `feature ${k + 1}`));
  const select = element("select", { "aria-label": "Feature" }, ...options);
  const strip = element("div", { class: "strip scroll" });
  const update = () => {
    const k = Number(select.value);
    const strength = Array.from({ length: model.count }, (_, i) => Math.abs(model.codeOf(i)[k]));
    const order = [...strength.keys()].sort((i, j) => strength[j] - strength[i]).slice(0, SHOWN);
    strip.replaceChildren(...order.map((i) => {
      const value = short(model.codeOf(i)[k]);
      const button = element("button", { type: "button", "aria-label": `example with ${value}` }, show(i), value);
      button.addEventListener("click", () => choose(i));
      return button;
    }));
  };
  select.addEventListener("change", update);
  root.append(
    element("label", { class: "chooser" }, element("span", {}, "strongest examples of"), select), strip,
  );
  update();
}
