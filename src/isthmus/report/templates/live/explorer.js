// The live map: what is pointed at is decoded at once; clicks, keys, sliders and drawings move the
// place where the page stays; a line that is dragged is walked along.
function explore(root, map, data) {
  const model = makeModel(data);
  const reading = readingOf(data.reading);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const start = model.codeOf(data.start);
  const state = {
    home: start, // where the page stays
    code: start, // what is decoded: home, or what is pointed at
    label: data.labels?.start ?? 0,
    symbols: model.symbolsOf?.(data.start), // of home
    shownSymbols: model.symbolsOf?.(data.start), // of code
    line: null, // codes: from, to
  };
  const panel = reading.make();
  const marker = map.svg.querySelector(".marker");
  const trail = map.svg.querySelector(".trail");
  const [xAxis, yAxis] = data.axes;
  const updates = [];
  const MIDDLE = (yAxis.start + yAxis.end) / 2;
  let waiting = false;

  const toDrawing = ({ low, high, start: a, end: b }, value) => a + (value - low) / (high - low) * (b - a);
  const toValue = ({ low, high, start: a, end: b }, at) => low + (at - a) / (b - a) * (high - low);

  function placeOf(code) {
    const [x, y] = model.inPlane(code);
    return [toDrawing(xAxis, x), y === undefined ? null : toDrawing(yAxis, y)];
  }
  // Between discrete codes there are none: there it is the nearest example's.
  const snapped = (place) => (model.symbolSizes ? map.at(place, 1000) : -1);
  function codeAt([x, y]) {
    const i = snapped([x, y]);
    return i >= 0 ? model.codeOf(i)
      : model.movedTo(state.home, [toValue(xAxis, x), toValue(yAxis, y)]);
  }
  function describe() {
    const places = [...model.data.dimensions].sort((a, b) => a.index - b.index).slice(0, 8);
    return places.map(({ index }) => short(state.code[index])).join(", ") + (model.size > 8 ? ", …" : "");
  }

  function draw() {
    waiting = false;
    const numbers = model.decode(state.code, state.label);
    panel.draw(numbers);
    const farness = model.farness(state.code);
    part("panel").classList.toggle("far", farness > 1);
    part("nearness").textContent = !data.reach ? "" : farness > 1
      ? `Far from the training examples (${short(farness)} times the limit): the decoder guesses.`
      : "Near training examples.";
    part("code").textContent = describe();
    const [x, y] = placeOf(state.code);
    marker.setAttribute("transform", `translate(${x} ${y ?? 0})`);
    marker.classList.toggle("upright", y === null);
    updates.forEach((update) => update(state.code));
    root.dispatchEvent(new CustomEvent("decoded", { detail: { code: state.code, numbers, farness } }));
  }
  function redraw() {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  }
  function look(code, symbols) { // for as long as the pointer is there
    state.code = code;
    state.shownSymbols = symbols ?? state.symbols;
    redraw();
  }
  function lookAt(place) {
    const i = snapped(place);
    look(codeAt(place), i >= 0 ? model.symbolsOf(i) : null);
  }
  function stay(code, symbols) {
    state.home = code;
    if (symbols) state.symbols = symbols;
    look(code);
  }
  function chooseExample(i) {
    state.label = data.labels ? model.labelOf(i) : state.label;
    stay(model.codeOf(i), model.symbolsOf?.(i));
  }
  function chooseAt(place) {
    const i = map.at(place, model.symbolSizes ? 1000 : 8);
    if (i >= 0) chooseExample(i);
    else stay(codeAt(place));
  }

  // The line: decoded at equal steps, and a slider that goes along it.
  const between = (t) => state.line.from.map((value, k) => value + t * (state.line.to[k] - value));
  const along = slider("along the line", {
    low: 0, high: 1, step: 0.01, value: 1, text: (t) => `${Math.round(100 * t)}%`,
    changed: (t) => { along.set(t); stay(between(t)); },
  });
  function walk(from, to) {
    state.line = { from, to };
    const steps = reading.several ? 5 : 9;
    const rows = Array.from({ length: steps }, (_, i) => model.decode(between(i / (steps - 1)), state.label));
    const titles = rows.map((_, i) => `${Math.round(100 * i / (steps - 1))}%`);
    part("steps").replaceChildren(...(reading.several ? [reading.several(rows, titles)] : rows.map((row, i) => {
      const one = reading.small();
      one.draw(row);
      return titled(one.element, i % 4 ? "" : titles[i]);
    })));
    part("walk").hidden = false;
    along.set(1);
    drawTrail();
  }
  function drawTrail() {
    const ends = state.line ? [state.line.from, state.line.to].map(placeOf) : [];
    const points = ends.map(([x, y]) => `${x},${y ?? MIDDLE}`);
    trail.setAttribute("points", points.join(" "));
  }
  function endWalk() {
    state.line = null;
    part("walk").hidden = true;
    drawTrail();
  }

  // The pointer: a mouse looks, clicks and drags a line; a finger looks, and drags a line when the
  // button asks for one.
  let pressed = null;
  const lineButton = part("line");
  const wantsLine = (event) => event.pointerType === "mouse" || lineButton.getAttribute("aria-pressed") === "true";
  const moved = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) > 6;
  map.svg.addEventListener("pointerdown", (event) => {
    pressed = plane.place(map.svg, event, map.WIDTH);
    map.svg.setPointerCapture(event.pointerId);
    lookAt(pressed);
  });
  map.svg.addEventListener("pointermove", (event) => {
    const place = plane.place(map.svg, event, map.WIDTH);
    if (pressed && wantsLine(event) && moved(pressed, place)) {
      map.hide();
      walk(codeAt(pressed), codeAt(place));
    } else {
      const i = map.at(place, 10);
      if (i < 0) map.hide();
      else map.show(i, false);
    }
    lookAt(place);
  });
  const release = (event) => {
    if (!pressed) return;
    const place = plane.place(map.svg, event, map.WIDTH);
    if (state.line && moved(pressed, place) && wantsLine(event)) stay(state.line.to);
    else chooseAt(place);
    lineButton.setAttribute("aria-pressed", false);
    pressed = null;
  };
  map.svg.addEventListener("pointerup", release);
  map.svg.addEventListener("pointercancel", () => { pressed = null; look(state.home); });
  map.svg.addEventListener("pointerleave", () => {
    map.hide();
    if (!pressed) look(state.home);
  });

  // Keys: arrows move, with shift to the next example; Enter begins a line and ends it.
  let begun = null;
  const STEP = 8;
  const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  map.svg.addEventListener("keydown", (event) => {
    const [x, y] = placeOf(state.home);
    const here = [x, y ?? MIDDLE];
    if (moves[event.key]) {
      event.preventDefault();
      const next = event.shiftKey || model.symbolSizes ? plane.ahead(map.data, event.key, here, map.visible) : -1;
      if (next >= 0) {
        map.show(next, true);
        chooseExample(next);
      } else if (!event.shiftKey) {
        map.hide();
        stay(codeAt([here[0] + moves[event.key][0], here[1] + moves[event.key][1]]));
      }
      if (begun) walk(begun, state.home);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      begun = begun ? null : state.home;
      map.say(begun ? "a line begins here; move on, and press Enter at its end" : "the line ends here");
      return;
    } else if (event.key === "Home") {
      event.preventDefault();
      chooseExample(data.start);
    } else if (event.key === "Escape") {
      begun = null;
      map.hide();
      endWalk();
      return;
    } else return;
    if (map.current < 0) {
      map.say(`code ${describe()}. ${model.farness(state.home) > 1 ? "Far from the training examples." : ""}`);
    }
  });

  part("decoded").append(panel.element);
  panel.element.setAttribute("role", "img");
  panel.element.setAttribute("aria-label", "What the code decodes to");
  part("along").append(along.element);
  lineButton.addEventListener("click", () => {
    lineButton.setAttribute("aria-pressed", lineButton.getAttribute("aria-pressed") !== "true");
  });
  part("reset").addEventListener("click", () => {
    endWalk();
    chooseExample(data.start);
  });
  const example = (i) => (model.exampleOf ? model.exampleOf(i) : null);
  map.rebuilt = (i) => reading.ofPair(example(i), model.decode(model.codeOf(i), model.labelOf(i)));
  if (data.labels) updates.push(labelChooser(part("controls"), model, state, stay));
  const sliders = model.symbolSizes ? symbolSliders : dimensionSliders;
  updates.push(sliders(part("controls"), model, state, stay));
  if (data.features) {
    const show = (i) => (map.data.sheet ? plane.picture(map.data.sheet, i, 56) : map.rebuilt(i));
    featureExamples(part("features"), model, state, show, chooseExample);
  }
  if (model.canEncode) {
    const pad = drawingPad(part("pad"), data.reading, reading, (numbers) => {
      stay(model.encode(numbers, state.label));
    });
    part("clear").addEventListener("click", pad.clear);
    part("copy").addEventListener("click", () => pad.copy(model.decode(state.code, state.label)));
    part("drawing").hidden = false;
  }
  part("panel").hidden = false;
  draw();
}
