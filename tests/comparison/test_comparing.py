"""Runs compared: groups, measures, tests, settings."""

import json

import numpy as np
import pytest
from scipy import stats

import isthmus
from isthmus.comparison import compare
from isthmus.comparison.groups import Group
from isthmus.comparison.paired import errors_against_first, paired
from isthmus.comparison.rows import assess_rows, digests
from isthmus.errors import DataError, SettingError

from .conftest import DATA, X, fit


def test_runs_that_differ_in_the_seed_alone_are_one_group(compared):
    assert [group.name for group in compared.groups] == ["short", "vae", "long"]
    assert [run.seed for run in compared.groups[1].runs] == [0, 1]


def test_only_settings_that_differ_are_shown(compared):
    assert compared.differences == {
        "epochs": ["1", "2", "2"],
        "latent": ["deterministic", "gaussian", "deterministic"],
        "likelihood": ["auto", "gaussian", "auto"],
        "start": ["random", "auto", "auto"],
    }


def test_measures_are_means_over_seeds_of_what_the_estimator_measures(compared, fits):
    X_test, _ = DATA["test"]
    row = next(row for row in compared.table if row.measure.key == "mse")
    own = [fits[f"vae-seed-{seed}"].measure(X_test)["mse"] for seed in (0, 1)]
    assert row.cells[1].values == pytest.approx(own, rel=1e-5)
    assert row.cells[1].mean == pytest.approx(np.mean(own), rel=1e-5)
    assert row.cells[1].spread == pytest.approx(np.std(own, ddof=1), rel=1e-4)
    assert row.cells[2].spread is None
    assert [cell.best for cell in row.cells] == [
        cell.mean == min(cell.mean for cell in row.cells) for cell in row.cells
    ]


def test_nats_of_different_likelihoods_are_marked_and_nothing_wins(fits):
    other = fit(0, likelihood="bernoulli", scaling="minmax")
    found = compare({"long": fits["long"], "other": other}, DATA)
    rows = {row.measure.key: row for row in found.table}
    assert not rows["nats"].comparable
    assert not any(cell.best for cell in rows["nats"].cells)
    assert rows["mse_input"].comparable


def test_the_test_over_rows_is_that_of_the_mean_errors_of_each_row(compared, fits):
    X_test, _ = DATA["test"]

    def errors(*names):
        return np.mean([fits[name].measure(X_test)["errors"] for name in names], axis=0)

    vae, short = (errors(f"{name}-seed-0", f"{name}-seed-1") for name in ("vae", "short"))
    found = compared.tests[0]
    assert (found.name, found.reference, found.rows.pairs) == ("vae", "short", 100)
    assert found.rows.mean == pytest.approx(float((vae - short).mean()), rel=1e-4)
    known = stats.ttest_rel(vae, short)
    low, high = known.confidence_interval()
    assert (found.rows.low, found.rows.high) == pytest.approx((low, high), rel=1e-3)
    # Two groups are compared with the first, so the smaller p-value is doubled.
    assert found.rows.p == pytest.approx(2 * known.pvalue, rel=1e-2) or found.rows.p >= known.pvalue


def test_the_test_over_seeds_needs_two_that_both_groups_have(compared):
    vae, long = compared.tests
    assert vae.seeds.pairs == 2
    assert long.seeds is None


def test_equal_errors_differ_by_nothing_and_a_shift_is_certain():
    ones = np.ones(5)
    assert paired(ones, ones).p == 1
    assert paired(ones + 1, ones)[:4] == (1, 1, 1, 0)


def test_false_alarms_are_as_rare_as_the_level_says():
    rng = np.random.default_rng(0)
    found = [paired(*rng.normal(size=(2, 20))).p < 0.05 for _ in range(2000)]
    assert 0.035 < np.mean(found) < 0.065


def test_rows_are_known_by_their_contents_whatever_their_type_and_order():
    order = np.random.default_rng(0).permutation(50)
    np.testing.assert_array_equal(digests(X[:50].astype(np.uint8))[order], digests(X[:50][order]))


def test_of_many_rows_the_same_ones_are_taken_from_overlapping_sets(fits):
    one, other = (
        assess_rows(fits["long"], X[part], None, 30) for part in (slice(80), slice(20, 100))
    )
    shared = np.intersect1d(one.keys, other.keys)
    assert len(shared) > 15
    np.testing.assert_allclose(one.at(shared).mse, other.at(shared).mse, rtol=1e-5)
    np.testing.assert_array_equal(one.at(shared).examples, other.at(shared).examples)


def test_groups_without_rows_or_seeds_in_common_are_not_tested(fits):
    halves = [DATA["test"][0][:50], DATA["test"][0][50:]]
    groups = [
        Group(
            name,
            compare(dict.fromkeys(("a", "b"), fits[name]), {"test": (half, None)}).groups[0].runs,
        )
        for name, half in zip(("long", "short-seed-1"), halves, strict=True)
    ]
    assert errors_against_first(groups, "mse")[0][2:] == (None, None)


def test_it_is_plain_json(compared):
    plain = compared.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["groups"][0] == {
        "name": "short",
        "runs": ["short-seed-0", "short-seed-1"],
        "seeds": [0, 1],
    }
    assert plain["tests"][0]["rows"]["pairs"] == 100


def test_folders_of_runs_are_read_again_and_test_rows_are_shared_by_seed(runs):
    found = isthmus.compare(runs)
    assert [group.name for group in found.groups] == ["narrow", "wide"]
    metrics = json.loads((runs[0] / "metrics.json").read_text())
    assert found.groups[0].runs[0].metrics == metrics
    rows = found.groups[0].runs[0].rows
    assert rows.mse.mean() == pytest.approx(metrics["reconstruction"]["test"]["mse"], rel=0.02)
    assert found.tests[0].rows.pairs == len(found.groups[1].runs[0].rows)  # seed 0 has them all
    assert [run.seed for run in found.shown] == [0, 0]
    assert found.shared.all_unseen


@pytest.mark.parametrize(
    ("given", "data", "kind", "words"),
    [
        (["a"], None, SettingError, "give two at least"),
        (["a", "a"], None, SettingError, "given twice"),
        (["missing", "a"], None, isthmus.errors.ModelFileError, "There is no missing"),
    ],
)
def test_mistakes_end_in_a_sentence(given, data, kind, words):
    with pytest.raises(kind, match=words):
        compare(given, data)


def test_estimators_need_data_of_one_size(fits):
    with pytest.raises(SettingError, match="give the examples to measure it on"):
        compare({"one": fits["long"], "two": fits["vae-seed-0"]})


def test_a_run_whose_data_changed_is_refused(runs, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(runs[0], copy)
    facts = json.loads((copy / "run.json").read_text())
    facts["source"]["contents"] = "other"
    (copy / "run.json").write_text(json.dumps(facts))
    with pytest.raises(DataError, match="is not what it was"):
        compare([copy, runs[2]])
    (copy / "run.json").unlink()
    with pytest.raises(DataError, match="does not say which examples the model was fitted on"):
        compare([copy, runs[2]])
