"""Draws a movement as line figures from the angles of their joints: `.venv/bin/python deploy/poses.py FOLDER`.

A person is 175 units tall and seen from the side. Angles are directions in degrees: 0 to the right, 90 up. The files
are SVG with classes only, so they take their looks from stylesheets like every drawing of the site. A movement belongs
on a page only when somebody who has not read the page names it from the picture alone.
"""

import itertools
import math
import sys
from dataclasses import dataclass
from pathlib import Path

# Lengths and half thicknesses of a body of 175 units, rounded from usual proportions.
PELVIS, WAIST, CHEST, NECK = 15, 18, 16, 17
UPPER_ARM, FOREARM, HAND = 29, 25, 10
THIGH, SHIN, FOOT, HEEL = 43, 41, 17, 4
HIP_R, WAIST_R, CHEST_R, COLLAR_R, NECK_R, HEAD_R = 12, 10.5, 12, 8.5, 5.5, 11
THIGH_R, KNEE_R, CALF_R, ANKLE_R, HEEL_R, TOE_R = 10, 6.8, 6.6, 4.2, 4.6, 3
SHOULDER_R, ELBOW_R, WRIST_R, HAND_R = 6.6, 4.8, 3.6, 3.2
BAR, DUMBBELL, HUB_R = 21, 9, 4
MARGIN, GAP, FLOOR = 8, 34, 2


@dataclass(frozen=True)
class Figure:
    """One body, its face clockwise of the top of its head.

    `trunk` holds the directions hip to waist, waist to chest, chest to collar and collar to head; `legs` those of
    thigh, shin and foot, `arms` those of upper arm, forearm and hand, the far side first. `weight` is the radius of
    the disc of a weight in the hands, 0 for none.
    """

    trunk: tuple
    legs: tuple
    arms: tuple
    weight: int = 0
    props: tuple = ()


@dataclass(frozen=True)
class Movement:
    figures: tuple
    mat: bool = False


def step(start, direction, length):
    turn = math.radians(direction)
    return (start[0] + math.cos(turn) * length, start[1] + math.sin(turn) * length)


class Body:
    """A Figure as layers of tapered limbs, from the far side to the near one, the hip at the origin."""

    def __init__(self, figure):
        self.figure = figure
        hip = (0, 0)
        waist = step(hip, figure.trunk[0], PELVIS)
        chest = step(waist, figure.trunk[1], WAIST)
        collar = step(chest, figure.trunk[2], CHEST)
        self.head = step(collar, figure.trunk[3], NECK)
        shoulder = step(chest, figure.trunk[2], CHEST * 0.6)
        far_leg, near_leg = (self.leg(hip, angles) for angles in figure.legs)
        far_arm, near_arm = (self.arm(shoulder, angles) for angles in figure.arms)
        self.points = {"chest": chest, "hand": near_arm[-1][1], "foot": near_leg[-1][1]}
        trunk = [
            (hip, waist, HIP_R, WAIST_R),
            (waist, chest, WAIST_R, CHEST_R),
            (chest, collar, CHEST_R, COLLAR_R),
        ]
        head = [(collar, self.head, NECK_R, NECK_R), (self.head, self.head, HEAD_R, HEAD_R), self.nose()]
        middle = step(hip, figure.legs[1][0], THIGH * 0.45)
        shorts = [(hip, waist, HIP_R, WAIST_R), (hip, middle, THIGH_R, THIGH_R - 1.4)]
        # Each layer is outlined as one shape and then filled part by part, so that no line crosses a joint.
        self.layers = (
            (("far", far_arm),),
            (("far", far_leg),),
            (("skin", head), ("skin", near_leg), ("shirt", trunk), ("shorts", shorts)),
            (("skin", near_arm),),
        )

    def nose(self):
        forward = self.figure.trunk[3] - 90
        return (step(self.head, forward, HEAD_R - 2), step(self.head, forward, HEAD_R + 1), 3, 1.8)

    def hair(self):
        """Where the hair begins and ends on the circle of the head: it shows which way the face looks."""
        up = self.figure.trunk[3]
        return step(self.head, up - 54, HEAD_R), step(self.head, up + 117, HEAD_R)

    @staticmethod
    def leg(hip, angles):
        knee = step(hip, angles[0], THIGH)
        calf = step(knee, angles[1], SHIN * 0.35)
        ankle = step(knee, angles[1], SHIN)
        heel, toe = step(ankle, angles[2] + 180, HEEL), step(ankle, angles[2], FOOT)
        return [
            (hip, knee, THIGH_R, KNEE_R),
            (knee, calf, KNEE_R, CALF_R),
            (calf, ankle, CALF_R, ANKLE_R),
            (heel, toe, HEEL_R, TOE_R),
        ]

    @staticmethod
    def arm(shoulder, angles):
        elbow = step(shoulder, angles[0], UPPER_ARM)
        wrist = step(elbow, angles[1], FOREARM)
        hand = step(wrist, angles[2], HAND)
        return [
            (shoulder, elbow, SHOULDER_R, ELBOW_R),
            (elbow, wrist, ELBOW_R, WRIST_R),
            (wrist, hand, WRIST_R, HAND_R),
        ]

    def bounds(self):
        limbs = [limb for layer in self.layers for _kind, part in layer for limb in part]
        edges = [(x, y, r) for start, end, one, two in limbs for (x, y), r in ((start, one), (end, two))]
        edges.append((*self.points["hand"], self.figure.weight))
        left, right = min(x - r for x, _, r in edges), max(x + r for x, _, r in edges)
        return left, min(y - r for _, y, r in edges), right, max(y + r for _, y, r in edges)


