"""On hands and knees, and on one knee."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import Arm, Leg, SidePose
from irtherapy.programme.figures.scene import Arrow, Scene, box, chair, floor

FOURS = SidePose(
    hip=(0.0, 27.0),
    spine=(8.0, 10.0, 6.0),
    neck=4.0,
    head=12.0,
    near_arm=Arm((27.5, 2.0), hand=0.0),
    near_leg=Leg((-23.0, 3.0), foot=188.0),
)
PAIRED = replace(FOURS, far_arm=Arm((29.5, 2.0), hand=0.0), far_leg=Leg((-21.5, 3.0), foot=188.0))
HALF = SidePose(
    hip=(0.0, 27.0),
    spine=(88.0, 94.0, 86.0),
    neck=84.0,
    head=90.0,
    near_arm=Arm((27.0, 49.0), hand=0.0),
    near_leg=Leg((-23.0, 4.0), foot=188.0),
    far_leg=Leg((26.0, 3.0)),
    far_arm=Arm((27.0, 50.0), hand=0.0),
)

SCENES = {
    "cat_cow": Scene(
        "On hands and knees: the back sinks, then rounds up",
        replace(FOURS, spine=(-22.0, 8.0, 38.0), neck=40.0, head=48.0),
        replace(FOURS, spine=(44.0, 8.0, -26.0), neck=-50.0, head=-58.0),
        (Arrow("chest", -3.0, 12.0),),
        (floor(-36.0, 52.0),),
    ),
    "childs_pose": Scene(
        "From hands and knees the bottom sinks to the heels, arms in front",
        FOURS,
        replace(
            FOURS,
            hip=(-19.5, 16.0),
            spine=(22.0, -2.0, -24.0),
            neck=-22.0,
            head=-14.0,
            near_arm=None,
            far_arm=Arm((33.5, 2.0), hand=0.0),
            near_leg=Leg((-22.5, 4.0), foot=188.0),
        ),
        (Arrow("hip", 0.0, 14.0, -0.15),),
        (floor(-36.0, 52.0),),
    ),
    "bird_dog": Scene(
        "On hands and knees: one arm and the other leg reach out",
        PAIRED,
        replace(
            PAIRED,
            neck=-24.0,
            head=-4.0,
            near_arm=Arm((51.0, 42.0)),
            far_leg=Leg((-46.0, 31.0), foot=190.0),
        ),
        (Arrow(((34.0, 47.0), (50.0, 54.0))), Arrow(((-30.0, 40.0), (-48.0, 42.0)))),
        (floor(-58.0, 64.0),),
    ),
    "hip_flexor_kneel": Scene(
        "Kneeling on one knee beside a chair: the hips move forward, the body stays upright",
        HALF,
        replace(
            HALF,
            hip=(11.0, 24.5),
            spine=(95.0, 93.0, 87.0),
        ),
        (Arrow(((-18.0, 40.0), (-3.0, 40.0))),),
        (
            floor(-36.0, 60.0),
            box(-6.0, 0.0, 7.0, 1.8),
            *chair(x=38.0, back=49.0, deep=16.0),
        ),
    ),
}
