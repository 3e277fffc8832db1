"""Line drawings of every exercise: our own, from joint angles, so no picture carries anybody's licence (CC-BY-4.0)."""

from irtherapy.programme.figures.draw import moving, svg
from irtherapy.programme.figures.scenes import SCENES

__all__ = ["SCENES", "moving", "svg"]