class Sheet:
    """SVG in the making: coordinates with y up come in, y down goes out."""

    def __init__(self):
        self.parts = []

    def path(self, name, d):
        self.parts.append(f'<path class="{name}" d="{d}"/>')

    def body(self, body, move):
        def at(point):
            return f"{number(point[0] + move[0])} {number(-point[1] - move[1])}"

        for layer in body.layers:
            drawn = [(kind, "".join(capsule(limb, at) for limb in part)) for kind, part in layer]
            self.path("limb", "".join(d for _kind, d in drawn))
            for kind, d in drawn:
                self.path(kind, d)
            if len(layer) > 1:
                start, end = body.hair()
                self.path("hair", f"M{at(start)}A{HEAD_R} {HEAD_R} 0 0 0 {at(end)}Z")
        if body.figure.weight:
            x, y = body.points["hand"]
            self.path("plate", circle(x + move[0], -y - move[1], body.figure.weight))
            self.path("hub", circle(x + move[0], -y - move[1], HUB_R))
        for prop in body.figure.props:
            prop(self, {name: (x + move[0], y + move[1]) for name, (x, y) in body.points.items()})


def number(value):
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")


def capsule(limb, at):
    """Two circles and the tangents between them, closed."""
    (x, y), (u, v), one, two = limb
    apart = math.hypot(u - x, v - y)
    if apart <= abs(one - two):
        (x, y), one = ((x, y), one) if one >= two else ((u, v), two)
        return f"M{at((x - one, y))}a{one} {one} 0 1 1 {2 * one} 0a{one} {one} 0 1 1 {-2 * one} 0z"
    along, lean = math.degrees(math.atan2(v - y, u - x)), math.degrees(math.acos((one - two) / apart))
    a, b = step((x, y), along + lean, one), step((u, v), along + lean, two)
    c, d = step((u, v), along - lean, two), step((x, y), along - lean, one)
    return (
        f"M{at(a)}L{at(b)}A{two} {two} 0 {int(one < two)} 1 {at(c)}L{at(d)}A{one} {one} 0 {int(one >= two)} 1 {at(a)}z"
    )


def strap(sheet, points):
    (x, y), (u, v) = points["hand"], points["foot"]
    sheet.path("strap", f"M{number(x)} {number(-y)}L{number(u)} {number(-v)}")


def wall(sheet, points):
    x = number(points["chest"][0] - CHEST_R - FLOOR)
    sheet.path("floor", f"M{x} {FLOOR}V-150")


def circle(x, y, r):
    return f"M{number(x - r)} {number(y)}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def draw(movement):
    """The movement as SVG, its figures from left to right on one floor, an arrow between each two."""
    sheet, x, top = Sheet(), 0.0, 0.0
    placed = []
    for figure in movement.figures:
        body = Body(figure)
        left, low, right, high = body.bounds()
        placed.append((body, (x - left, -low)))
        top, x = max(top, high - low), x + right - left + GAP
    width = x - GAP
    sheet.path("floor", f"M{-MARGIN} {FLOOR}H{number(width + MARGIN)}")
    if movement.mat:
        for body, (dx, _dy) in placed:
            left, _, right, _ = body.bounds()
            sheet.path("mat", f"M{number(left + dx)} {FLOOR}H{number(right + dx)}v5H{number(left + dx)}z")
    for body, move in placed:
        sheet.body(body, move)
    for (before, start), (after, end) in itertools.pairwise(placed):
        middle = (before.bounds()[2] + start[0] + after.bounds()[0] + end[0]) / 2
        sheet.path("go-on", f"M{number(middle - 8)} {number(-top / 2)}h16m-6 -6l6 6l-6 6")
    box = f"{-MARGIN} {number(-top - MARGIN)} {number(width + 2 * MARGIN)} {number(top + 2 * MARGIN + 6)}"
    _, _, wide, tall = box.split()
    return f'<svg viewBox="{box}" width="{wide}" height="{tall}">{"".join(sheet.parts)}</svg>\n'


