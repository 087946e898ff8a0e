"""Tables of any kinds of columns, with nothing set: fit, save, load, encode, decode, draw."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import isthmus
from isthmus import Autoencoder, AutoencoderClassifier
from isthmus.errors import DataError, SettingError
from isthmus.tables import Rules

SMALL = {"hidden": (4,), "epochs": 2, "random_state": 0}
RNG = np.random.default_rng(0)
N = 120


def _frame() -> pd.DataFrame:
    size = RNG.normal(10, 3, N).round(1)
    colour = np.where(size > 10, "red", RNG.choice(["green", "blue"], N))
    frame = pd.DataFrame(
        {
            "key": [f"row-{i}" for i in range(N)],
            "size": size,
            "colour": pd.Categorical(colour, categories=["red", "green", "blue", "never"]),
            "count": pd.array(RNG.poisson(2, N), dtype="Int32"),
            "ok": pd.array(size > 9, dtype="boolean"),
            "when": pd.date_range("2024-01-01", periods=N, freq="D"),
            "note": [f"some words of row {i}" for i in range(N)],
            "unit": "mm",
        }
    )
    frame.loc[3, ["size", "colour", "ok"]] = None
    frame.loc[7, "count"] = None
    return frame


FRAME = _frame()


@pytest.fixture(scope="module")
def fitted():
    return Autoencoder(2, **SMALL).fit(FRAME)


def test_a_frame_is_learned_from_with_nothing_set(fitted):
    kinds = {c.name: c.kind.name for c in fitted.schema_.columns}
    assert kinds == {
        "key": "identifier", "size": "number", "colour": "category", "count": "count",
        "ok": "binary", "when": "date", "note": "text", "unit": "constant",
    }  # fmt: skip
    assert fitted.feature_names_in_.tolist() == list(FRAME.columns)
    assert fitted.n_features_in_ == len(FRAME.columns)
    assert fitted.likelihood_.masked
    assert np.isfinite(fitted.transform(FRAME)).all()
    assert np.isfinite(fitted.score(FRAME))


def test_the_noise_of_a_number_has_a_least_scale_under_a_deterministic_code(fitted):
    def least(estimator):
        return float(estimator.likelihood_.inner.likelihoods[0].least_scale)

    assert least(fitted) == pytest.approx(0.1)
    variational = Autoencoder(2, latent="gaussian", **SMALL).fit(FRAME)
    assert least(variational) == pytest.approx(np.exp(-6))


def test_what_comes_out_is_a_frame_as_it_went_in(fitted):
    back = fitted.reconstruct(FRAME)
    assert back.dtypes.equals(FRAME.dtypes)
    assert back.index.equals(FRAME.index)
    pd.testing.assert_series_equal(back["note"], FRAME["note"])
    filled = fitted.impute(FRAME)
    used = ["size", "colour", "count", "ok", "when"]
    assert not filled[used].isna().any(axis=None)
    known = FRAME[used].notna().all(axis=1)
    pd.testing.assert_frame_equal(filled.loc[known, used], FRAME.loc[known, used])


def test_rows_are_drawn_within_the_range_seen(fitted):
    drawn = fitted.sample(200, random_state=1)
    assert drawn.dtypes.equals(FRAME.dtypes)
    assert drawn["size"].between(FRAME["size"].min(), FRAME["size"].max()).all()
    assert (drawn["size"].round(1) == drawn["size"]).all()
    assert set(drawn["colour"]) <= {"red", "green", "blue"}
    assert drawn["count"].between(0, FRAME["count"].max()).all()
    assert set(drawn["unit"]) == {"mm"}
    assert drawn["key"].isna().all()
    pd.testing.assert_frame_equal(drawn, fitted.sample(200, random_state=1))
    means = fitted.inverse_transform(fitted.sample_codes(200, 1))
    assert means["size"].std() < drawn["size"].std()
    again = Autoencoder(2, **SMALL).fit(drawn)
    assert "size" in again.schema_.names


def test_a_file_keeps_the_schema(fitted, tmp_path):
    again = isthmus.load(fitted.save(tmp_path / "m.safetensors"))
    assert again.schema_ == fitted.schema_
    pd.testing.assert_frame_equal(again.reconstruct(FRAME), fitted.reconstruct(FRAME))
    pd.testing.assert_frame_equal(again.sample(3, 0), fitted.sample(3, 0))


@pytest.mark.parametrize("make", [pl.from_pandas, lambda f: pa.Table.from_pandas(f)])
def test_tables_of_every_library_are_coded_alike(fitted, make):
    other = make(FRAME)
    np.testing.assert_allclose(fitted.transform(other), fitted.transform(FRAME), atol=1e-6)
    assert type(fitted.reconstruct(other)) is type(other)


def test_columns_go_by_name(fitted):
    shuffled = FRAME[FRAME.columns[::-1]]
    np.testing.assert_array_equal(fitted.transform(shuffled), fitted.transform(FRAME))
    with pytest.warns(UserWarning, match='no column "size", which counts as missing'):
        fitted.transform(FRAME.drop(columns="size"))
    with pytest.warns(UserWarning, match=r"levels that the fit did not see \(pink\)"):
        fitted.transform(FRAME.assign(colour="pink"))
    with pytest.warns(UserWarning, match='"extra" was not fitted on: ignored'):
        fitted.transform(FRAME.assign(extra=1))
    with pytest.raises(DataError, match="fitted on a table with the columns key, size"):
        fitted.transform(np.zeros((3, 8)))


def test_rules_say_what_columns_are():
    rules = Rules(drop=("when",), kinds={"count": "category"})
    estimator = Autoencoder(2, schema=rules, **SMALL).fit(FRAME)
    assert estimator.schema_.column("count").kind.name == "category"
    assert not estimator.schema_.column("when").used
    with pytest.raises(SettingError, match="schema is 'table'"):
        Autoencoder(2, schema="table", **SMALL).fit(FRAME)


def test_a_classifier_learns_from_a_frame():
    y = (FRAME["size"].fillna(0) > 10).to_numpy()
    classifier = AutoencoderClassifier(2, **SMALL).fit(FRAME, y)
    assert classifier.predict(FRAME).shape == (N,)


def test_missing_numbers_of_arrays_need_no_setting():
    x = RNG.normal(size=(N, 4))
    x[RNG.random(x.shape) < 0.2] = np.nan
    estimator = Autoencoder(2, **SMALL).fit(x)
    assert estimator.likelihood_.masked
    assert np.isfinite(estimator.impute(x)).all()
    whole = Autoencoder(2, **SMALL).fit(np.nan_to_num(x))
    assert not whole.likelihood_.masked


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_array"])
def test_sparse_matrices_are_learned_from_block_by_block(kind):
    import scipy.sparse

    dense = RNG.poisson(0.3, (N, 12)).astype(np.float32)
    matrix = getattr(scipy.sparse, kind)(dense)
    sparse, full = (Autoencoder(2, **SMALL).fit(x) for x in (matrix, dense))
    np.testing.assert_array_equal(sparse.transform(matrix), full.transform(dense))
    assert sparse.reconstruct(matrix).shape == dense.shape


def test_arrays_of_other_libraries_are_taken():
    import jax.numpy as jnp

    x = RNG.normal(size=(N, 4)).astype(np.float32)
    plain = Autoencoder(2, **SMALL).fit(x)
    other = Autoencoder(2, **SMALL).fit(jnp.asarray(x))
    np.testing.assert_array_equal(other.transform(jnp.asarray(x)), plain.transform(x))
    masked = np.ma.masked_where(x > 2, x)
    assert Autoencoder(2, **SMALL).fit(masked).likelihood_.masked


def test_a_files_name_is_no_table():
    with pytest.raises(DataError, match=r"read what it names by isthmus\.open_source\('a\.csv'\)"):
        Autoencoder(2, **SMALL).fit("a.csv")


def test_images_of_another_layout_are_refused():
    images = RNG.random((30, 6, 4)).astype(np.float32)
    estimator = Autoencoder(2, **SMALL).fit(images)
    with pytest.raises(DataError, match=r"has shape \(4, 6\), and those of the fit have \(6, 4\)"):
        estimator.transform(images.swapaxes(1, 2))
    with pytest.raises(DataError, match="channels seem to come first"):
        Autoencoder(2, **SMALL).fit(RNG.random((30, 3, 8, 8)))


def test_outside_the_support_nothing_is_usual():
    bits = (RNG.random((N, 6)) < 0.3).astype(float)
    estimator = Autoencoder(2, likelihood="bernoulli", scaling="none", **SMALL).fit(bits)
    odd = np.vstack([bits[:5], bits[:2] + 30])
    scores = estimator.score_samples(odd)
    assert np.isfinite(scores[:5]).all()
    assert (scores[5:] == -np.inf).all()
    measures = estimator.measure(odd)
    assert measures["outside"] == 2
    assert measures["nats"] == pytest.approx(estimator.measure(bits[:5])["nats"], rel=1e-5)


@pytest.mark.parametrize("latent", ["deterministic", "gaussian"])
def test_rows_of_numbers_are_drawn_as_spread_out_and_whole_as_the_columns(latent, tmp_path):
    random = np.random.default_rng(0)
    hidden = random.normal(size=300)
    frame = pd.DataFrame({
        "size": hidden + random.normal(size=300),
        "rooms": np.round(3 + hidden + random.normal(size=300)),
        "flag": (hidden + random.normal(size=300) > 1) * 1,
        "noise": random.normal(size=300),
    })  # fmt: skip
    fitted = Autoencoder(1, latent=latent, hidden=(8,), epochs=10, random_state=0).fit(frame)
    drawn = pd.DataFrame(np.asarray(fitted.sample(1000, random_state=0)), columns=frame.columns)
    np.testing.assert_allclose(drawn.std(), frame.std(), rtol=0.3)
    assert (drawn >= frame.min() - 1e-6).all().all()  # single precision
    assert (drawn <= frame.max() + 1e-6).all().all()
    assert set(drawn["flag"]) == {0, 1}
    assert (drawn["rooms"] % 1 == 0).all()
    again = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(again.sample(3, random_state=0), fitted.sample(3, random_state=0))
    arrays = Autoencoder(1, hidden=(2,), epochs=1, random_state=0).fit(frame.to_numpy())
    np.testing.assert_array_equal(
        arrays.sample(2, random_state=np.random.RandomState(0)),
        arrays.inverse_transform(arrays.sample_codes(2, np.random.RandomState(0))),
    )


def test_columns_that_encode_levels_are_no_finding(fitted):
    rows = fitted.of_encoded_rows()
    found = {one.check for one in rows.diagnose(fitted.encode_table(FRAME))}
    assert "one-hot-columns" not in found


def test_a_frame_is_diagnosed_as_the_model_sees_it(fitted):
    numbers, found = fitted.examine(FRAME, X_test=FRAME[:40])
    assert numbers.features == fitted.width_
    assert "copying" not in {one.check for one in found}
    assert fitted.diagnose(FRAME, X_test=FRAME[:40]) == found


@pytest.mark.parametrize("method", ["transform", "reconstruct", "impute", "score_samples"])
def test_a_table_without_rows_ends_in_a_sentence(fitted, method):
    with pytest.raises(DataError, match="no rows"):
        getattr(fitted, method)(FRAME.iloc[:0])
