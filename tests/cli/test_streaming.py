"""The verbs write as they go, so that neither input nor output need fit into memory."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from isthmus import load
from isthmus.data import open_source


@pytest.mark.parametrize("suffix", ["npy", "csv", "parquet"])
def test_codes_reach_their_file_block_by_block(isthmus, digits_run, tmp_path, monkeypatch, suffix):
    from isthmus.cli import output, progress

    taken, lengths = output.write_blocks, []

    def watched(target, blocks, n, **options):
        def passing():
            for block in blocks:
                lengths.append(len(block))
                assert target.path.exists() is False
                yield block

        return taken(target, passing(), n, **options)

    monkeypatch.setattr(progress, "BLOCK", 64 * 600)
    monkeypatch.setattr(output, "write_blocks", watched)
    out = tmp_path / f"codes.{suffix}"
    answer = isthmus("encode", digits_run, "digits", "--out", out, "--quiet")
    assert answer.out == f"wrote 1797x2 values to {out}\n"
    assert lengths == [600, 600, 597]
    expected = load(digits_run).transform(open_source("digits").examples)
    np.testing.assert_allclose(open_source(out).examples, expected, rtol=1e-6)


def test_columns_of_a_file_are_found_by_name(isthmus, table, table_run, tmp_path, monkeypatch):
    from isthmus.data import unpacking

    monkeypatch.setattr(unpacking, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    columns = open_source(table, label="species")
    swapped = {n: columns.examples[:, columns.feature_names.index(n)] for n in ("depth", "width")}
    whole = pa.table(swapped | {"more": np.zeros(60), "height": columns.examples[:, 0]})
    parquet.write_table(whole, tmp_path / "large.parquet")
    outs = [tmp_path / "a.npy", tmp_path / "b.npy"]
    assert isthmus("encode", table_run, tmp_path / "large.parquet", "--out", outs[0]).code == 0
    assert isthmus("encode", table_run, table, "--label", "species", "--out", outs[1]).code == 0
    np.testing.assert_array_equal(*map(np.load, outs))
