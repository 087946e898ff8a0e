"""Five written reports on autoencoders, reproduced: reported beside measured.

A study is one readable file that uses the public interface only: read it as an example.
"""

from isthmus.studies.study import Study, get, names

__all__ = ["Study", "get", "names"]
