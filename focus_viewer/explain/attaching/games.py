"""Games: what a frozen model makes of coalitions in windows of unlabelled cubes, played once.

Some tokens of a window are planted noise. The game is played without them: the evidence is to be
what clean tokens add, and the rest of the logit is the sink's.

A few cubes show a few spectra, and what explains these need not explain the next. In most windows
departures from usual are therefore made stronger or weaker, by wavelength: the frozen model says
itself what it makes of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray, IntArray
from focus_viewer.explain.attaching.windows import WindowGame, cell_of_patches, coarse_side
from focus_viewer.explain.foreign.adapter import Decision
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.metrics.shapley import Game as Played
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.training.blanking import coalitions
from focus_viewer.explain.training.losses import Game

# Orders of the players: two, and both backwards.
_ORDERS = 4
# Share of the windows with planted noise in groups, and in cells; how much of them; its size.
_PLANTED, _NOISY = 0.35, 0.1
_STRENGTH = (0.5, 3.0)
# One window in so many is as it is; in others departures are times so much, at so many knots.
_AS_IT_IS, _TIMES, _KNOTS = 4, (0.2, 1.6), (3, 9)


class PlayedWindow(NamedTuple):
    """Window as the frozen model reads it, and its game.

    Attributes
    ----------
    parts : Tensor, shape (1, n, patches, dim)
        In bfloat16.
    noisy : Tensor of bool, shape (1, cells, groups)
        Planted noise.
    """

    parts: Tensor
    found: Decision
    noisy: Tensor
    game: Game


def play_windows(
    model: AttachedModel, images: Tensor, pairs: int, seed: int, step: Step
) -> list[PlayedWindow]:
    """Evaluate the game of each window.

    Parameters
    ----------
    images : Tensor, shape (windows, bands, height, width)
        Normalised.
    pairs : int
        See `blanking.coalitions`.
    """
    played = []
    usual, spread = (each[:, None, None].cpu() for each in (model.adapter.usual, model.spread))
    ranks = model.bands_nm.cpu().argsort().argsort().numpy()
    for index, image in enumerate(images):
        step(index / len(images), "playing coalitions")
        rng = np.random.default_rng([seed, index])
        noise = usual + spread * _noise(image, rng)
        if index % _AS_IT_IS:
            image = usual + (image - usual) * _gains(ranks, rng)
        played.append(play_window(model, image, noise, pairs, rng))
    return played


@torch.inference_mode()
def play_window(
    model: AttachedModel, image: Tensor, noise: Tensor, pairs: int, rng: np.random.Generator
) -> PlayedWindow:
    """Evaluate the game of a window, (bands, height, width), with some tokens of `noise`.

    What is kept is on the CPU.
    """
    adapter = model.adapter
    clean, dirty = (adapter.parts(each[None].to(model.device)) for each in (image, noise))
    noisy = torch.from_numpy(
        _noisy_tokens(rng, len(model.groups.edges_nm), coarse_side(adapter) ** 2)
    )[None]
    by_patch = noisy[..., cell_of_patches(adapter)].to(model.device)
    clean = adapter.keep(clean, ~by_patch)
    parts = clean + adapter.keep(dirty, by_patch)
    found = Decision(*(each.cpu() for each in adapter.decide(parts)))
    game = _play(WindowGame(model, clean), pairs, rng)
    return PlayedWindow(parts.bfloat16().cpu(), found, noisy.mT, game)


def _play(window: WindowGame, pairs: int, rng: np.random.Generator) -> Game:
    groups, side = len(window.model.groups.edges_nm), window.side
    joined = coalitions(rng, groups, pairs)[..., :side, :side]
    ends = torch.tensor([False, True])[:, None, None, None].expand(-1, *joined.shape[1:])
    values = torch.from_numpy(window.values(torch.cat([ends, joined]).numpy())).float()
    everything = values[1:2] - values[:1]
    return Game(
        joined[None],
        (values[2:] - values[:1])[None],
        everything,
        _shapley(window.by_groups, groups, rng)[None] if groups > 1 else everything[None],
        _shapley(window.by_cells, side**2, rng)[None] if side > 1 else everything[None],
    )


def _shapley(game: Played, players: int, rng: np.random.Generator) -> Tensor:
    """Sample Shapley values, (players, classes): right on average, from a few orders."""
    found = shapley_values(game, players, _ORDERS * (players - 1), rng)
    return torch.from_numpy(found.values).float()


def _noisy_tokens(rng: np.random.Generator, groups: int, cells: int) -> BoolArray:
    """Draw tokens of planted noise, (groups, cells): whole groups, and whole cells, of some."""
    banded = (rng.random(groups) < _NOISY) & (rng.random() < _PLANTED)
    spotted = (rng.random(cells) < _NOISY) & (rng.random() < _PLANTED)
    return np.asarray(banded[:, None] | spotted)


def _gains(ranks: IntArray, rng: np.random.Generator) -> Tensor:
    """Draw what departures are multiplied by, smooth over bands of these ranks: (bands, 1, 1)."""
    knots = int(rng.integers(*_KNOTS))
    places = np.linspace(0, max(1, ranks.size - 1), knots)
    gains = np.interp(ranks, places, rng.uniform(*_TIMES, knots)).astype(np.float32)
    return torch.from_numpy(gains)[:, None, None]


def _noise(image: Tensor, rng: np.random.Generator) -> Tensor:
    drawn = rng.standard_normal(tuple(image.shape), dtype=np.float32)
    return torch.from_numpy(np.float32(rng.uniform(*_STRENGTH)) * drawn)
