"""The report of a fit: what the passes over the data found, sections, the page, the run folder.

An estimator is asked through its public methods only; nothing here imports JAX.
"""

from isthmus.report.circumstances import circumstances
from isthmus.report.evaluated_fit import EvaluatedFit, evaluate_fit
from isthmus.report.metrics import measure_fit, metrics_of
from isthmus.report.numbers import number, percent
from isthmus.report.page import (
    Report,
    ReportPage,
    collect,
    draw,
    environment,
    render,
    report_page,
)
from isthmus.report.run_folder import check_target, model_path, write_run
from isthmus.report.section import Section

__all__ = [
    "EvaluatedFit",
    "Report",
    "ReportPage",
    "Section",
    "check_target",
    "circumstances",
    "collect",
    "draw",
    "environment",
    "evaluate_fit",
    "measure_fit",
    "metrics_of",
    "model_path",
    "number",
    "percent",
    "render",
    "report_page",
    "write_run",
]
