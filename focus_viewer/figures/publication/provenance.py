"""Provenance of a figure: its caption, and the metadata of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date as calendar_date

from focus_viewer.core.counted import counted
from focus_viewer.core.documents.figure_spec import FigureSpec, Panel
from focus_viewer.core.documents.figure_subject import Comparison, FigureCube, FigureSubject
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, stretch_text
from focus_viewer.core.preprocessing.settings import preprocessing_words
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import is_signed, strongest_window
from focus_viewer.core.wording import cube_range_text, saliency_title, units_text, window_text
from focus_viewer.figures.figure_file import About
from focus_viewer.figures.publication.groups_panel import groups_text
from focus_viewer.figures.publication.trust_panel import trust_text
from focus_viewer.version import __version__

_HASH_LETTERS = 12
_PROGRAM = f"FOCUS Viewer {__version__}"


def about_figure(subject: FigureSubject, spec: FigureSpec) -> About:
    """Return title, description, keywords and date for the file of a figure."""
    first = subject.first
    title = first.cube.name
    volume = first.volume(subject.mode)
    if volume is not None:
        window = window_text(first.cube, subject.window_nm)
        title = f"{saliency_title(volume)} in {first.cube.name}, {window}"
    dated = [f"Date: {spec.date}."] if spec.date else []
    lines = [*_masks(subject), *_origin(subject, whole=True), *dated]
    return About(title, " ".join(lines), _keywords(subject), _day(spec.date), _PROGRAM)


def caption(
    subject: FigureSubject, letters: Mapping[Panel, Sequence[str]], left_out: Sequence[str]
) -> str:
    """Return what each panel shows, by its letters, why others are left out, and all sources."""
    parts = [
        f"{', '.join(found)}, {_panel_text(panel, subject, found)}"
        for panel, found in letters.items()
    ]
    limits = _masks(subject)
    return " ".join([*parts, *_meaning(subject, letters), *limits, *left_out, *_origin(subject)])


def _masks(subject: FigureSubject) -> list[str]:
    """Return a sentence for each cube whose measurements are limited to a mask."""
    return [
        f"Regions and contrast of {cube.cube.name}: only pixels inside the mask, {cube.mask.text}."
        for cube in subject.cubes
        if cube.mask is not None
    ]


def _layers(subject: FigureSubject) -> str:
    """Return the layers over the pictures; empty for none."""
    words = dict.fromkeys(word for cube in subject.cubes for word in cube.layers)
    return f"; over it, from below: {'; '.join(words)}" if words else ""


def doubt(subject: FigureSubject) -> str:
    """Return why results cannot be trusted yet; empty if they can, or if no cube is explained."""
    results = [cube.explanation for cube in subject.cubes if cube.explanation]
    verdicts = (result.applicability for result in results)
    texts = (
        *(verdict.sentence for verdict in verdicts if verdict.against),
        *(result.card.doubt for result in results),
    )
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _meaning(subject: FigureSubject, panels: Iterable[Panel]) -> list[str]:
    """Return what the saliency is, where a panel shows it."""
    shown = set(panels) & {"heatmap", "curve", "volume"}
    return [f"{MODE_WORDS[subject.mode].meaning}."] if shown else []


def _panel_text(panel: Panel, subject: FigureSubject, letters: Sequence[str]) -> str:
    first = subject.first
    match panel:
        case "composite":
            how = "; ".join(dict.fromkeys(cube.composite.choice.how for cube in subject.cubes))
            how += _stretches(subject)
            how += _layers(subject)
            return f"composite of {how}{', with regions' if first.regions else ''}."
        case "heatmap":
            return _heatmap_text(subject, letters)
        case "probabilities":
            return _probability_text(first.explanation)
        case "curve":
            regions = "; lines, the part of each region" if first.importance else ""
            what = f"{_summed(subject)} by spectral group, summed over the image"
            return f"{what}{regions}{_hatched(subject)}."
        case "spectra":
            pixels = "mean of a region's pixels, ± one standard deviation among them"
            return f"{pixels}{'' if first.cube.good_bands.all() else '; gaps, bad bands'}."
        case "volume":
            seen = "strongest value along each line of sight"
            what = _lowered(MODE_WORDS[subject.mode].title)
            return (
                f"{what} at all wavelengths, over the picture; dashed, the middle of the "
                f"band window; {seen if subject.strongest_only else 'translucent'}."
            )
        case "comparison":
            return _comparison_text(first.comparison)
        case "trust":
            cube = first.cube
            tested = first.trust
            return trust_text(tested, (cube.rows, cube.cols)) if tested else "not tested."
        case "groups":
            return groups_text(subject.groups) if subject.groups else "not compared."
        case "table":
            return _table_text(subject)


def _heatmap_text(subject: FigureSubject, letters: Sequence[str]) -> str:
    first = subject.first
    volumes = [volume for cube in subject.cubes if (volume := cube.volume(subject.mode))]
    if not volumes:
        return "not explained."
    volume = volumes[0]
    rows, cols = volume.image_shape
    grid_rows, grid_cols, _ = volume.values.shape
    cell = f"{rows / grid_rows:.3g}\u00a0×\u00a0{cols / grid_cols:.3g}\u00a0px"
    shared = "; the colours mean the same in all" if len(letters) > 1 else ""
    window = window_text(first.cube, subject.window_nm)
    titles = map(saliency_title, volumes)
    what = " and ".join(dict.fromkeys(map(_lowered, titles)))
    highest = ", where it is highest" if subject.window_nm == strongest_window(volume) else ""
    return f"{what} per cell of {cell}, mean over {window}{highest}{shared}."


def _stretches(subject: FigureSubject) -> str:
    """Return how the pictures are stretched; empty if as usual."""
    pictures = [cube.composite for cube in subject.cubes]
    if all(picture.stretch == USUAL_STRETCH for picture in pictures):
        return ""
    found = (stretch_text(each.stretch, each.limits, each.choice.channels) for each in pictures)
    return f", stretched {'; '.join(dict.fromkeys(found))}"


def _lowered(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"


def _probability_text(explanation: Explanation | None) -> str:
    if explanation is None:
        return "not explained."
    cost = explanation.cost
    foreign = explanation.applicability.verdict == "does not apply"
    shown = "why the model does not apply" if foreign else "probability of each class"
    return (
        f"{shown}; {cost.forward_passes} forward and {cost.backward_passes} "
        f"backward passes, {cost.seconds:.2f} s on {cost.device}."
    )


def _hatched(subject: FigureSubject) -> str:
    volume = subject.first.volume(subject.mode)
    gaps = volume is not None and (volume.edges_nm[1:, 0] > volume.edges_nm[:-1, 1]).any()
    return "; hatched, wavelengths that the model did not read" if gaps else ""


def _summed(subject: FigureSubject) -> str:
    if subject.mode != "evidence":
        return _lowered(MODE_WORDS[subject.mode].title)
    against = subject.first.against
    less = f"that for {against}" if against else "the other classes' mean"
    return f"evidence, a part of the class's logit less {less},"


def _comparison_text(compared: Comparison | None) -> str:
    if compared is None:
        return "not compared."
    first, second = compared.effect.spectra
    return (
        f"Cohen's d of {compared.first} ({counted(first, 'spectrum')}) less "
        f"{compared.second} ({second}); grey, what shuffled labels reach "
        f"(family-wise p ≥ {compared.effect.level:g}); pixels are taken to be independent."
    )


def _table_text(subject: FigureSubject) -> str:
    shares = ""
    if subject.first.importance:
        what = "for and against the class" if is_signed(subject.mode) else "attention"
        shares = f"; share of the image's saliency, {what}; wavelength of the highest peak"
    return f"pixels, mean ± standard deviation over good bands{shares}; vegetation indices."


def _origin(subject: FigureSubject, whole: bool = False) -> list[str]:
    """Return sentences on cubes, models and program, with hashes whole or shortened."""
    sources = [_source(cube, whole) for cube in subject.cubes]
    explanations = (cube.explanation for cube in subject.cubes if cube.explanation is not None)
    models = dict.fromkeys(_model(explanation, whole) for explanation in explanations)
    return [*sources, *models, f"{_PROGRAM}."]


def _source(shown: FigureCube, whole: bool) -> str:
    cube = shown.cube
    name = cube.path.name if cube.path is not None else cube.name
    kind, _, digest = shown.fingerprint.partition(":")
    content = f", {kind} {_shortened(digest, whole)}" if digest else ""
    done = "".join(f", {step}" for step in preprocessing_words(cube))
    size = f"{cube.rows} × {cube.cols} px, {counted(cube.bands, 'band')}, {cube_range_text(cube)}"
    return f"{name}: {size}, {units_text(cube.units)}{content}{done}."


def _model(explanation: Explanation, whole: bool) -> str:
    """Return the model with its doubt, and the hash of its weights."""
    card = explanation.card
    weights = f", sha256 {_shortened(card.sha256, whole)}" if card.sha256 else ""
    asked = f"Asked about {explanation.within} alone. " if explanation.within else ""
    verdict = f"{asked}{explanation.applicability.sentence}"
    return f"Model {card.name} {card.version}{weights}: {card.doubt or 'validated'}. {verdict}."


def _shortened(digest: str, whole: bool) -> str:
    return digest if whole else digest[:_HASH_LETTERS]


def _keywords(subject: FigureSubject) -> tuple[str, ...]:
    first = subject.first
    words = ["hyperspectral", "saliency", first.cube.name]
    if first.explanation is not None:
        card = first.explanation.card
        words += [f"model {card.name} {card.version}", *([card.doubt] if card.doubt else [])]
    if first.class_name is not None:
        words += [f"class {first.class_name}"]
    if first.against is not None:
        words += [f"against {first.against}"]
    return tuple(words)


def _day(text: str) -> calendar_date | None:
    """Return the date; None where the text is not a date."""
    try:
        return calendar_date.fromisoformat(text)
    except ValueError:
        return None
