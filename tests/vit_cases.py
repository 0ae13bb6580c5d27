"""ViTs of another origin: small timm models trained in seconds on cubes of painted spots."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import timm
import torch
from torch import nn
from torch.nn import functional

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.preprocessing.sensors import SENSORS
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.attaching.given.plan import FrozenModelFacts

CLASSES = ("healthy", "rust", "dry")
SIDE = 16
OPTIONS: dict[str, Any] = {
    "img_size": SIDE, "patch_size": 4, "embed_dim": 64, "depth": 2, "num_heads": 4,
}  # fmt: skip
"""Of `vit_tiny_patch16_224`."""

# What a spot multiplies the spectrum by: middle and width in nm, and depth of each feature.
_FEATURES = {
    "rust": ((550.0, 25.0, 0.45), (680.0, 20.0, -0.6)),
    "dry": ((970.0, 25.0, -0.2), (720.0, 15.0, 0.4)),
}


def specim_nm() -> DoubleArray:
    """Return the 204 wavelengths of a Specim IQ."""
    found = next(each for each in SENSORS if each.table == "specim_iq").wavelengths_nm
    assert found is not None
    return found


def spotted(label: str, seed: int, side: int = SIDE, axis_nm: DoubleArray | None = None) -> Cube:
    """Return a leaf with up to three spots; each of a class's features has its own strength."""
    rng = np.random.default_rng([seed, CLASSES.index(label)])
    axis = specim_nm() if axis_nm is None else axis_nm
    leaf = (
        0.06 + 0.42 / (1 + np.exp(-(axis - 715) / 12)) + 0.05 * np.exp(-(((axis - 550) / 30) ** 2))
    )
    spots = np.zeros((side, side))
    rows, cols = np.ogrid[:side, :side]
    for _ in range(rng.integers(1, 4)):
        row, col = rng.uniform(2, side - 2, 2)
        spots = np.maximum(spots, np.hypot(rows - row, cols - col) < rng.uniform(2, 4))
    factor = np.ones((side, side, axis.size))
    for middle, width, depth in _FEATURES.get(label, ()):
        own = depth * rng.uniform(0.2, 1.2) * np.exp(-0.5 * ((axis - middle) / width) ** 2)
        factor -= spots[..., None] * own
    light = rng.uniform(0.85, 1.15) * (1 + rng.uniform(-0.1, 0.1) * np.linspace(-1, 1, side))
    noise = 1 + 0.02 * rng.standard_normal((side, side, axis.size))
    values = (leaf * factor * light[:, None] * noise).astype(np.float32)
    good = np.ones(axis.size, dtype=np.bool_)
    return Cube(ArraySource(values), f"{label} {seed}", good, axis, units="reflectance")


def pixels_of(cube: Cube) -> FloatArray:
    """Return all pixels of a cube, shape (bands, rows, cols)."""
    return np.moveaxis(cube.block(slice(None), slice(None)), -1, 0)


class Trained(NamedTuple):
    """Trained ViT and the normalisation of its input, a number for each band."""

    vit: nn.Module
    mean: FloatArray
    std: FloatArray


def train_vit(cubes: int = 32, epochs: int = 20, seed: int = 0, **options: Any) -> Trained:
    """Train a ViT of 204 bands in to tell the classes, by plain cross-entropy."""
    torch.manual_seed(seed)
    vit = timm.create_model(
        "vit_tiny_patch16_224", in_chans=204, num_classes=len(CLASSES), **{**OPTIONS, **options}
    )
    labels = torch.arange(cubes * len(CLASSES)) % len(CLASSES)
    pixels = np.stack(
        [pixels_of(spotted(CLASSES[label], 1000 + place)) for place, label in enumerate(labels)]
    )
    mean, std = pixels.mean(axis=(0, 2, 3)), pixels.std(axis=(0, 2, 3))
    images = torch.from_numpy((pixels - mean[:, None, None]) / std[:, None, None])
    steps = epochs * -(-len(images) // 16)
    optimiser = torch.optim.AdamW(vit.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, steps)
    vit.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(16):
            turned = torch.rot90(images[batch], int(torch.randint(4, ())), dims=(-2, -1))
            loss = functional.cross_entropy(vit(turned), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return Trained(vit.requires_grad_(False).eval(), mean, std)


def untrained_vit(**options: Any) -> Trained:
    """Return a ViT of 204 bands in with random weights."""
    torch.manual_seed(0)
    given = {"num_classes": len(CLASSES), **OPTIONS, **options}
    vit = timm.create_model("vit_tiny_patch16_224", in_chans=204, **given)
    vit = vit.requires_grad_(False).eval()
    pixels = np.stack([pixels_of(spotted(label, 1000)) for label in CLASSES])
    return Trained(vit, pixels.mean(axis=(0, 2, 3)), pixels.std(axis=(0, 2, 3)))


def facts_of(trained: Trained, **options: Any) -> FrozenModelFacts:
    """Return what a state dict does not say of a trained ViT."""
    numbers = (tuple(map(float, each)) for each in (trained.mean, trained.std))
    mean, std = numbers
    return FrozenModelFacts(
        "vit_tiny_patch16_224", CLASSES, options={**OPTIONS, **options}, mean=mean, std=std
    )


def unlabelled(count: int, side: int = SIDE + 4) -> list[Callable[[], Cube]]:
    """Return openers of cubes of any class."""
    return [partial(spotted, CLASSES[n % len(CLASSES)], 500 + n, side) for n in range(count)]
