"""irtherapy: infrared therapy for a sore neck or back, from "is it right for me?" to "did it help?".

The package root is the care pathway and is pure; the one folder ``edge/`` touches the world. ``pathway`` is the map.
"""

__version__ = "0.1.0"
