"""The live map in a real browser: pointer, keys, sliders, drawing, light, dark and phone."""

import json

import numpy as np
import pandas
import pyarrow
import pytest

from isthmus.estimators.symbols import SymbolCodes
from isthmus.report import collect, evaluate_fit, metrics_of, render
from isthmus.tables import infer

HEARD = """() => {
    const root = document.querySelector(".explorer");
    window.heard = {};
    root.addEventListener("decoded", ({ detail }) => {
        window.heard = { code: [...detail.code], numbers: [...detail.numbers] };
    });
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def html_of(estimator, parts, **settings):
    fit = evaluate_fit(estimator, parts, **settings)
    return render(collect(fit, metrics_of(fit)))


@pytest.fixture(scope="module")
def html(better, digits):
    return html_of(better, digits)


@pytest.fixture
def visit(chromium, tmp_path):
    """Return a function that opens a page; in the end it had no error and asked for nothing."""
    contexts, troubles = [], []

    def open_page(html, **look):
        context = chromium.new_context(**{"viewport": {"width": 1000, "height": 1100}} | look)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda sent: sent.url.startswith(("file:", "data:")) or troubles.append(sent.url),
        )
        (tmp_path / "report.html").write_text(html, encoding="utf-8")
        page.goto((tmp_path / "report.html").as_uri())
        if page.locator(".explorer").count():
            page.evaluate(HEARD)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def heard(page):
    """Return the code and the numbers decoded from it, once the page has drawn them."""
    page.evaluate(FRAMES)
    return {name: np.array(values) for name, values in page.evaluate("window.heard").items()}


def at(page, x, y):
    """Return the place in the window of a place in the drawing of the map."""
    page.locator(".map svg.chart").scroll_into_view_if_needed()
    box = page.locator(".map svg.chart").bounding_box()
    return box["x"] + x * box["width"] / 640, box["y"] + y * box["width"] / 640


def value_at(axis, place):
    """Return the value at a place of the drawing."""
    share = (place - axis["start"]) / (axis["end"] - axis["start"])
    return axis["low"] + share * (axis["high"] - axis["low"])


def held(page, name):
    return json.loads(page.locator(f"#{name}").text_content())


def pixels(page, part):
    """Return the grey levels of a canvas."""
    return np.array(
        page.locator(f"[data-part={part}] canvas").first.evaluate(
            "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        )
    )[::4]


def test_what_is_pointed_at_is_decoded_between_the_examples_too(visit, html, better):
    page = visit(html)
    page.mouse.move(*at(page, 213.7, 181.3))
    found = heard(page)
    x, y = held(page, "model")["axes"]
    np.testing.assert_allclose(found["code"], [value_at(x, 213.7), value_at(y, 181.3)], rtol=1e-3)
    expected = better.inverse_transform(found["code"][None])[0]
    np.testing.assert_allclose(found["numbers"], expected, atol=1e-5 * np.ptp(expected))
    low, high = held(page, "model")["reading"]["limits"]
    grey = np.clip((expected - low) / (high - low), 0, 1) * 255
    np.testing.assert_allclose(pixels(page, "decoded"), grey, atol=0.51)


def test_an_example_shows_with_its_reconstruction_and_a_click_stays_there(visit, html, better):
    page = visit(html)
    codes = held(page, "codes")
    page.mouse.move(*at(page, codes["x"][0], codes["y"][0]))
    assert "squared error" in page.locator(".tip").inner_text()
    assert page.locator(".tip canvas").count() == 1
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(5, 5)
    np.testing.assert_allclose(heard(page)["code"], codes["values"][0], atol=1e-3)
    assert page.locator(".tip").is_hidden()


def test_dragging_walks_a_line_that_a_slider_goes_along(visit, html):
    page = visit(html)
    page.mouse.move(*at(page, 200, 200))
    first = heard(page)["code"]
    page.mouse.down()
    page.mouse.move(*at(page, 420, 330), steps=3)
    page.mouse.up()
    last = heard(page)["code"]
    assert page.locator("[data-part=steps] canvas").count() == 9
    page.get_by_label("along the line").focus()
    page.keyboard.press("Home")
    np.testing.assert_allclose(heard(page)["code"], first, atol=1e-9)
    page.keyboard.press("End")
    np.testing.assert_allclose(heard(page)["code"], last, atol=1e-9)
    page.locator(".map svg.chart").focus()
    page.keyboard.press("Escape")
    assert page.locator("[data-part=walk]").is_hidden()


def test_keys_move_on_the_map_and_on_the_sliders_and_are_spoken(visit, html):
    page = visit(html)
    page.locator(".map svg.chart").focus()
    page.keyboard.press("Home")
    start = heard(page)["code"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    moved = heard(page)["code"]
    assert (moved > start).all()
    spoken = "document.querySelector('.map [aria-live]').textContent"
    page.wait_for_function(f"{spoken}.startsWith('code')")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator(".tip").is_visible()
    example = heard(page)["code"]
    page.get_by_label("code 2", exact=True).focus()
    page.keyboard.press("ArrowRight")
    slid = heard(page)["code"]
    assert slid[0] == example[0]
    assert slid[1] != example[1]
    page.keyboard.press("Home")
    assert heard(page)["code"][1] == pytest.approx(
        next(d["low"] for d in held(page, "model")["dimensions"] if d["index"] == 1)
    )
    page.locator(".map svg.chart").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.evaluate(FRAMES)
    assert page.locator("[data-part=walk]").is_visible()
    page.get_by_role("button", name="back to the start").click()
    page.locator(".map svg.chart").focus()
    page.keyboard.press("ArrowLeft")  # no line goes on from before
    page.evaluate(FRAMES)
    assert page.locator("[data-part=walk]").is_hidden()


def test_what_is_far_from_the_training_examples_is_marked(visit, html):
    page = visit(html)
    page.mouse.move(*at(page, 52, 12))
    heard(page)
    assert "Far from the training examples" in page.locator("[data-part=nearness]").inner_text()
    assert "far" in page.locator("[data-part=panel]").get_attribute("class").split()
    codes = held(page, "codes")
    page.mouse.move(*at(page, codes["x"][3], codes["y"][3]))
    heard(page)
    assert "Near" in page.locator("[data-part=nearness]").inner_text()


def test_a_drawing_is_encoded_by_pointer_and_by_keys(visit, html, better):
    page = visit(html)
    pad = page.locator("[data-part=pad] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 4, steps=4)
    page.mouse.up()
    low, high = held(page, "model")["reading"]["limits"]
    drawn = low + pixels(page, "pad") / 255 * (high - low)
    assert drawn.max() > 0.5 * high
    np.testing.assert_allclose(heard(page)["code"], better.transform(drawn[None])[0], atol=0.02)
    before = heard(page)["code"]
    pad.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert not np.array_equal(heard(page)["code"], before)
    page.get_by_role("button", name="clear").click()
    assert len(np.unique(pixels(page, "pad"))) == 1


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_the_page_fits_its_window_and_marks_differ_from_it(visit, html, look):
    size = {"width": 390, "height": 800} if look == "phone" else {"width": 1000, "height": 900}
    scheme = "dark" if look == "dark" else "light"
    page = visit(html, viewport=size, color_scheme=scheme, has_touch=look == "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    paper = page.evaluate("getComputedStyle(document.querySelector('.map svg')).backgroundColor")
    dots = page.locator("g.dots").evaluate_all("gs => gs.map((g) => getComputedStyle(g).stroke)")
    assert len(dots) == 10
    assert min(contrast(colour, paper) for colour in dots) >= 3
    if look == "phone":
        page.touchscreen.tap(*at(page, 300, 240))
        assert heard(page)["numbers"].shape == (64,)


def contrast(one, other):
    from isthmus.figures.palette import contrast

    hexes = ("#" + "".join(f"{int(v):02x}" for v in c[4:-1].split(",")) for c in (one, other))
    return contrast(*hexes)


def test_rows_of_a_table_are_read_by_its_columns_and_levels(visit, standin):
    evil = "<img src=x onerror=console.log(1)>"
    rng = np.random.default_rng(0)
    days = pandas.to_timedelta(rng.integers(0, 500, 200), "D")
    frame = pandas.DataFrame(
        {
            "size": rng.lognormal(2, 1, 200).round(1),
            "rooms": rng.poisson(4, 200),
            evil: rng.choice(["</script>", "b", "c"], 200),
            "day": pandas.Timestamp("2020-01-01") + days,
            "garden": rng.choice(["yes", "no"], 200),
            "grade": pandas.Categorical(
                rng.choice(["low", "mid", "high"], 200), ["low", "mid", "high"], ordered=True
            ),
        }
    )
    schema = infer(pyarrow.Table.from_pandas(frame))
    rows = schema.encode(pyarrow.Table.from_pandas(frame))
    estimator = standin(3).fit(rows)
    estimator.schema_ = schema
    page = visit(html_of(estimator, {"train": (frame[:150], None), "test": (frame[150:], None)}))
    page.mouse.move(*at(page, 300, 240))
    expected = schema.decode(heard(page)["numbers"][None]).to_pylist()[0]
    table = page.locator("[data-part=decoded] tr").evaluate_all(
        "rows => rows.map((row) => [row.cells[0].textContent, row.cells[1].textContent])"
    )
    assert [name for name, _ in table] == list(frame.columns)
    for name, text in table:
        value = expected[name]
        if isinstance(value, float | int):
            assert float(text.replace(",", "")) == pytest.approx(value, rel=6e-3, abs=1e-3)
        else:
            assert text == (str(value) if isinstance(value, str) else value.date().isoformat())
    page.mouse.down()
    page.mouse.move(*at(page, 400, 300), steps=2)
    page.mouse.up()
    assert page.locator("[data-part=steps] thead th").count() == 6


class Rounded:
    """Wrap a stand-in: codes of whole numbers from 0 to 4, as discrete latents have them."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def transform(self, X, labels=None):
        return np.clip(np.rint(self.inner.transform(X) * 2 + 2), 0, 4).astype(np.float32)

    def assess(self, X, labels=None):
        return self.inner.assess(X) | {"code": self.transform(X)}

    def symbols(self, X):
        steps = np.zeros((4, 5, 4))
        steps[np.arange(4), :, np.arange(4)] = np.arange(5)
        return self.transform(X).astype(int), SymbolCodes(np.zeros(4), tuple(steps))