FLAT, BENT, ON_KNEES = (-5, -5, 80), (47, -68, 0), (-90, 180, 180)
LYING, ALL_FOURS, DOWN = (180, 180, 180, 180), (10, 10, 8, 14), (-90, -90, 0)
STANDING, UPRIGHT = ((-90, -90, 0),) * 2, (90, 90, 90, 90)
BY_SIDE = (-6, -8, -4)

MOVEMENTS = {
    "curl_up": Movement(
        (
            Figure(LYING, (BENT, FLAT), ((-16, 14, 0),) * 2),
            Figure((180, 174, 150, 138), (BENT, FLAT), ((-30, 10, 0),) * 2),
        ),
        mat=True,
    ),
    "bridge": Movement(
        (
            Figure(LYING, (BENT, BENT), (BY_SIDE, BY_SIDE)),
            Figure((200, 205, 205, 178), ((20, -82, 0),) * 2, ((-5, -4, 0),) * 2),
        ),
        mat=True,
    ),
    "bird_dog": Movement(
        (
            Figure(ALL_FOURS, (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
            Figure(ALL_FOURS, (ON_KNEES, (176, 178, 270)), ((10, 6, 2), DOWN)),
        ),
        mat=True,
    ),
    "dead_bug": Movement(
        (
            Figure(LYING, ((92, 0, 70), (84, 0, 70)), ((92, 92, 92), (84, 86, 88))),
            Figure(LYING, ((92, 0, 70), (10, 8, 75)), ((168, 172, 175), (84, 86, 88))),
        ),
        mat=True,
    ),
    "deadlift": Movement(
        (
            Figure((44, 32, 30, 36), ((-42, -116, 0),) * 2, ((-92, -90, -90),) * 2, weight=BAR),
            Figure(UPRIGHT, STANDING, ((-84, -84, -90),) * 2, weight=BAR),
        ),
    ),
    "hamstring_stretch": Movement(
        (Figure(LYING, (FLAT, (80, 84, 168)), ((52, 74, 70), (48, 70, 68)), props=(strap,)),),
        mat=True,
    ),
    "cat_camel": Movement(
        (
            Figure((46, 8, -40, -66), (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
            Figure((-16, 14, 44, 64), (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
        ),
        mat=True,
    ),
    "wall_sit": Movement((Figure(UPRIGHT, ((0, -90, 0),) * 2, ((-84, -24, -10),) * 2, props=(wall,)),)),
    "both_legs_up": Movement(
        (
            Figure(LYING, (FLAT, FLAT), (BY_SIDE, BY_SIDE)),
            Figure(LYING, ((50, 50, 128), (54, 54, 132)), (BY_SIDE, BY_SIDE)),
        ),
        mat=True,
    ),
    "toe_touch": Movement(
        (
            Figure(UPRIGHT, STANDING, ((-92, -86, -88),) * 2),
            Figure((16, -34, -68, -82), ((-99, -91, 0),) * 2, ((-92, -88, -86),) * 2),
        ),
    ),
    "sit_up": Movement(
        (
            Figure(LYING, (FLAT, FLAT), ((126, 236, 238),) * 2),
            Figure((112, 102, 92, 80), (FLAT, FLAT), ((38, 158, 160),) * 2),
        ),
        mat=True,
    ),
    "overhead_press": Movement(
        (
            Figure(UPRIGHT, STANDING, ((-70, 74, 80),) * 2, weight=DUMBBELL),
            Figure(UPRIGHT, STANDING, ((86, 90, 90),) * 2, weight=DUMBBELL),
        ),
    ),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, movement in MOVEMENTS.items():
        (folder / f"{name}.svg").write_text(draw(movement))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say the folder for the drawings.")
    main(Path(sys.argv[1]))
