"""Sitting and standing, seen from the side."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import Arm, Leg, SidePose
from irtherapy.programme.figures.neck import SIT
from irtherapy.programme.figures.scene import Arrow, Scene, chair, floor

STAND = SidePose(
    hip=(0.0, 50.0),
    spine=(96.0, 93.0, 84.0),
    neck=82.0,
    head=90.0,
    near_arm=Arm((-5.0, 57.0), hand=-60.0),
    near_leg=Leg((0.0, 3.0)),
)
LEAN = replace(SIT, near_arm=Arm((-4.0, 63.0), hand=130.0, elbow=(9.5, 58.5)), near_leg=Leg((24.0, 3.0)))
FRAME = SidePose(
    hip=(-11.0, 50.0),
    spine=(92.0, 92.0, 86.0),
    neck=84.0,
    head=90.0,
    near_arm=Arm((5.0, 92.0), elbow=(4.0, 78.0), hand=90.0),
    near_leg=Leg((-11.0, 3.0)),
)

SCENES = {
    "sit_stand_align": Scene(
        "Sitting: from a slump the body grows tall",
        replace(SIT, spine=(124.0, 92.0, 58.0), neck=50.0, head=84.0, near_arm=Arm((14.0, 33.0), hand=-10.0)),
        replace(SIT, near_arm=Arm((13.0, 32.0), hand=-10.0)),
        (Arrow("crown", 6.0, 8.0, 0.0),),
        (*chair(x=-15.0, deep=31.0), floor(-22.0, 44.0)),
    ),
    "thoracic_extension": Scene(
        "Sitting, hands behind the head: the upper back leans over the chair back",
        LEAN,
        replace(
            LEAN,
            spine=(94.0, 106.0, 130.0),
            neck=122.0,
            head=124.0,
            near_arm=Arm((-16.5, 55.0), hand=165.0, elbow=(-4.0, 62.0)),
        ),
        (Arrow("crown", -2.0, 6.0, -0.2),),
        (*chair(), floor(-30.0, 44.0)),
    ),
    "standing_back_extension": Scene(
        "Standing, hands on the low back: lean back over the hands",
        STAND,
        replace(
            STAND,
            hip=(5.0, 49.6),
            spine=(103.0, 114.0, 124.0),
            neck=116.0,
            head=118.0,
            near_arm=Arm((-2.5, 55.0), hand=-60.0),
        ),
        (Arrow("crown", 0.0, 6.0, -0.15),),
        (floor(-32.0, 32.0),),
    ),
    "doorway_chest": Scene(
        "Forearm on a door frame: step through until the chest is stretched",
        FRAME,
        replace(
            FRAME,
            hip=(14.0, 48.5),
            spine=(90.0, 90.0, 86.0),
            near_arm=Arm((5.0, 90.0), elbow=(4.0, 76.0), hand=90.0),
            near_leg=Leg((-8.0, 8.0), foot=-32.0),
            far_leg=Leg((28.0, 3.0)),
        ),
        (Arrow(((26.0, 68.0), (42.0, 68.0))),),
        (((5.0, 0.0), (5.0, 106.0)), floor(-28.0, 48.0)),
    ),
}