def test_symbols_of_a_discrete_code_are_chosen(visit, standin, digits):
    inner = standin(4, image_shape=(8, 8, 1)).fit(digits["train"][0])
    page = visit(html_of(Rounded(inner), digits))
    page.mouse.move(*at(page, 300, 240))
    looked_at = heard(page)["code"]
    assert set(looked_at) <= {0, 1, 2, 3, 4}  # of the nearest example, not of the place
    value = page.get_by_label("symbol 3")
    assert value.input_value() == str(int(looked_at[2]))
    page.mouse.down()
    page.mouse.up()
    value.focus()
    page.keyboard.press("End")
    chosen = heard(page)["code"]
    assert chosen[2] == 4
    np.testing.assert_array_equal(np.delete(chosen, 2), np.delete(looked_at, 2))


def test_features_of_a_sparse_code_show_their_strongest_examples(visit, standin, digits):
    class Sparse(Rounded):
        symbols = staticmethod(lambda X: None)

        def transform(self, X, labels=None):
            return np.maximum(self.inner.transform(X) - 0.4, 0).astype(np.float32)

    inner = standin(4, image_shape=(8, 8, 1)).fit(digits["train"][0])
    page = visit(html_of(Sparse(inner), digits))
    page.get_by_label("Feature").select_option("2")
    strongest = page.locator("[data-part=features] button")
    values = [float(text) for text in strongest.all_inner_texts()]
    assert len(values) == 8
    assert values == sorted(values, reverse=True)
    strongest.first.click()
    assert heard(page)["code"][2] == pytest.approx(values[0], rel=5e-3)
    assert "feature 3: " in page.locator("[data-part=code]").inner_text()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_notebook_shows_the_page_of_a_conditional_model_under_the_label_chosen(visit, digits):
    from isthmus.recipes import conditional_vae

    X, y = (part[:120] for part in digits["train"])
    fitted = conditional_vae(2, hidden=(8,), epochs=1, random_state=0).fit(X, y)
    shown = fitted.report(X, y)
    assert shown.metrics["format"] == 3
    page = visit(f"<!doctype html><title>cell</title>{shown._repr_html_()}")
    frame = page.frames[1]
    frame.evaluate(HEARD)
    frame.get_by_label("Label to decode for").select_option("7")
    frame.evaluate(FRAMES)
    found = {name: np.array(values) for name, values in frame.evaluate("window.heard").items()}
    expected = fitted.inverse_transform(found["code"][None], labels=[7])[0].ravel()
    np.testing.assert_allclose(found["numbers"], expected, atol=1e-3 * np.ptp(expected))


