"""Every recipe in every format: what comes out is what the estimator gives."""

import contextlib

import numpy as np
import pytest

from isthmus.errors import SettingError
from isthmus.export import FORMATS
from isthmus.export.parts import trace_part
from isthmus.export.proof import make_batch, prove
from isthmus.export.running import ToolMissingError
from isthmus.recipes import RECIPES

DRAWN = {
    "hi_vae", "iaf_vae", "maf_prior_vae", "mixture_prior_vae", "planar_flow_vae", "poincare_vae",
    "vamp_vae",
}  # fmt: skip
"""Recipes whose divergence has no closed form, so that a score is an estimate from noise."""


def labels_of(estimator, y):
    return y if estimator.model_.conditional else None


def prove_in_every_format(estimator, part, x, y):
    """Return the deviations by format, where the tool that runs it is installed."""
    traced = trace_part(estimator, part)
    batch = make_batch(estimator, part, x, labels_of(estimator, y))
    proofs = {}
    for to, form in FORMATS.items():
        source = form.write(traced.program, part, "a part")
        with contextlib.suppress(ToolMissingError):
            proofs[to] = prove(estimator, part, to, form, traced, source, batch)
    assert "numpy" in proofs
    return proofs


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_gives_in_every_format_what_its_estimator_gives(name, estimators, batch):
    estimator = estimators(name)
    if name in DRAWN:
        with pytest.raises(SettingError, match="estimate from drawn noise"):
            trace_part(estimator, "score")
    for part in ("reconstruct",) if name in DRAWN else ("reconstruct", "score"):
        for to, found in prove_in_every_format(estimator, part, *batch).items():
            assert found.deviation <= 1e-5, to
            assert found.undecided == 0, to


@pytest.fixture(scope="module")
def in_a_page(chromium):
    """Return the format that is JavaScript, run in a page of a browser."""
    page = chromium.new_page()

    def run(program, source, function, inputs):
        rows = [
            dict(zip(inputs, (np.asarray(values).tolist() for values in row), strict=True))
            for row in zip(*inputs.values(), strict=True)
        ]
        given = page.evaluate(
            """([source, rows]) => {
                const model = new Function(`${source}; return model;`)();
                return model.runAll(rows).map((row) => (
                    Object.fromEntries(Object.entries(row).map(([k, v]) => [k, Array.from(v)]))
                ));
            }""",
            [source.decode(), rows],
        )
        return {
            port.name: np.array([row[port.name] for row in given]).reshape(-1, *port.shape)
            for port in program.outputs
        }

    yield FORMATS["js"]._replace(run=run)
    page.close()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_gives_in_a_browser_what_its_estimator_gives(name, estimators, batch, in_a_page):
    estimator, (x, y) = estimators(name), batch
    traced = trace_part(estimator, "reconstruct")
    given = make_batch(estimator, "reconstruct", x, labels_of(estimator, y))
    source = in_a_page.write(traced.program, "reconstruct", "a part")
    found = prove(estimator, "reconstruct", "js", in_a_page, traced, source, given)
    assert found.deviation <= 1e-5
    assert found.undecided == 0


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("name", ["conditional_vae", "rvq_vae"])
def test_encoder_and_decoder_leave_by_themselves(name, part, estimators, batch, tmp_path):
    estimator, (x, y) = estimators(name), batch
    labels = labels_of(estimator, y)
    for suffix in (".py", ".onnx"):
        written = estimator.export(tmp_path / f"a{suffix}", part=part, X=x, labels=labels)
        assert written.proof.deviation <= 1e-5
        names = [port.name for port in written.program.inputs]
        assert names[1:] == (["label"] if name == "conditional_vae" else [])
