"""Five written reports on autoencoders, and figures of papers, reported and measured.

A study is one readable file that uses the public interface only: read it as an example.
"""

from isthmus.studies.study import Study, get, names, reports

__all__ = ["Study", "get", "names", "reports"]
