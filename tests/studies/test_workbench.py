import json

import numpy as np
import pytest

import isthmus
from isthmus.cli import folders
from isthmus.errors import DataError, SettingError
from isthmus.estimators.fit_cache import digest
from isthmus.plainjson import read_object
from isthmus.report import charts
from isthmus.studies.running import read_result, reproduce
from isthmus.studies.study import Study
from isthmus.studies.summary import write_summary
from isthmus.studies.workbench import Workbench, open_first

X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
FROZEN = ("transfer, frozen", "d=10, 80 labels", "accuracy", "test")


def small(seed=0, **settings):
    return isthmus.Autoencoder(2, hidden=(3,), epochs=2, random_state=seed, **settings)


@pytest.fixture
def bench(tmp_path):
    bench = Workbench("convolutional", tmp_path)
    bench.section("All")
    return bench


@pytest.fixture
def fits(monkeypatch):
    """Count the calls of fit."""
    calls = []
    fit = isthmus.Autoencoder.fit

    def counted(self, *args, **kwargs):
        calls.append(self)
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(isthmus.Autoencoder, "fit", counted)
    return calls


def test_a_fit_is_kept_with_the_same_settings_and_data_only(bench, fits):
    first = bench.fit("one", small(), X)
    again = bench.fit("one", small(), X)
    assert len(fits) == 1
    np.testing.assert_array_equal(first.transform(X), again.transform(X))
    assert first.history_ == again.history_
    bench.fit("one", small(1), X)
    bench.fit("one", small(corruption=isthmus.corruption.Gaussian(0.1)), X)
    bench.fit("one", small(corruption=isthmus.corruption.Gaussian(0.2)), X)
    bench.fit("one", small(), X + 1)
    bench.fit("one", small(), X, validation_data=X[:20])
    assert len(fits) == 6


def test_a_fit_that_starts_from_other_weights_is_another(bench, fits):
    encoders = [small(seed).fit(X).model_.encoder for seed in (0, 1)]
    del fits[:]
    for encoder in encoders:
        own = isthmus.Autoencoder(
            2, encoder=encoder, decoder=isthmus.networks.Dense((3,)), epochs=1, random_state=0
        )
        bench.fit("on top", own, X)
    assert len(fits) == 2


def test_an_interrupted_fit_is_not_kept(bench, fits, tmp_path):
    import signal

    class Impatient:
        def on_progress(self, done, total):
            signal.raise_signal(signal.SIGINT)

    from contextlib import nullcontext

    hurried = Workbench("convolutional", tmp_path, progress=lambda _: nullcontext((Impatient(),)))
    with pytest.raises(KeyboardInterrupt):
        hurried.fit("one", small(), X)
    assert not list((tmp_path / "work").iterdir())
    bench.fit("one", small(), X)
    assert len(fits) == 2


def test_arrays_are_kept_by_what_they_depend_on(bench):
    calls = []

    def compute():
        calls.append(1)
        return {"square": X**2, "count": len(X)}

    kept = [bench.keep("squares", compute, given, X) for given in (1, 1, 2)]
    assert len(calls) == 2
    np.testing.assert_array_equal(kept[1]["square"], X**2)
    assert kept[1]["count"] == 60


def test_the_digest_sees_values_types_and_shapes():
    arrays = [np.zeros(4), np.zeros((2, 2)), np.zeros(4, np.float32), np.ones(4), np.float64(0)]
    assert len({digest(one) for one in arrays}) == len(arrays)
    assert digest((X, X[:2])) == digest((X.copy(), X[:2])) != digest((X, X[:3]))


def test_a_record_takes_unit_and_direction_from_the_report(bench):
    record = bench.record(*FROZEN, [0.9, 0.91])
    assert (record.reported, record.unit, record.better) == (0.84, "fraction", "higher")
    assert record.verdict == "better"
    assert FROZEN not in bench.unmeasured()


def test_a_record_beside_silence_or_with_a_reason_is_not_comparable(bench):
    silent = bench.record("new", "d=1", "error", "test", 0.1, unit="nats")
    assert (silent.verdict, silent.reported) == ("not comparable", None)
    other = bench.record(*FROZEN, 0.9, not_comparable="another split")
    assert (other.verdict, other.reason) == ("not comparable", "another split")


