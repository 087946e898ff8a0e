import pytest


def test_data_list_names_the_catalogue(isthmus):
    entries = {entry["name"]: entry for entry in isthmus("data", "list", "--json").json}
    assert entries["digits"]["where"] == "built in"
    assert {"letters-5x7", "mnist", "emnist-letters", "fashion-mnist"} <= entries.keys()
    assert "letters-5x7" in isthmus("data", "list").out


def test_data_get_finds_what_is_built_in(isthmus):
    answer = isthmus("data", "get", "digits")
    assert answer.code == 0
    assert answer.out.startswith("digits is here (built in)")
    assert isthmus("data", "get", "digits", "--json").json["name"] == "digits"


def test_data_info_describes_a_source(isthmus):
    facts = isthmus("data", "info", "digits", "--json").json
    assert facts["length"] == 1797
    assert facts["shape"] == [8, 8]
    assert (facts["dtype"], facts["min"], facts["max"]) == ("uint8", 0, 16)
    assert facts["labels"]["classes"] == 10
    assert facts["scaling"].startswith("range")
    text = isthmus("data", "info", "digits").out
    assert "10 classes (0: 178, 1: 182" in text


def test_data_info_of_a_table(isthmus, table):
    facts = isthmus("data", "info", table, "--label", "species", "--json").json
    assert facts["features"] == ["height", "width", "depth"]
    assert facts["labels"]["counts"] == {"oak": 30, "elm": 30}
    assert facts["scaling"].startswith("standard")


def test_data_info_counts_missing_values(isthmus, tmp_path):
    import numpy as np

    np.save(tmp_path / "x.npy", np.array([[1.0, np.nan], [np.inf, 2.0]]))
    facts = isthmus("data", "info", tmp_path / "x.npy", "--json").json
    assert (facts["missing"], facts["infinite"]) == (1, 1)
    assert facts["scaling"].startswith("none, until")


@pytest.mark.parametrize("name", ["vae", "denoising", "sparse", "convolutional"])
def test_recipes_are_listed_with_their_papers(isthmus, name):
    rows = {row["name"]: row for row in isthmus("recipes", "--json").json}
    assert rows[name]["paper"]
    assert rows[name]["good_for"]
    assert name in isthmus("recipes").out


def test_the_marks_of_missing_entries_are_typed_as_the_remark_says(isthmus, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n3.5,1,NA\n-999,2,DE\n4.5,3,ZA\n-999,9999,DE\n")
    answer = isthmus("data", "info", path)
    assert "by --missing -999,9999" in answer.out + answer.err
    facts = isthmus("data", "info", path, "--missing", "-999,9999", "--json").json
    assert facts["missing"] == 4
    assert not facts["notes"]
    assert isthmus("data", "info", path, "--missing", "", "--json").json["missing"] == 0


def test_images_of_several_sizes_name_what_to_type(isthmus, tmp_path):
    from PIL import Image

    for name, size in (("a.png", (3, 2)), ("b.png", (4, 5))):
        Image.new("L", size).save(tmp_path / name)
    answer = isthmus("data", "info", tmp_path)
    assert answer.err.endswith("by --resize 2x3.\n")
    assert isthmus("data", "info", tmp_path, "--resize", "2x3").code == 0
