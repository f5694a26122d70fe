"""The renderer of Mini-Landmarks: imaginary landmarks, each seen in as many views as one likes."""

from suprank_edu.data.landmarks.hierarchy import LEVEL_NAMES, SUPERCATEGORIES
from suprank_edu.data.landmarks.render import Rendered, render, render_views

__all__ = ["LEVEL_NAMES", "SUPERCATEGORIES", "Rendered", "render", "render_views"]
