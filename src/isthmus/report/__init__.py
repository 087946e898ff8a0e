"""What a fit is worth: its measurements, the facts of a page, the page, the run folder.

An estimator is asked through its public face only; nothing here imports JAX.
"""

from isthmus.report.facts import collect
from isthmus.report.measurements import measure_fit, measure_head
from isthmus.report.page import environment, number, render
from isthmus.report.run_folder import check_target, circumstances, model_path, write_run

__all__ = [
    "check_target",
    "circumstances",
    "collect",
    "environment",
    "measure_fit",
    "measure_head",
    "model_path",
    "number",
    "render",
    "write_run",
]
