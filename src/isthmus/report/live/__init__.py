"""The model in the page: what the script of the report needs to decode any code."""

from isthmus.report.live.nearness import far_path
from isthmus.report.live.page_model import Live, live_model

__all__ = ["Live", "far_path", "live_model"]
