// The live map: what is pointed at is decoded at once; clicks, keys, sliders and drawings move the
// place where the page stays.

// Where codes lie in the drawing of the map.
function makeGeometry(model, map) {
  const [xAxis, yAxis] = model.data.axes;
  const toDrawing = ({ low, high, start, end }, value) => start + (value - low) / (high - low) * (end - start);
  const toValue = ({ low, high, start, end }, at) => low + (at - start) / (end - start) * (high - low);
  const geometry = {
    middle: (yAxis.start + yAxis.end) / 2,

    // The place of a code; its height is null where the code has one dimension.
    placeOf(code) {
      const [x, y] = model.inPlane(code);
      return [toDrawing(xAxis, x), y === undefined ? null : toDrawing(yAxis, y)];
    },

    // The example whose code a place stands for, where codes are discrete: between them are none.
    snapped: (place) => (model.symbolSizes ? map.at(place, 1000) : -1),

    // The code at a place: another one moved there within the plane, or that of an example.
    codeAt([x, y], from) {
      const i = geometry.snapped([x, y]);
      return i >= 0 ? model.codeOf(i)
        : model.movedTo(from, [toValue(xAxis, x), toValue(yAxis, y)]);
    },
  };
  return geometry;
}

// The code that the page shows, and what shows it.
function makeExplorer(root, map, data) {
  const model = makeModel(data);
  const reading = readingOf(data.reading);
  const geometry = makeGeometry(model, map);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const panel = reading.make();
  const marker = map.svg.querySelector(".marker");
  const start = model.codeOf(data.start);
  const state = {
    home: start, // where the page stays
    code: start, // what is decoded: home, or what is pointed at
    label: data.labels?.start ?? 0,
    symbols: model.symbolsOf?.(data.start), // of home
    shownSymbols: model.symbolsOf?.(data.start), // of code
  };
  const explorer = { root, map, data, model, reading, geometry, part, state, updates: [] };
  let waiting = false;

  // The code in words: its numbers, or of a sparse code the features that are strongest.
  explorer.describe = () => {
    const SHOWN = 8;
    if (data.features) {
      const size = (k) => Math.abs(state.code[k]);
      const on = data.features.filter((k) => size(k) > 0).sort((a, b) => size(b) - size(a));
      const words = on.slice(0, SHOWN).map((k) => `feature ${k + 1}: ${short(state.code[k])}`);
      return words.join(", ") + (on.length > SHOWN ? ", …" : "");
    }
    const numbers = [...state.code].slice(0, SHOWN).map(short).join(", ");
    return numbers + (model.size > SHOWN ? ", …" : "");
  };
  explorer.draw = () => {
    waiting = false;
    const numbers = model.decode(state.code, state.label);
    const farness = model.farness(state.code);
    panel.draw(numbers);
    part("panel").classList.toggle("far", farness > 1);
    part("nearness").textContent = !data.reach ? "" : farness > 1
      ? `Far from the training examples (${short(farness)} times the limit): the decoder guesses.`
      : "Near training examples.";
    part("code").textContent = explorer.describe();
    const [x, y] = geometry.placeOf(state.code);
    marker.setAttribute("transform", `translate(${x} ${y ?? 0})`);
    marker.classList.toggle("upright", y === null);
    explorer.updates.forEach((update) => update(state.code));
    root.dispatchEvent(new CustomEvent("decoded", { detail: { code: state.code, numbers, farness } }));
  };
  explorer.look = (code, symbols) => { // for as long as the pointer is there
    state.code = code;
    state.shownSymbols = symbols ?? state.symbols;
    if (!waiting) requestAnimationFrame(explorer.draw);
    waiting = true;
  };
  explorer.lookAt = (place) => {
    const i = geometry.snapped(place);
    explorer.look(geometry.codeAt(place, state.home), i >= 0 ? model.symbolsOf(i) : null);
  };
  explorer.stay = (code, symbols) => {
    state.home = code;
    if (symbols) state.symbols = symbols;
    explorer.look(code);
  };
  explorer.choose = (i) => { // an example
    state.label = data.labels ? model.labelOf(i) : state.label;
    explorer.stay(model.codeOf(i), model.symbolsOf?.(i));
  };
  explorer.stayAt = (place) => {
    const i = map.at(place, model.symbolSizes ? 1000 : 8);
    if (i >= 0) explorer.choose(i);
    else explorer.stay(geometry.codeAt(place, state.home));
  };

  panel.element.setAttribute("role", "img");
  panel.element.setAttribute("aria-label", "What the code decodes to");
  part("decoded").append(panel.element);
  return explorer;
}

// The parts of the page around the map, as the model has them.
function addControls(explorer, walk) {
  const { map, data, model, reading, part, state, stay, choose, updates } = explorer;
  const rebuilt = (i) => {
    const example = model.exampleOf ? model.exampleOf(i) : null;
    return reading.ofPair(example, model.decode(model.codeOf(i), model.labelOf(i)));
  };
  map.rebuilt = rebuilt;
  const relabelled = () => {
    stay(state.home);
    walk.redraw();
  };
  if (data.labels) updates.push(labelChooser(part("controls"), model, state, relabelled));
  const sliders = model.symbolSizes ? symbolSliders : dimensionSliders;
  updates.push(sliders(part("controls"), model, state, stay));
  if (data.features) {
    const show = (i) => (map.data.sheet ? plane.picture(map.data.sheet, i, 56) : rebuilt(i));
    featureExamples(part("features"), model, show, choose);
  }
  if (!model.canEncode) return;
  const pad = drawingPad(part("pad"), data.reading, reading, (numbers) => {
    stay(model.encode(numbers, state.label));
  });
  part("clear").addEventListener("click", pad.clear);
  part("copy").addEventListener("click", () => pad.copy(model.decode(state.code, state.label)));
  part("drawing").hidden = false;
}

function explore(root, map, data) {
  const explorer = makeExplorer(root, map, data);
  const walk = makeWalk(explorer);
  listenToPointer(explorer, walk);
  listenToKeys(explorer, walk);
  addControls(explorer, walk);
  explorer.part("reset").addEventListener("click", () => {
    walk.end();
    explorer.choose(data.start);
  });
  explorer.part("panel").hidden = false;
  explorer.draw();
}
