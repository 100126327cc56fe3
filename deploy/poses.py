"""Draws movements as line figures from the angles of their joints: `.venv/bin/python deploy/poses.py`.

Writes templates/content/drawings/<name>.html for each content.anatomy.Still. A person is 175 units tall and seen from
the side. Angles are directions in degrees: 0 to the right, 90 up. The files hold classes only, so they take their looks
from stylesheets like every drawing of the site. A movement belongs on a page only when somebody who has not read the
page names it from the picture alone.
"""

import itertools
import math
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
FOLDER = Path(__file__).resolve().parents[1] / "templates" / "content" / "drawings"


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
    """`alternative` says in words what the picture shows; it names the start and the end when there are two figures."""

    alternative: str
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
        self.points = {"chest": chest, "hand": near_arm[-1][1], "heel": near_leg[-1][0], "toe": near_leg[-1][1]}
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
            if len(drawn) == 1:
                self.path(f"limb {drawn[0][0]}", drawn[0][1])
                continue
            self.path("limb", "".join(d for _kind, d in drawn))
            for kind, d in drawn:
                self.path(kind, d)
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
    """A loop from the hand around the ball of the foot, its free end hanging from the hand."""
    (x, y), (heel_x, heel_y), (toe_x, toe_y) = points["hand"], points["heel"], points["toe"]
    foot = math.degrees(math.atan2(toe_y - heel_y, toe_x - heel_x))
    ball = step((toe_x, toe_y), foot + 180, TOE_R)
    (a, b), (c, d) = (step(step(ball, foot - 90, TOE_R + 2.5), foot + turn, 3.5) for turn in (0, 180))
    hand = f"{number(x)} {number(-y)}"
    sheet.path("strap", f"M{hand}L{number(a)} {number(-b)}L{number(c)} {number(-d)}L{hand}q-9 2 -10 20")


def wall(sheet, points):
    x = number(points["chest"][0] - CHEST_R - FLOOR)
    sheet.path("floor", f"M{x} {FLOOR}V-150")


def circle(x, y, r):
    return f"M{number(x - r)} {number(y)}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def draw(movement):
    """The movement as a template: its figures from left to right on one floor, an arrow between each two."""
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
    return (
        f'{{% load i18n %}}<svg class="pose" viewBox="{box}" width="{wide}" height="{tall}" role="img"'
        f""" aria-label="{{% translate '{movement.alternative}' %}}">{"".join(sheet.parts)}</svg>\n"""
    )


FLAT, BENT, ON_KNEES = (-5, -5, 80), (47, -68, 0), (-90, 180, 180)
LYING, ALL_FOURS, DOWN = (180, 180, 180, 180), (10, 10, 8, 14), (-90, -90, 0)
STANDING, UPRIGHT = ((-90, -90, 0),) * 2, (90, 90, 90, 90)
BY_SIDE = (-6, -8, -4)

CROSSED_LYING, CROSSED_SITTING = ((6, 158, 172),) * 2, ((-82, 72, 92),) * 2

MOVEMENTS = {
    "curl_up": Movement(
        "Start: lying on the back, one knee bent, hands under the lower back. End: head and shoulders lifted a little.",
        (
            Figure(LYING, (BENT, FLAT), ((-16, 14, 0),) * 2),
            Figure((180, 174, 150, 138), (BENT, FLAT), ((-30, 10, 0),) * 2),
        ),
        mat=True,
    ),
    "bridge": Movement(
        "Start: lying on the back, knees bent, feet flat. End: hips raised, so that trunk and thighs form one line.",
        (
            Figure(LYING, (BENT, BENT), (BY_SIDE, BY_SIDE)),
            Figure((200, 205, 205, 178), ((20, -82, 0),) * 2, ((-5, -4, 0),) * 2),
        ),
        mat=True,
    ),
    "bird_dog": Movement(
        "Start: on hands and knees. End: one arm reaches forward, the opposite leg back, the trunk stays level.",
        (
            Figure((10, 10, 8, -12), (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
            Figure((10, 10, 8, -22), (ON_KNEES, (176, 178, 270)), ((19, 15, 12), DOWN)),
        ),
        mat=True,
    ),
    "dead_bug": Movement(
        "Start: lying, arms up, hips and knees bent. End: one arm reaches back overhead, the opposite leg is straight.",
        (
            Figure(LYING, ((92, 0, 70), (84, 0, 70)), ((92, 92, 92), (84, 86, 88))),
            Figure(LYING, ((92, 0, 70), (10, 8, 75)), ((168, 172, 175), (84, 86, 88))),
        ),
        mat=True,
    ),
    "deadlift": Movement(
        "Start: hips and knees bent, hands on a bar on the floor. End: standing upright, the bar held at the thighs.",
        (
            Figure((38, 28, 26, 34), ((-28, -112, 0),) * 2, ((-92, -90, -90),) * 2, weight=BAR),
            Figure(UPRIGHT, STANDING, ((-84, -84, -90),) * 2, weight=BAR),
        ),
    ),
    "hamstring_stretch": Movement(
        "Lying on the back, one leg straight up. Both hands hold a strap around its foot. The other leg lies flat.",
        (Figure(LYING, (FLAT, (78, 80, 166)), ((30, 74, 78), (24, 70, 74)), props=(strap,)),),
        mat=True,
    ),
    "cat_camel": Movement(
        "Start: on hands and knees, the back round, the head down. End: the back hollow, the head up.",
        (
            Figure((46, 8, -40, -66), (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
            Figure((-16, 14, 44, 64), (ON_KNEES, ON_KNEES), (DOWN, DOWN)),
        ),
        mat=True,
    ),
    "wall_sit": Movement(
        "A person sits against a wall without a chair, feet flat, hips and knees bent at right angles.",
        (Figure(UPRIGHT, ((0, -90, 0),) * 2, ((-84, -24, -10),) * 2, props=(wall,)),),
    ),
    "both_legs_up": Movement(
        "Start: lying flat on the back. End: both legs raised together, the knees straight.",
        (
            Figure(LYING, (FLAT, FLAT), (BY_SIDE, BY_SIDE)),
            Figure(LYING, ((59, 59, 137), (45, 45, 123)), (BY_SIDE, BY_SIDE)),
        ),
        mat=True,
    ),
    "toe_touch": Movement(
        "Start: standing upright. End: bent forward with straight knees, the hands near the toes.",
        (
            Figure(UPRIGHT, STANDING, ((-92, -86, -88),) * 2),
            Figure((16, -34, -68, -82), ((-99, -91, 0),) * 2, ((-92, -88, -86),) * 2),
        ),
    ),
    "sit_up": Movement(
        "Start: lying flat, legs straight, arms crossed on the chest. End: sitting upright, the legs still straight.",
        (
            Figure(LYING, (FLAT, FLAT), CROSSED_LYING),
            Figure((112, 102, 92, 80), (FLAT, FLAT), CROSSED_SITTING),
        ),
        mat=True,
    ),
    "overhead_press": Movement(
        "Start: standing, weights held at the shoulders. End: the arms straight, the weights above the head.",
        (
            Figure(UPRIGHT, STANDING, ((-70, 74, 80),) * 2, weight=DUMBBELL),
            Figure(UPRIGHT, STANDING, ((103, 92, 88), (103, 92, 88)), weight=DUMBBELL),
        ),
    ),
}


def main(folder):
    for name, movement in MOVEMENTS.items():
        (folder / f"{name}.html").write_text(draw(movement))


if __name__ == "__main__":
    main(FOLDER)
