import numpy as np

from isthmus.data import open_source


def test_thirty_two_distinct_glyphs_of_ink_and_paper():
    letters = open_source("letters-5x7")
    assert letters.examples.shape == (32, 35)
    assert letters.examples.dtype == np.uint8
    assert set(np.unique(letters.examples)) == {0, 1}
    assert len(np.unique(letters.examples, axis=0)) == 32
    assert letters.image_shape == (7, 5, 1)


def test_labels_are_the_characters_in_the_order_of_their_codes():
    labels = open_source("letters-5x7").labels
    assert labels.tolist() == [chr(code) for code in range(0x60, 0x80)]


def test_no_glyph_is_blank():
    assert open_source("letters-5x7").examples.sum(axis=1).min() >= 3