def test_the_sampling_error_stands_in_for_seeds(bench):
    assert bench.record(*FROZEN, 0.86, examples=10_000).verdict == "better"
    assert bench.record(*FROZEN, 0.86, examples=100).verdict == "matches"


def test_nothing_stands_outside_a_section(tmp_path):
    with pytest.raises(SettingError, match="section"):
        Workbench("convolutional", tmp_path).text("hello")


def test_the_first_data_set_to_be_had_is_opened(monkeypatch):
    assert open_first("letters-5x7 or digits").name == "letters-5x7"
    assert open_first("no-such or digits").name == "digits"
    with pytest.raises(DataError, match="no-such"):
        open_first("no-such or nor-this")


def tiny(bench):
    """Say a little of everything."""
    fitted = bench.fit("one", small(), X)
    bench.section("A <section>", "Plain & simple.")
    bench.record(*FROZEN, bench.pick(0.9, quick=0.5))
    bench.record("ours", "a|b", "error", "test", [0.1, 0.2], unit="nats")
    bench.claim("It falls.", holds=False, evidence="It rose.")
    bench.table(["name", "value"], [["x", np.float32(0.5)]], "A table")
    bench.table(["name", "value"], [["y", "0.25"]], "The table", main=True)
    history = fitted.history_
    drawn = charts.Curves({"loss": (history["epoch"], history["train_loss"])}, "epoch", "loss")
    bench.figure("loss", drawn, "The loss", main=True)


@pytest.mark.parametrize("quick", [False, True])
def test_a_run_leaves_records_claims_figures_and_a_page(tmp_path, quick):
    study = Study("convolutional", "Tiny", (), 1, tiny)
    result = reproduce(study, tmp_path / "out", quick=quick, command="isthmus reproduce tiny")
    assert read_result(tmp_path / "out") == result
    records = json.loads((tmp_path / "out/records.json").read_text())
    assert [r["verdict"] for r in records] == ["withheld" if quick else "better", "not comparable"]
    assert all(r["quick"] == quick for r in records)
    assert {
        "study", "system", "setting", "metric", "split", "unit", "reported", "measured", "std",
        "seeds", "better", "verdict",
    } <= records[0].keys()  # fmt: skip
    assert (tmp_path / "out/figures/loss.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "out/report.html").read_text()
    assert "A &lt;section&gt;" in page
    assert ("does not hold" in page) != quick
    assert ("1 reported figures bettered" in page) != quick
    assert '<svg class="chart"' in page  # drawn by the page, not pasted
    assert "data:image" not in page
    assert ("quick run" in page) == quick
    summary = write_summary(tmp_path / "summary.md", [tmp_path / "out"]).read_text()
    assert ("quick run" in summary) == quick
    assert r"a\|b" in summary
    assert (tmp_path / "out/figures/loss.png").exists()
    assert "(out/figures/loss.png)" in summary
    assert "| y | 0.25 |" in summary
    assert "| x | 0.5 |" not in summary


def test_an_interrupted_study_goes_on_where_it_was(tmp_path, fits):
    def stops(bench):
        bench.fit("one", small(), X)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reproduce(Study("convolutional", "Tiny", (), 1, stops), tmp_path)
    assert not json.loads((tmp_path / "run.json").read_text())["finished"]
    assert not (tmp_path / "records.json").exists()
    assert reproduce(Study("convolutional", "Tiny", (), 1, tiny), tmp_path).run["finished"]
    assert len(fits) == 1


def test_a_folder_is_known_from_the_start_by_its_run(tmp_path):
    found = []

    def looks(bench):
        found.append(read_object(tmp_path / "run.json")["finished"])

    reproduce(Study("convolutional", "Tiny", (), 1, looks), tmp_path)
    assert found == [False]
    assert read_object(tmp_path / "run.json")["finished"]
    killed = tmp_path / "killed"
    (killed / ".run.json.0123456789abcdef.part").mkdir(parents=True)
    folders.check(killed, "run.json", resume=False, force=False)  # nothing is there yet
