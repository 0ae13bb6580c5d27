"""Subject of a publication figure, from the state; outdated measurements are repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import Comparison, FigureCube, FigureSubject
from focus_viewer.core.masks.computing import compute_mask
from focus_viewer.core.masks.mask import Mask, clipped
from focus_viewer.core.pictures.composite import Composite, read_planes, rendered
from focus_viewer.core.pictures.layers import layer_words, layered
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.effect_size import compare
from focus_viewer.core.regions.mask_crop import MaskCrop, union
from focus_viewer.core.regions.spectra import pixel_spectra
from focus_viewer.core.studies.comparison import Comparison as GroupsCompared
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.measurements import measure
from focus_viewer.session.state.slices.display import Display
from focus_viewer.session.state.state import State

_MOST_SPECTRA = 2_000  # a group: more change the band of chance little and take long to shuffle


def figure_subject(
    state: State, spec: FigureSpec | None = None, step: Step = silent
) -> FigureSubject | None:
    """Return what a figure of this state shows; None without an active document.

    Cubes are read, thus for worker threads; only what the panels of the figure show is measured.
    The figure is that of the state unless another is given.
    """
    chosen, document = spec or state.view.figure, state.document
    if document is None:
        return None
    others = [
        other for other in state.documents.items if chosen.all_cubes and other is not document
    ]
    display = state.view.display
    cubes = [_figure_cube(document, display, chosen, step)]
    cubes += [_picture_cube(other, display, step) for other in others]
    return FigureSubject(
        tuple(cubes),
        state.view.window_nm,
        display.mode,
        display.colourmap,
        display.opacity,
        display.volume_method == "mip",
        display.camera,
        _groups(state),
    )


def _groups(state: State) -> GroupsCompared | None:
    """Return the importance curves of the groups of the study; None where there are none."""
    found = (each for each in state.studied.found if each.quantity.kind == "importance")
    return next((each for each in found if each.observed.values.size), None)


def class_groups(regions: Sequence[Annotation]) -> tuple[str, str] | None:
    """Return the two classes of the regions, in their order; None if there are not two."""
    names = tuple(dict.fromkeys(region.class_name for region in regions if region.class_name))
    return (names[0], names[1]) if len(names) == 2 else None


def _picture_cube(document: Document, display: Display, step: Step) -> FigureCube:
    picture, cube = document.composite, document.cube
    recipe, mask = display.recipe_for(cube), _mask_of(document, step)
    inside = mask.inside if mask and document.mask_recipe.used else None
    same = picture is not None and (picture.recipe, picture.stretch) == (recipe, document.stretch)
    if picture is None or not same or picture.inside is not inside:
        picture = rendered(read_planes(cube, recipe), document.stretch, inside)
    picture, words = _with_layers(cube, picture, display, mask, step)
    return FigureCube(
        cube,
        picture,
        document.explanation,
        document.class_name,
        document.reference_class,
        _shown(document),
        pixel_size=cube.georeference.pixel_size,
        trust=document.tested,
        withheld=document.withheld,
        mask=mask if document.mask_recipe.used else None,
        layers=words,
    )


def _with_layers(
    cube: Cube, picture: Composite, display: Display, mask: Mask | None, step: Step
) -> tuple[Composite, tuple[str, ...]]:
    """Return a picture with its visible layers, and what each of these shows."""
    layers = tuple(layer for layer in display.layers if layer.visible)
    if not layers:
        return picture, ()
    outside = None if mask is None else ~mask.inside
    found = layered(cube, picture, layers, outside, step=step)
    words = (
        f"{what}, opacity {100 * layer.opacity:.0f} %"
        for layer in layers
        if (what := layer_words(layer, found.sheets, mask.words if mask else ""))
    )
    return replace(picture, image=found.image), tuple(words)


def _mask_of(document: Document, step: Step) -> Mask | None:
    """Return the mask of a document, computed here if statistics wait for it."""
    if document.mask_pending:
        return compute_mask(document.cube, document.mask_recipe.steps, step)
    return document.known_mask


def _figure_cube(document: Document, display: Display, spec: FigureSpec, step: Step) -> FigureCube:
    plain = _picture_cube(document, display, step)
    if not plain.regions:
        return plain
    shown = Annotations(plain.regions, document.annotations.next_id)
    before = document.measures
    volume = plain.volume(display.mode)
    found = measure(plain.cube, shown, (), volume, before, step, mask=plain.mask)
    return replace(
        plain,
        rows=found.rows,
        spectra=found.spectra or {},
        importance=found.importance or {},
        comparison=_compared(plain.cube, clipped(shown, plain.mask).regions, step)
        if "comparison" in spec.panels
        else None,
    )


def _shown(document: Document) -> tuple[Annotation, ...]:
    return tuple(region for region in document.annotations if not region.hidden)


def _compared(cube: Cube, regions: Sequence[Annotation], step: Step) -> Comparison | None:
    """Compare pixel spectra of two classes of regions; None if there are not two."""
    names = class_groups(regions)
    if names is None:
        return None
    first, second = (
        pixel_spectra(cube, _pixels_of(cube, regions, name), _MOST_SPECTRA, step=step)
        for name in names
    )
    if min(len(first), len(second)) < 2:
        return None
    return Comparison(*names, compare(first, second))


def _pixels_of(cube: Cube, regions: Sequence[Annotation], class_name: str) -> MaskCrop | None:
    own = (region.outline for region in regions if region.class_name == class_name)
    return union(outline.crop((cube.rows, cube.cols)) for outline in own)
