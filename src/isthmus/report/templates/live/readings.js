// How decoded numbers are shown: each reading makes elements whose `draw(numbers)` shows an example.

const SVG = document.querySelector("svg").namespaceURI;

function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9 || (size < 1e-4 && size > 0)) return value.toExponential(2);
  return size >= 1e4 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

// Images: a canvas of their pixels, which the page enlarges.
function imageReading({ shape: [height, width, channels], limits: [low, high] }) {
  const level = (value) => 255 * Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
  const make = () => {
    const canvas = element("canvas", { width, height, class: "pixels" });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    return { element: canvas, draw(numbers) {
      for (let i = 0; i < width * height; i += 1) {
        for (let c = 0; c < 3; c += 1) {
          image.data[4 * i + c] = level(numbers[i * channels + (channels >= 3 ? c : 0)]);
        }
        image.data[4 * i + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    } };
  };
  return { make, small: make, ofPair: (example, rebuilt) => {
    const shown = make();
    shown.draw(rebuilt);
    return titled(shown.element, "reconstruction");
  } };
}

// Signals: a curve in the range of the data, and of a pair the example behind its reconstruction.
function curveReading({ range: [low, high] }) {
  const points = (numbers) => {
    const step = Math.max(1, Math.floor(numbers.length / 400));
    const places = [];
    for (let i = 0; i < numbers.length; i += step) {
      const x = 100 * i / (numbers.length - 1);
      places.push(`${x.toFixed(2)},${(100 - 100 * (numbers[i] - low) / (high - low || 1)).toFixed(2)}`);
    }
    return places.join(" ");
  };
  const line = (name) => {
    const made = document.createElementNS(SVG, "polyline");
    made.setAttribute("class", name);
    return made;
  };
  const make = (...names) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 100");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "signal");
    const lines = ["curve", ...names].map(line).reverse();
    svg.append(...lines);
    return { element: svg, draw: (...examples) => {
      examples.reverse().forEach((numbers, i) => lines[i].setAttribute("points", points(numbers)));
    } };
  };
  return {
    make: () => {
      const { element: svg, draw } = make();
      const ends = [high, low].map((end) => element("span", {}, short(end)));
      return { element: element("div", { class: "framed-signal" }, element("div", {}, ...ends), svg), draw };
    },
    small: () => make(),
    ofPair: (example, rebuilt) => {
      const shown = make("example");
      shown.draw(rebuilt, example);
      return titled(shown.element, "grey: example; blue: reconstruction");
    },
  };
}

// Tables: from the encoded columns of a row to entries: { text, share }, share in [0, 1] or null.
const entries = {
  number(column, row) {
    const { start, range: [low, high], shift = 0, scale = 1, bend, decimals, least } = column;
    const { before = "", after = "", grouped = false, comma = false } = column;
    let value = row[start] * scale + shift;
    if (bend) value = bend.centre + bend.spread * Math.sinh(Math.max(-30, Math.min(30, value)));
    if (typeof least === "number") value = Math.max(value, least);
    let text = typeof decimals === "number"
      ? String(Number(value.toFixed(Math.max(0, Math.min(20, decimals))))) : short(value);
    if (grouped) text = text.replace(/^(-?\d+)/, (whole) => whole.replace(/(\d)(?=(\d{3})+$)/g, "$1,"));
    if (comma) text = text.replace(/[.,]/g, (mark) => (mark === "." ? "," : "."));
    const written = Number.isNaN(row[start]) ? "–" : before + text + after;
    return { text: written, share: (value - low) / (high - low || 1) };
  },
  bit({ start, levels }, row) {
    const p = row[start];
    return { text: levels[p >= 0.5 ? 1 : 0], share: Math.max(p, 1 - p), sure: true };
  },
  first({ start, width, levels }, row) {
    let best = 0;
    for (let i = 1; i < width; i += 1) if (row[start + i] > row[start + best]) best = i;
    return { text: levels[best], share: row[start + best], sure: true };
  },
  sum({ start, width, levels }, row) {
    let above = 0;
    for (let i = 0; i < width; i += 1) above += row[start + i];
    const place = Math.max(0, Math.min(width, Math.round(above)));
    return { text: levels[place], share: above / width };
  },
  moment({ start, shift, scale, step, range: [low, high], per_second, since_1970 }, row) {
    const ticks = Math.round(row[start] * scale / step) * step + shift;
    const share = (ticks - low) / (high - low || 1);
    if (!Number.isFinite(ticks)) return { text: "–", share: 0 };
    const date = new Date(1000 * ticks / per_second);
    if (!since_1970 || Number.isNaN(date.getTime())) return { text: `${short(ticks / per_second)} s`, share };
    const written = date.toISOString();
    const days = step % Math.max(1, Math.round(86400 * per_second)) === 0;
    return { text: days ? written.slice(0, 10) : written.slice(0, 19).replace("T", " "), share };
  },
};

function tableReading({ columns }) {
  const entry = (column, row) => entries[column.how](column, row);
  const percent = (share) => `${100 * Math.max(0, Math.min(1, share || 0))}%`;
  const make = () => {
    const cells = columns.map(() => ({ value: element("td", { class: "n" }), bar: element("span") }));
    const rows = columns.map(({ name }, i) => element("tr", {},
      element("th", { scope: "row" }, name), cells[i].value,
      element("td", { class: "track-cell" }, element("span", { class: "track" }, cells[i].bar))));
    return { element: element("table", { class: "row" }, element("tbody", {}, ...rows)), draw(row) {
      columns.forEach((column, i) => {
        const { text, share, sure } = entry(column, row);
        cells[i].value.textContent = text;
        cells[i].bar.className = sure ? "sure" : "";
        cells[i].bar.style.width = percent(share);
      });
    } };
  };
  // Several rows side by side: the first columns of the table.
  const several = (rows, titles, most = columns.length) => {
    const head = element("tr", {}, element("th"), ...titles.map((t) => element("th", { scope: "col", class: "n" }, t)));
    const body = columns.slice(0, most).map((column) => element("tr", {},
      element("th", { scope: "row" }, column.name),
      ...rows.map((row) => element("td", { class: "n" }, entry(column, row).text))));
    return element("table", { class: "row" }, element("thead", {}, head), element("tbody", {}, ...body));
  };
  return { make, several, ofPair: (example, rebuilt) => (
    several(example ? [example, rebuilt] : [rebuilt], example ? ["example", "rebuilt"] : ["rebuilt"], 8)
  ) };
}

function readingOf(spec) {
  return { image: imageReading, curve: curveReading, table: tableReading }[spec.kind](spec);
}
