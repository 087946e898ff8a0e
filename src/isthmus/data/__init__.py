"""Sources of data: anything in, one record out.

`open_source` reads arrays, data frames, files, folders of images and the data sets of the
catalogue into a `Source`; `split` divides its examples; `describe` says what it holds;
`check_finite` refuses values that no model can learn from.
"""

from isthmus.data.checks import check_finite
from isthmus.data.description import describe
from isthmus.data.opening import open_source
from isthmus.data.source import Source
from isthmus.data.splits import Split, split

__all__ = ["Source", "Split", "check_finite", "describe", "open_source", "split"]
