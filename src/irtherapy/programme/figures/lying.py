"""Lying on the back or on the side."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import Arm, FrontPose, Leg, Limb, SidePose
from irtherapy.programme.figures.scene import Arrow, Scene, box, floor

MAT = (floor(-54.0, 52.0),)
BENT = Leg((25.0, 3.0))
STRAIGHT = Leg((46.8, 4.0), foot=80.0)
BACK = SidePose(
    hip=(0.0, 5.0),
    spine=(177.0, 182.0, 180.0),
    neck=174.0,
    head=182.0,
    near_arm=Arm((2.6, 2.6)),
    near_leg=BENT,
)
BELLY_HAND = Arm((-10.0, 8.5), elbow=(-16.0, 3.0), hand=10.0)
STRAP = replace(BACK, near_arm=Arm((-9.0, 22.0)), far_leg=STRAIGHT)
TABLE = replace(
    BACK,
    near_arm=Arm((-27.5, 34.0), hand=90.0),
    far_arm=Arm((-26.5, 34.0), hand=90.0),
    near_leg=Leg((23.0, 29.0), foot=90.0),
    far_leg=Leg((22.0, 29.5), foot=90.0),
)
BRIDGE_HIP = (-2.8, 17.4)
SIDE = SidePose(
    hip=(0.0, 40.0),
    spine=(93.0, 88.0, 86.0),
    neck=84.0,
    head=90.0,
    near_arm=Arm((31.0, 69.0)),
    near_leg=Leg((3.0, 20.0), foot=-30.0),
    far_arm=Arm((31.0, 65.0)),
    far_leg=Leg((6.0, 18.0), foot=-30.0),
)
ABOVE = FrontPose(
    hip=(0.0, 48.0),
    spine=(90.0, 90.0, 90.0),
    neck=90.0,
    head=90.0,
    left_arm=Limb(186.0, 178.0),
    right_arm=Limb(-6.0, 2.0),
    left_leg=Limb(-94.0, -88.0, 0.62, 0.5, end_seen=0.4),
    right_leg=Limb(-86.0, -92.0, 0.62, 0.5, end_seen=0.4),
)
BRIDGE_SIDE = FrontPose(
    hip=(0.0, 6.5),
    spine=(25.0, 45.0, 50.0),
    neck=42.0,
    head=40.0,
    left_arm=Limb(-165.0, -150.0, 0.9, 0.9),
    right_arm=Limb(-90.0, -12.0, 1.0, 0.45, end=-12.0, end_seen=0.6),
    right_leg=Limb(180.0, 176.0, 1.0, 0.5, end=190.0, end_seen=0.5),
    pelvis=-75.0,
)

SCENES = {
    "single_knee_chest": Scene(
        "Lying on the back: one knee comes to the chest",
        replace(BACK, far_leg=Leg((26.5, 3.0))),
        replace(BACK, near_arm=Arm((-6.0, 18.0)), near_leg=Leg((12.0, 24.0), foot=75.0), far_leg=Leg((26.5, 3.0))),
        (Arrow(((20.0, 37.0), (0.0, 37.0)), bulge=-0.15),),
        MAT,
    ),
    "double_knee_chest": Scene(
        "Lying on the back: both knees come to the chest",
        replace(BACK, far_leg=Leg((26.5, 3.0))),
        replace(
            BACK,
            near_arm=Arm((-6.0, 18.0)),
            near_leg=Leg((11.0, 24.0), foot=75.0),
            far_leg=Leg((14.0, 22.0), foot=75.0),
        ),
        (Arrow(((20.0, 37.0), (0.0, 37.0)), bulge=-0.15),),
        MAT,
    ),
    "pelvic_tilt": Scene(
        "Lying on the back with bent knees: the low back presses flat",
        replace(BACK, spine=(158.0, 192.0, 184.0), near_arm=None),
        replace(BACK, spine=(181.0, 180.0, 180.0), near_arm=None),
        (Arrow(((-9.0, 24.0), (-9.0, 11.0))),),
        MAT,
    ),
    "hamstring_strap": Scene(
        "Lying on the back with a strap round one foot: the leg rises",
        replace(STRAP, near_leg=Leg((42.0, 24.5), foot=115.0)),
        replace(STRAP, near_arm=Arm((-8.0, 24.0)), near_leg=Leg((9.0, 50.0), foot=172.0)),
        (Arrow("near_ankle", 11.0, 7.0, -0.16),),
        MAT,
        (("near_hand", "near_toe"),),
    ),
    "curl_up": Scene(
        "Lying with one knee bent, hands under the low back: head and shoulders lift a little",
        replace(BACK, near_arm=Arm((-6.0, 2.5), elbow=(-18.0, 3.0)), far_leg=STRAIGHT),
        replace(
            BACK,
            spine=(178.0, 172.0, 156.0),
            neck=152.0,
            head=154.0,
            near_arm=Arm((-6.0, 3.0), elbow=(-16.0, 4.0)),
            far_leg=STRAIGHT,
        ),
        (Arrow(((-46.0, 29.0), (-46.0, 42.0))),),
        MAT,
    ),
    "dead_bug": Scene(
        "Lying on the back, arms and knees up: one arm and the other leg go down",
        TABLE,
        replace(TABLE, near_arm=Arm((-55.0, 16.0)), far_leg=Leg((45.0, 16.0), foot=95.0)),
        (Arrow(((-36.0, 42.0), (-56.0, 27.0)), bulge=-0.18), Arrow(((30.0, 40.0), (48.0, 27.0)), bulge=0.18)),
        (floor(-62.0, 54.0),),
    ),
    "glute_bridge": Scene(
        "Lying on the back with bent knees: the hips lift to a straight line",
        replace(BACK, near_leg=Leg((22.0, 3.0))),
        replace(
            BACK,
            hip=BRIDGE_HIP,
            spine=(205.0, 206.0, 203.0),
            neck=176.0,
            head=180.0,
            near_arm=Arm((2.0, 2.6)),
            near_leg=Leg((22.0, 3.0)),
        ),
        (Arrow("hip", 0.0, 15.0),),
        MAT,
    ),
    "abdominal_brace": Scene(
        "Lying with hands on the belly: the belt tightens gently while you breathe",
        replace(BACK, near_arm=BELLY_HAND),
        replace(BACK, near_arm=replace(BELLY_HAND, wrist=(-9.5, 7.5))),
        (Arrow(((-22.0, 24.0), (-15.0, 13.0))), Arrow(((0.0, 24.0), (-6.0, 13.0)))),
        MAT,
    ),
    "rest_and_breathe": Scene(
        "Lying on the back with a roll under the knees: rest and breathe",
        replace(BACK, near_arm=BELLY_HAND, near_leg=Leg((43.0, 4.0), foot=72.0)),
        replace(BACK, near_arm=replace(BELLY_HAND, wrist=(-10.0, 11.0)), near_leg=Leg((43.0, 4.0), foot=72.0)),
        (Arrow(((-9.0, 16.0), (-9.0, 27.0))),),
        (floor(-54.0, 56.0), ((14.0, 0.0), (15.5, 6.5), (21.0, 9.0), (26.5, 6.5), (28.0, 0.0))),
    ),
    "thoracic_rotation_open_book": Scene(
        "Seen from above, lying on the side: the top arm opens like a book",
        SIDE,
        replace(SIDE, near_arm=Arm((-29.0, 71.0), elbow=(-15.0, 69.0)), yaw=-28.0),
        (Arrow(((24.0, 90.0), (-24.0, 90.0)), bulge=-0.15),),
        (box(-44.0, 8.0, 44.0, 108.0),),
    ),
    "supine_knee_roll": Scene(
        "Seen from above, lying on the back: both knees roll to one side",
        ABOVE,
        replace(
            ABOVE,
            left_leg=Limb(-22.0, -105.0, 1.0, 0.95, end=-50.0),
            right_leg=Limb(-34.2, -105.0, 0.667, 0.95, end=-50.0),
        ),
        (Arrow(((-10.0, 26.0), (6.0, 26.0)), bulge=0.15),),
        (box(-46.0, 6.0, 46.0, 98.0),),
    ),
    "side_bridge_knees": Scene(
        "Lying on the side on one elbow: the hips lift until the body is straight",
        BRIDGE_SIDE,
        replace(
            BRIDGE_SIDE,
            hip=(0.0, 17.0),
            spine=(27.0, 27.0, 27.0),
            neck=27.0,
            head=27.0,
            left_arm=Limb(-160.0, -145.0, 0.9, 0.9),
            right_leg=Limb(207.0, 176.0, 1.0, 0.5, end=190.0, end_seen=0.5),
            pelvis=-63.0,
        ),
        (Arrow("hip", -3.0, 21.0),),
        (floor(-46.0, 50.0),),
    ),
}
