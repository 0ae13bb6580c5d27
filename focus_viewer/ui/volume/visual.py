"""Visual of the volume for vispy: two rendering methods, cast once for each point of view."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import OpenGL.GL  # noqa: F401  vispy does so at the first 3D texture, when the user waits for it
from vispy import gloo
from vispy.color import Colormap
from vispy.scene.visuals import Volume

from focus_viewer.core.typing import ByteArray, FloatArray
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.ui.volume.grid import FAINT

# vispy's own translucent method is denser the finer its steps, and its mip loses what is below
# zero. Codes are 0 to 1 here and mean nothing at 0.5. Both methods give premultiplied colours.
_TRANSLUCENT: Final = {
    "before_loop": "vec4 sum = vec4(0.0);",
    "in_loop": """
        if (abs(val - 0.5) > u_threshold) {
            vec4 voxel = applyColormap(color);
            float alpha = (1.0 - sum.a) * (1.0 - pow(1.0 - voxel.a, u_attenuation));
            sum += vec4(voxel.rgb * alpha, alpha);
            if (sum.a > 0.98) {
                iter = nsteps;
            }
        }
        """,
    "after_loop": """
        gl_FragColor = sum;
        """,
}
# Thin peaks fall between samples: the surroundings of the strongest are sampled more finely.
_STRONGEST: Final = {
    "before_loop": """
        float strongest = u_threshold;
        float peak = 0.5;
        int found = -1;
        """,
    "in_loop": """
        if (abs(val - 0.5) > strongest) {
            strongest = abs(val - 0.5);
            peak = val;
            found = iter;
        }
        """,
    "after_loop": """
        if (found < 0) {
            discard;
        }
        for (int i = -4; i <= 4; i++) {
            float close = colorToVal($get_data(start_loc + step * (float(found) + float(i) * 0.2)));
            peak = abs(close - 0.5) > abs(peak - 0.5) ? close : peak;
        }
        vec4 voxel = applyColormap(vec4(peak));
        float alpha = 1.0 - pow(1.0 - voxel.a, 20.0);
        gl_FragColor = vec4(voxel.rgb * alpha, alpha);
        """,
}

_QUAD_VERTICES: Final = """
attribute vec2 a_corner;
varying vec2 v_place;
void main() {
    v_place = a_corner * 0.5 + 0.5;
    gl_Position = vec4(a_corner, 0.0, 1.0);
}
"""
_QUAD_PIXELS: Final = """
uniform sampler2D u_picture;
varying vec2 v_place;
void main() {
    gl_FragColor = texture2D(u_picture, v_place);
}
"""
_CORNERS: Final = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], dtype=np.float32)
_UNIT_BOX: Final = np.array([[x, y, z, 1] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
_STEPS_ACROSS: Final = 100  # the length that opacity refers to is a hundredth of the box


class SaliencyCloud(Volume):  # type: ignore[misc]
    """Volume of voxel codes, cast into a picture, and cast again only when it would differ.

    Casting rays is what takes the time, above all where the CPU draws: a plane that moves through
    the volume must not pay for it.
    """

    _rendering_methods = {"translucent": _TRANSLUCENT, "mip": _STRONGEST}  # noqa: RUF012

    def __init__(self, codes: ByteArray, **options: Any) -> None:
        self.casts = 0
        self._stale = True
        self._seen: tuple[Any, ...] = ()
        self._lookup = ""  # what the shaders have for colours
        self._fineness, self._samples = 1.0, 100
        self._shown_method: VolumeMethod = "translucent"
        self._picture = gloo.Texture2D((1, 1, 4), interpolation="linear")
        self._frame = gloo.FrameBuffer(self._picture)
        self._quad = gloo.Program(_QUAD_VERTICES, _QUAD_PIXELS)
        self._quad["a_corner"] = _CORNERS
        self._quad["u_picture"] = self._picture
        super().__init__(
            codes,
            clim=(0, 255),
            method=self._shown_method,
            threshold=FAINT / 2,
            texture_format="auto",
            interpolation="linear",
            **options,
        )
        self.set_gl_state(blend=False, depth_test=False, cull_face=False)

    def show_codes(self, codes: ByteArray) -> None:
        """Draw other voxels."""
        self.set_data(codes)
        self._settle()

    def show_colours(self, colours: FloatArray) -> None:
        """Draw in other colours, shape (256, 4), opacity for a hundredth of the box.

        Colours are a texture; vispy compiles its shaders anew for them, though these stay the same.
        """
        colormap = Colormap(colours)
        if colormap.glsl_map == self._lookup:
            self._cmap = colormap
            self.shared_program["texture2D_LUT"] = colormap.texture_lut()
        else:
            self.cmap, self._lookup = colormap, colormap.glsl_map
        self._settle()

    def show_method(self, method: VolumeMethod) -> None:
        """Render by another method."""
        if method != self._shown_method:
            self.method = self._shown_method = method
            self._settle()

    def set_quality(self, fineness: float, samples: int) -> None:
        """Draw faster or finer.

        Parameters
        ----------
        fineness : float
            Pixels cast for each pixel on the screen, along a side.
        samples : int
            Samples that a ray takes across the box.
        """
        if (fineness, samples) != (self._fineness, self._samples):
            self._fineness, self._samples = fineness, samples
            self._settle()

    def _settle(self) -> None:
        self.relative_step_size = float(np.mean(self._vol_shape)) / self._samples
        self.attenuation = _STEPS_ACROSS / self._samples
        self._stale = True
        self.update()

    def draw(self) -> None:
        """Put the picture on the canvas, cast anew if the point of view is another."""
        if self.picking:
            return
        self.canvas.context.flush_commands()
        viewport = tuple(int(n) for n in gloo.gl.glGetParameter(gloo.gl.GL_VIEWPORT))
        corners = self.get_transform("visual", "render").map(_UNIT_BOX)
        seen = (viewport, corners.tobytes())
        if self._stale or seen != self._seen:
            self._cast(viewport)
            self._stale, self._seen = False, seen
        gloo.set_state(
            blend=True, depth_test=False, cull_face=False, blend_func=("one", "one_minus_src_alpha")
        )
        self._quad.draw("triangle_strip")

    def _cast(self, viewport: tuple[int, ...]) -> None:
        width, height = (max(1, round(side * self._fineness)) for side in viewport[2:])
        if self._picture.shape[:2] != (height, width):
            self._picture.resize((height, width, 4))
        self._frame.activate()
        gloo.set_viewport(0, 0, width, height)
        gloo.clear(color=(0, 0, 0, 0))
        super().draw()
        self._frame.deactivate()
        gloo.set_viewport(*viewport)
        # Qt makes the finished canvas opaque with the alpha of whatever clear colour is left.
        gloo.set_clear_color((0, 0, 0, 1))
        self.casts += 1
