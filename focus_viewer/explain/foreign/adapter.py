"""Adapter: the four things that are read of a frozen model, whoever trained it.

An image of the model's own bands, normalised as in its training, is embedded in parts: what each
spectral group adds to a patch beyond what the usual spectrum gives. Parts of 0 are a patch that is
as usual. A model can be adapted if these parts are separate ahead of its first block: where a token
is one band's, or where the patch embedding is linear in the bands.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from torch import Tensor, nn

from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.model.cards import Recipe


class Decision(NamedTuple):
    """Decision of a frozen model on windows, with what its head saw.

    Attributes
    ----------
    logits : Tensor, shape (windows, classes)
    pooled : Tensor, shape (windows, dim)
        What the head's linear map multiplies.
    context : Tensor, shape (windows, patches, dim)
        Each patch as the last block leaves it, all groups together.
    """

    logits: Tensor
    pooled: Tensor
    context: Tensor


Option = int | float | str | bool


class Described(NamedTuple):
    """Description of a frozen model by its state dict.

    Attributes
    ----------
    bands : int or None
        That it reads; None for any.
    bands_nm : DoubleArray or None
        Their centres, where these are known.
    """

    recipe: Recipe
    bands: int | None
    bands_nm: DoubleArray | None = None


class Adapter(Protocol):
    """Reader of a frozen model.

    Attributes
    ----------
    usual : Tensor, shape (bands,)
        Spectrum, normalised, that stands for nothing shown.
    """

    usual: Tensor

    @property
    def frozen(self) -> nn.Module:
        """The frozen model itself."""
        ...

    @property
    def window_px(self) -> int:
        """Height and width of the images that it takes."""
        ...

    @property
    def patch_px(self) -> int:
        """Height and width of a patch: a window has (window_px // patch_px) ** 2 of them."""
        ...

    @property
    def prefix_tokens(self) -> int:
        """Tokens ahead of the patches: class token, registers."""
        ...

    @property
    def tokens(self) -> int:
        """Parts of a patch: one for each group, or for each band."""
        ...

    @property
    def dim(self) -> int:
        """Width of its tokens."""
        ...

    @property
    def width(self) -> int:
        """Width of its keys and values, all heads together."""
        ...

    @property
    def rows(self) -> Tensor:
        """Rows of the head's linear map, shape (classes, dim)."""
        ...

    def parts(self, images: Tensor) -> Tensor:
        """Compute the parts of images, (windows, bands, height, width): (windows, n, patches, dim).

        There is a part for each group, or for each band.
        """
        ...

    def keep(self, parts: Tensor, kept: Tensor) -> Tensor:
        """Set all but some groups and patches as usual; `kept` is (windows, groups, patches)."""
        ...

    def keys_values(self, parts: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of each group alone: (windows, groups, patches, width)."""
        ...

    def project(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project tokens, (..., dim), by the block that is read: (..., heads, head_dim) each.

        Queries are scaled.
        """
        ...

    def decide(self, parts: Tensor) -> Decision:
        """Decide as the frozen model does, in one pass."""
        ...

    def shares(self, context: Tensor, usual: Tensor, shown: Tensor | None = None) -> Tensor | None:
        """Return what the head took of each patch, (windows, patches, dim).

        Summing to `pooled` less that of a usual window. None where the head has no exact parts by
        patch, as with a class token.

        Parameters
        ----------
        context, usual : Tensor, shape (windows, patches, dim) and (1, patches, dim)
        shown : Tensor of bool, shape (windows, patches), or None
            Patches that can have a share; all by default.
        """
        ...
