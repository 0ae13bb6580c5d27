"""Volume view in 3D, with a fallback without OpenGL."""
