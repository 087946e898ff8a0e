// A line through the codes: decoded at equal steps, with a slider that goes along it.
function makeWalk({ map, model, reading, geometry, part, state, stay }) {
  const trail = map.svg.querySelector(".trail");
  const walk = { line: null, begun: null }; // begun: the code at which keys began a line
  let waiting = false;
  const between = (t) => walk.line.from.map((value, k) => value + t * (walk.line.to[k] - value));
  const along = slider("along the line", {
    low: 0, high: 1, step: 0.01, value: 1, text: (t) => `${Math.round(100 * t)}%`,
    changed: (t) => {
      along.set(t);
      stay(between(t));
    },
  });

  function drawTrail() {
    const ends = walk.line ? [walk.line.from, walk.line.to].map(geometry.placeOf) : [];
    trail.setAttribute("points", ends.map(([x, y]) => `${x},${y ?? geometry.middle}`).join(" "));
  }
  function small(row, title) {
    const one = reading.small();
    one.draw(row);
    return titled(one.element, title);
  }

  function drawSteps() {
    waiting = false;
    if (!walk.line) return;
    const last = reading.several ? 4 : 8; // a table has fewer columns than a strip has pictures
    const shares = Array.from({ length: last + 1 }, (_, i) => i / last);
    const rows = shares.map((share) => model.decode(between(share), state.label));
    const titles = shares.map((share) => `${100 * share}%`);
    part("steps").replaceChildren(...(reading.several ? [reading.several(rows, titles)]
      : rows.map((row, i) => small(row, i % 4 ? "" : titles[i]))));
    part("walk").hidden = false;
  }

  walk.redraw = () => { // once a frame, however fast the pointer is
    if (walk.line && !waiting) requestAnimationFrame(drawSteps);
    waiting = Boolean(walk.line);
  };
  walk.draw = (from, to) => {
    walk.line = { from, to };
    along.set(1);
    drawTrail();
    walk.redraw();
  };
  walk.end = () => {
    walk.line = null;
    walk.begun = null;
    part("walk").hidden = true;
    drawTrail();
  };

  if (!model.symbolSizes) part("along").append(along.element); // between symbols there is no code
  return walk;
}
