"""Options that are declared once: their defaults, their help, their way to the estimator."""

import inspect
import re
from dataclasses import dataclass
from typing import Annotated, get_type_hints

import pytest

from isthmus import Autoencoder, networks
from isthmus.cli import verbs
from isthmus.cli.declaring import Setting, option, settings_of, takes
from isthmus.cli.fit_options import FitOptions
from isthmus.cli.sweep import SweepOptions
from isthmus.report.evaluated_fit import LIVE_LIMIT


def settings(record):
    """The options of a record that set a parameter of the estimator, by field."""
    hints = get_type_hints(record, include_extras=True)
    marks = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {
        name: mark
        for name, several in marks.items()
        for mark in several
        if isinstance(mark, Setting)
    }


def help_of(verb):
    """The help of every option of a verb, in one line, by its field."""
    row = next(row for row in verbs.VERBS if row.name == verb)
    return {
        param.name: param.help.replace("\N{NO-BREAK SPACE}", " ")
        for param in verbs.command(row).params
    }


SHOWN = {"recipe": None, "image_shape": None, "seed": "0", "gradient_clip": "no clipping"}
"""Defaults that are not the estimator's, or read better in other words."""


@pytest.mark.parametrize("verb", ["fit", "sweep"])
def test_the_help_shows_the_defaults_of_the_estimator(verb):
    defaults = {**inspect.signature(Autoencoder).parameters}
    of_dense = networks.Dense().get_params(deep=False)
    of_conv = networks.Convolutional().get_params(deep=False)
    texts = help_of(verb)
    named = {name: mark.parameter or name for name, mark in settings(FitOptions).items()}
    named |= {"hidden": "hidden", "activation": "activation", "architecture": "encoder"}
    for name, parameter in named.items():
        if name in SHOWN or "__" in parameter:
            continue
        default = defaults[parameter].default
        word = {None: "none"}.get(default, str(default))
        assert re.search(rf"\\\[default: {re.escape(word)}[]:]", texts[name]), texts[name]
    assert f"[default: {of_dense['dropout']:g}]" in texts["dropout"]
    assert f"[default: {','.join(map(str, of_conv['channels']))}]" in texts["channels"]
    assert "[default: 1]" in texts["beta"]
    assert "[default: 0]" in texts["warmup"]
    if verb == "fit":
        assert f"[default: {LIVE_LIMIT:g}]" in texts["live_limit"]


def test_what_auto_means_is_what_the_estimator_does():
    from isthmus.estimators import automatic

    texts = help_of("fit")
    small, few = f"{automatic.SMALL:,}", f"{automatic.FEW:,}"
    assert f"{automatic.automatic_batch_size(automatic.SMALL)}, or" in texts["batch_size"]
    assert f"{automatic.automatic_batch_size(1)} below {small} examples" in texts["batch_size"]
    assert f"about {automatic.STEPS:,} steps" in texts["epochs"]
    assert (
        f"in {automatic.automatic_epochs(10**6)} to {automatic.automatic_epochs(1)} epochs"
        in (texts["epochs"])
    )
    assert (
        f"{automatic.STEEP} when training starts from PCA, else {automatic.SAFE}"
        in (texts["learning_rate"])
    )
    assert f"weight decay below {few} examples" in texts["penalty"]
    assert f"{automatic.automatic_patience(10**6, 10**6)} or" in texts["patience"]
    assert f"0 below {small} examples" in texts["patience"]


def test_every_setting_is_a_parameter_of_the_estimator():
    known = Autoencoder().get_params(deep=False)
    for name, mark in settings(FitOptions).items():
        assert (mark.parameter or name).partition("__")[0] in known


def test_a_sweep_offers_every_setting_of_a_fit_but_those_of_labels():
    lacking = settings(FitOptions).keys() - settings(SweepOptions).keys()
    assert lacking == set()
    fields = FitOptions.__dataclass_fields__.keys() - SweepOptions.__dataclass_fields__.keys()
    assert fields == {
        "classifier", "classification_weight", "regressor", "regression_weight", "conditional",
        "test_fraction", "config", "checkpoint_every", "live_limit", "labelled", "json",
    }  # fmt: skip


def test_one_field_offers_a_new_setting():
    """What a contributor does: a parameter of the estimator, and a field."""

    @dataclass(frozen=True, kw_only=True)
    class More(FitOptions):
        memory_limit: Annotated[
            float | None, option("--memory-limit", help="Bytes.", default="2e9"), Setting()
        ] = None

    given = More(source="digits", memory_limit=1e6, latent_dim=3)
    assert settings_of(given) == {"memory_limit": 1e6, "latent_dim": 3, "random_state": 0}


def test_values_are_read_as_the_parameter_takes_them():
    from isthmus import corruption, penalties

    given = FitOptions(
        source="digits", corruption="masking:0.2", penalty=["l1:0.5", "l2:1"], image_shape="8x8"
    )
    assert settings_of(given) == {
        "corruption": corruption.Masking(0.2),
        "penalties": (penalties.L1(0.5), penalties.L2(1)),
        "image_shape": (8, 8, 1),
        "random_state": 0,
    }
    assert settings_of(FitOptions(source="x", corruption="none"))["corruption"] is None
    assert settings_of(FitOptions(source="x", likelihood="auto"))["likelihood"] == "auto"


def test_a_verb_keeps_options_of_its_own():
    @dataclass(frozen=True, kw_only=True)
    class Name:
        name: Annotated[str, option("--name", help="A name [of someone].")] = "you"

    @takes(Name)
    def greet(given: Name, loud: Annotated[bool, option("--loud", help="Loud.")] = False) -> str:
        """Greet."""
        return given.name.upper() if loud else given.name

    assert list(inspect.signature(greet).parameters) == ["name", "loud"]
    assert greet(name="a", loud=True) == "A"
    assert greet.__doc__ == "Greet."
    assert "\\[of someone]" in option("--name", help="A name [of someone].").help


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("row", verbs.VERBS, ids=lambda row: row.name)
def test_the_help_of_every_verb_fits_its_terminal(isthmus, monkeypatch, row, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", columns)  # read once, when it is imported
    answer = isthmus(row.name, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert f"Usage: isthmus {row.name}" in answer.out
    assert all(len(line) <= columns for line in answer.out.splitlines())
    for word in ("told", "beside", "honest", "\\["):
        assert word not in answer.out
