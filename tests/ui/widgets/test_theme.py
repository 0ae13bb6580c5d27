"""Colours of every theme: seen by all, and nowhere but in the theme."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.session.changes.pins import PIN_COLOURS
from focus_viewer.session.state import labels
from focus_viewer.ui.widgets import colourmaps, theme

ROOT = Path(__file__).parents[3]
TEXT_RATIO, LINE_RATIO = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
LEAST_DISTANCE = 20.0  # CIE76; 2.3 is just noticeable
# Machado, Oliveira and Fernandes 2009, deuteranopia: linear RGB as it is seen.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)

themes = pytest.mark.parametrize("name", theme.PALETTES)


@pytest.fixture(autouse=True)
def _dark_again() -> Iterator[None]:
    yield
    theme.use("dark")


def _seen_by_deuteranopes(colour: str) -> np.ndarray:
    """CIELAB of a colour."""
    srgb = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    share = TO_XYZ @ np.clip(DEUTERANOPIA @ linear, 0, 1) / WHITE
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _distance(one: str, other: str) -> float:
    return float(np.linalg.norm(_seen_by_deuteranopes(one) - _seen_by_deuteranopes(other)))


@themes
@pytest.mark.parametrize("ground", ["WINDOW", "PANEL", "RAISED"])
@pytest.mark.parametrize("ink", ["TEXT", "MUTED", "ACCENT", "WARNING", "DANGER"])
def test_text_can_be_read_on_every_ground(name: theme.Theme, ground: str, ink: str) -> None:
    colours = theme.PALETTES[name]
    assert theme.contrast(colours[ink], colours[ground]) >= TEXT_RATIO


@themes
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("TEXT", "CHECKED"),
        ("TEXT", "SELECTED"),
        ("TEXT", "ACCENT_GROUND"),
        ("WARNING", "WARNING_GROUND"),
        ("DANGER", "DANGER_GROUND"),
        ("TEXT", "DANGER_GROUND"),
        ("WINDOW", "ACCENT"),
        ("WINDOW", "BRIGHT"),
    ],
)
def test_text_can_be_read_on_the_grounds_of_messages_and_buttons(
    name: theme.Theme, ink: str, ground: str
) -> None:
    colours = theme.PALETTES[name]
    assert theme.contrast(colours[ink], colours[ground]) >= TEXT_RATIO


@themes
@pytest.mark.parametrize("ground", ["WINDOW", "PANEL", "RAISED"])
@pytest.mark.parametrize("line", ["LINE", "ACCENT", "WARNING", "DANGER", "RIGHT"])
def test_lines_and_borders_of_controls_are_seen(name: theme.Theme, ground: str, line: str) -> None:
    colours = theme.PALETTES[name]
    assert theme.contrast(colours[line], colours[ground]) >= LINE_RATIO


@themes
def test_high_contrast_is_higher_than_the_others(name: theme.Theme) -> None:
    ratio = theme.contrast(theme.PALETTES[name]["TEXT"], theme.PALETTES[name]["PANEL"])
    assert (ratio >= 18) == (name == "contrast")


@themes
@pytest.mark.parametrize(
    "pair",
    [("RIGHT", "DANGER"), ("ACCENT", "WARNING"), ("ACCENT", "DANGER"), ("ACCENT", "MUTED")],
)
def test_paired_colours_differ_for_the_colour_blind(
    name: theme.Theme, pair: tuple[str, str]
) -> None:
    one, other = (theme.PALETTES[name][each] for each in pair)
    assert _distance(one, other) >= LEAST_DISTANCE


@pytest.mark.parametrize("colourmap", colourmaps.DIVERGING)
@themes
def test_for_and_against_differ_for_the_colour_blind(name: theme.Theme, colourmap: str) -> None:
    theme.use(name)
    bars = colourmaps.bar_colours(colourmap)
    assert _distance(theme.seen(bars.above), theme.seen(bars.below)) >= LEAST_DISTANCE


@themes
def test_colours_that_are_chosen_once_are_seen_on_the_panels_of_every_theme(
    name: theme.Theme,
) -> None:
    theme.use(name)
    chosen = (*PIN_COLOURS, *labels._COLOURS, *theme.GROUP_COLOURS, *theme.LIBRARY_COLOURS)
    for colour in chosen:
        assert theme.contrast(theme.seen(colour), theme.PANEL) >= LINE_RATIO


def test_classes_of_cubes_have_the_colours_of_the_groups_of_a_study() -> None:
    assert labels._COLOURS[: len(theme.GROUP_COLOURS)] == theme.GROUP_COLOURS


def test_a_colour_that_is_seen_stays_as_it_is() -> None:
    assert theme.seen("#77aadd") == "#77aadd"


def test_every_role_has_a_colour_of_its_own_in_every_theme() -> None:
    """What is open changes its theme by its colours: each must name one role of one theme."""
    colours = [colour for palette in theme.PALETTES.values() for colour in palette.values()]
    assert len(set(colours)) == len(colours)
    others = {*PIN_COLOURS, *labels._COLOURS, *theme.GROUP_COLOURS, theme.MARK, theme.HALO}
    others |= {*theme.REGION_COLOURS.values(), *theme.CHANNEL_COLOURS.values(), theme.STAGE}
    assert not others & set(colours)


def test_all_themes_have_the_same_roles() -> None:
    for one, other in itertools.pairwise(theme.PALETTES.values()):
        assert one.keys() == other.keys()


def _sources() -> list[Path]:
    return sorted((ROOT / "focus_viewer" / "ui").rglob("*.py"))


def test_no_colour_stands_outside_of_the_theme() -> None:
    literal = re.compile(r"""["'](?:[^"']*[:\s])?#[0-9a-fA-F]{6}\b|QColor\(\s*\d|mkPen\(\s*\d""")
    sources = [path for path in _sources() if path.name != "theme.py"]
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in [*sources, ROOT / "resources" / "style.qss"]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if literal.search(line) or (path.suffix == ".qss" and re.search(r"#[0-9a-fA-F]{6}", line))
    ]
    assert found == []


def test_no_module_keeps_a_colour_that_it_read_when_it_was_imported() -> None:
    roles = theme.DARK.keys()
    kept = [
        f"{path.name}:{node.lineno}"
        for path in _sources()
        for node in _run_at_import(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in roles
        and isinstance(node.value, ast.Name)
        and node.value.id == "theme"
    ]
    assert kept == []


def _run_at_import(node: ast.AST) -> list[ast.AST]:
    """All nodes outside of the bodies of functions."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = [*node.args.defaults, *node.args.kw_defaults]
    else:
        inside = list(ast.iter_child_nodes(node))
    return [node, *(each for child in inside if child for each in _run_at_import(child))]
