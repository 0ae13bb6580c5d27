"""OpenGL support of this display, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_GL_RENDERER = 0x1F01
_GL_MAX_3D_TEXTURE_SIZE = 0x8073
_NEEDED = (2, 1)  # what vispy's shaders are written for
# Qt's platforms without OpenGL: there it draws nothing, and says so only in the log.
_PLATFORMS_WITHOUT = frozenset({"offscreen", "minimal", "vnc"})
_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software rasterizer", "gdi generic")


@dataclass(frozen=True)
class GlSupport:
    """Capabilities of OpenGL on this display.

    Attributes
    ----------
    problem : str
        Why it cannot be used; empty where it can.
    renderer : str
        As the driver calls itself.
    max_3d_texture : int
        Longest side of a 3D texture, in texels.
    """

    problem: str
    renderer: str = ""
    max_3d_texture: int = 0

    @property
    def software(self) -> bool:
        """Whether the CPU draws: each frame then blocks the window."""
        return any(name in self.renderer.lower() for name in _SOFTWARE)


@cache
def gl_support() -> GlSupport:
    """Query the display for OpenGL, once; needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    if platform in _PLATFORMS_WITHOUT:
        return GlSupport(f"the Qt platform {platform!r} has no OpenGL")
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return GlSupport("no OpenGL context could be made")
    try:
        return _queried(context)
    finally:
        context.doneCurrent()


def _queried(context: QOpenGLContext) -> GlSupport:
    version = context.format().version()
    functions = context.functions()
    renderer = str(functions.glGetString(_GL_RENDERER))
    if tuple(version) < _NEEDED:
        return GlSupport(f"{renderer} has OpenGL {version[0]}.{version[1]}, 2.1 is needed")
    # Typed as a list too, which only other questions are answered with.
    longest = cast(int, functions.glGetIntegerv(_GL_MAX_3D_TEXTURE_SIZE))
    return GlSupport("", renderer, longest)