def test_size_and_time_of_loading(visit, html, capsys):
    page = visit(html)
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    with capsys.disabled():
        print(f" {len(html) / 1e6:.2f} MB, loaded in {timing:.0f} ms ", end="")  # noqa: T201
    assert page.locator("[data-part=panel]").is_visible()


def test_a_model_above_the_limit_is_not_carried_and_the_page_says_so(better, digits):
    page = html_of(better, digits, live_limit=1e-4)
    assert "above the limit of 0.0001 MB (--live-limit" in page
    assert "IsthmusProgram" not in page
    assert "Point at one" in page


def test_a_decoder_too_slow_for_a_pointer_is_not_carried(better, digits, monkeypatch):
    monkeypatch.setattr("isthmus.report.live.page_model.WORK", 100)
    fit = evaluate_fit(better, digits)
    live = collect(fit, metrics_of(fit)).sections["explore"].live
    assert live.data is None
    assert live.sentence.startswith("The decoder computes 128 numbers for every code, too many")


def test_a_column_that_is_missing_everywhere_has_a_range():
    from types import SimpleNamespace

    from isthmus.report.live.reading import reading_of

    X = np.random.default_rng(0).normal(size=(20, 30))
    X[:, 3] = np.nan
    names = [f"x{i}" for i in range(30)]
    model = SimpleNamespace(image_shape=None, column_names=names)
    shown = SimpleNamespace(examples=X)
    fit = SimpleNamespace(limits=(-1.0, 1.0), model=model, schema=None, shown=shown)
    reading = json.loads(json.dumps(reading_of(fit), allow_nan=False))
    assert reading["columns"][3]["range"] == [0.0, 0.0]
