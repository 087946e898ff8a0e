"""What a fit is worth: its measurements, the facts of a page, the page, the run folder.

An estimator is asked through its public face only; nothing here imports JAX.
"""

from isthmus.report.facts import collect
from isthmus.report.measurements import measure_fit
from isthmus.report.page import render
from isthmus.report.run_folder import check_target, model_path, write_run

__all__ = ["check_target", "collect", "measure_fit", "model_path", "render", "write_run"]
