"""Figure of one explanation: a preset of the publication figure."""

from __future__ import annotations

from typing import Final

from matplotlib.figure import Figure

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureCube, FigureSubject
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import strongest_window
from focus_viewer.figures.publication import publication_figure

_SPEC: Final = FigureSpec(panels=("composite", "heatmap", "probabilities", "curve"))
_FOREIGN: Final = FigureSpec(panels=("composite", "probabilities"))


def explanation_figure(cube: Cube, explanation: Explanation, class_name: str) -> Figure:
    """Draw the evidence for one class: picture, heatmap, probabilities, curve and caption.

    Where the model does not apply, the picture and the reasons are all that is drawn. The heatmap
    is taken at the spectral group with the highest evidence for the class. Of the cube,
    only the bands of its picture are read.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    window_nm = strongest_window(explanation.volume(class_name, "evidence"))
    picture = composite(cube, CompositeRecipe())
    shown = FigureCube(
        cube, picture, explanation, class_name, pixel_size=cube.georeference.pixel_size
    )
    foreign = explanation.applicability.verdict == "does not apply"
    subject = FigureSubject((shown,), window_nm, opacity=1.0)
    return publication_figure(subject, _FOREIGN if foreign else _SPEC)
