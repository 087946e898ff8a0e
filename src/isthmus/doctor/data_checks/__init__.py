"""The checks before a fit, a file each: functions from `Data` to a `Finding` or None."""

from collections.abc import Callable

from isthmus.doctor.data import Data
from isthmus.doctor.data_checks.batch_size import batch_size
from isthmus.doctor.data_checks.blank_images import blank_images
from isthmus.doctor.data_checks.constant_columns import constant_columns
from isthmus.doctor.data_checks.copying import copying
from isthmus.doctor.data_checks.count_data import count_data
from isthmus.doctor.data_checks.dominant_columns import dominant_columns
from isthmus.doctor.data_checks.doubtful_columns import doubtful_columns
from isthmus.doctor.data_checks.duplicate_columns import duplicate_columns
from isthmus.doctor.data_checks.extreme_values import extreme_values
from isthmus.doctor.data_checks.fractional_counts import fractional_counts
from isthmus.doctor.data_checks.gaussian_bits import gaussian_bits
from isthmus.doctor.data_checks.grey_bits import grey_bits
from isthmus.doctor.data_checks.header_row import header_row
from isthmus.doctor.data_checks.identifier_columns import identifier_columns
from isthmus.doctor.data_checks.image_shape import image_shape
from isthmus.doctor.data_checks.label_columns import label_columns
from isthmus.doctor.data_checks.left_out_columns import left_out_columns
from isthmus.doctor.data_checks.missing_values import missing_values
from isthmus.doctor.data_checks.mixed_polarity import mixed_polarity
from isthmus.doctor.data_checks.mixed_ranges import mixed_ranges
from isthmus.doctor.data_checks.mixed_units import mixed_units
from isthmus.doctor.data_checks.near_duplicates import near_duplicates
from isthmus.doctor.data_checks.one_hot_columns import one_hot_columns
from isthmus.doctor.data_checks.parts_differ import parts_differ
from isthmus.doctor.data_checks.placeholder_values import placeholder_values
from isthmus.doctor.data_checks.repeated_rows import repeated_rows
from isthmus.doctor.data_checks.row_order import row_order
from isthmus.doctor.data_checks.sorted_labels import sorted_labels
from isthmus.doctor.data_checks.time_order import time_order
from isthmus.doctor.data_checks.too_few_examples import too_few_examples
from isthmus.doctor.finding import Finding

DATA_CHECKS: tuple[Callable[[Data], Finding | None], ...] = (
    missing_values,
    left_out_columns,
    doubtful_columns,
    repeated_rows,
    near_duplicates,
    label_columns,
    identifier_columns,
    constant_columns,
    duplicate_columns,
    one_hot_columns,
    dominant_columns,
    header_row,
    extreme_values,
    placeholder_values,
    mixed_units,
    time_order,
    row_order,
    sorted_labels,
    mixed_polarity,
    mixed_ranges,
    blank_images,
    image_shape,
    count_data,
    fractional_counts,
    grey_bits,
    gaussian_bits,
    too_few_examples,
    copying,
    batch_size,
    parts_differ,
)
"""All of them, in the order in which they are run."""

OF_UNITS = frozenset(
    {label_columns, duplicate_columns, extreme_values, placeholder_values, mixed_units}
)
"""Those that look at the numbers of a table in their own units, as well as at encoded rows."""
