"""Publication figure: panels of the user's choice on a page measured in millimetres."""

from focus_viewer.figures.publication.figure import publication_figure, shortcomings
from focus_viewer.figures.publication.provenance import about_figure

__all__ = ["about_figure", "publication_figure", "shortcomings"]
