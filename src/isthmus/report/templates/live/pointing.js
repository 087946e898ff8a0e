// What the pointer and the keys do on the map.

// A mouse looks, clicks and drags a line; a finger looks, and drags a line when the button asks.
function listenToPointer({ map, model, geometry, part, state, look, lookAt, stay, stayAt }, walk) {
  const { svg } = map;
  const button = part("line");
  const asked = () => button.getAttribute("aria-pressed") === "true";
  const dragsLine = (event) => event.pointerType === "mouse" || asked();
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) > 6;
  const placeOf = (event) => plane.place(svg, event, map.WIDTH);
  const codeAt = (place) => geometry.codeAt(place, state.home);
  let pressed = null;

  svg.addEventListener("pointerdown", (event) => {
    pressed = placeOf(event);
    svg.setPointerCapture(event.pointerId);
    lookAt(pressed);
  });
  svg.addEventListener("pointermove", (event) => {
    const place = placeOf(event);
    const i = map.at(place, 10);
    if (pressed && dragsLine(event) && far(pressed, place)) {
      map.hide();
      walk.draw(codeAt(pressed), codeAt(place));
    } else if (i < 0) map.hide();
    else map.show(i, false);
    lookAt(place);
  });
  svg.addEventListener("pointerup", (event) => {
    if (!pressed) return;
    const place = placeOf(event);
    const drew = walk.line && dragsLine(event) && far(pressed, place);
    if (drew && !model.symbolSizes) stay(walk.line.to);
    else stayAt(place);
    button.setAttribute("aria-pressed", false);
    pressed = null;
  });
  svg.addEventListener("pointercancel", () => {
    pressed = null;
    look(state.home);
  });
  svg.addEventListener("pointerleave", () => {
    map.hide();
    if (!pressed) look(state.home);
  });
  button.addEventListener("click", () => button.setAttribute("aria-pressed", !asked()));
}

// Arrows move, with shift to the next example; Enter begins a line and ends it; Home goes back.
function listenToKeys({ map, data, model, geometry, state, stay, choose, describe }, walk) {
  const STEP = 8;
  const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

  function move(key, toExample) {
    const [x, y] = geometry.placeOf(state.home);
    const here = [x, y ?? geometry.middle];
    const next = toExample ? plane.ahead(map.data, key, here, map.visible) : -1;
    if (next >= 0) {
      map.show(next, true);
      choose(next);
    } else if (!toExample) {
      map.hide();
      stay(geometry.codeAt([here[0] + moves[key][0], here[1] + moves[key][1]], state.home));
      const far = model.farness(state.home) > 1 ? " Far from the training examples." : "";
      map.say(`code ${describe()}.${far}`);
    }
    if (walk.begun) walk.draw(walk.begun, state.home);
  }
  function beginOrEnd() {
    walk.begun = walk.begun ? null : state.home;
    map.say(walk.begun ? "A line begins here: move on, and press Enter at its end." : "The line ends here.");
  }
  function clear() {
    map.hide();
    walk.end();
  }

  map.svg.addEventListener("keydown", (event) => {
    const { key } = event;
    const act = {
      Enter: beginOrEnd, " ": beginOrEnd, Escape: clear, Home: () => choose(data.start),
      ...Object.fromEntries(Object.keys(moves).map((name) => (
        [name, () => move(name, event.shiftKey || Boolean(model.symbolSizes))]
      ))),
    }[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
