"""The figures of movements: bodies that hold together, stand on their floor and take their looks from outside."""

import importlib.util
import itertools
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from content.anatomy import Still

ROOT = Path(__file__).resolve().parents[2]


def load():
    spec = importlib.util.spec_from_file_location("poses", ROOT / "deploy" / "poses.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


poses = load()


def drawn(name):
    """The svg of a movement without its template tags."""
    return ElementTree.fromstring(re.sub(r"\{%.*?%\}", "", poses.draw(poses.MOVEMENTS[name])))


FIGURES = [(name, figure) for name, movement in poses.MOVEMENTS.items() for figure in movement.figures]


def test_the_drawings_of_the_site_are_what_the_script_draws():
    assert set(poses.MOVEMENTS) == set(Still.values)
    for name, movement in poses.MOVEMENTS.items():
        assert (poses.FOLDER / f"{name}.html").read_text() == poses.draw(movement), "Run deploy/poses.py"


def test_a_bar_that_is_lifted_from_the_floor_lies_on_it_first():
    start = poses.Body(poses.MOVEMENTS["deadlift"].figures[0])
    feet = min(y - r for end in start.layers[1][0][1] for (_, y), r in zip(end[:2], end[2:], strict=True))
    assert start.points["hand"][1] - poses.BAR == pytest.approx(feet, abs=0.5)


@pytest.mark.parametrize("name", poses.MOVEMENTS)
def test_a_movement_is_a_drawing_with_classes_and_without_looks_or_words(name):
    svg = drawn(name)
    assert {element.tag for element in svg} == {"path"}
    assert {attribute for element in svg for attribute in element.attrib} == {"class", "d"}
    assert not any((element.text or "").strip() for element in svg.iter())
    assert not re.search(r"nan|inf|e-", ElementTree.tostring(svg, "unicode"))


@pytest.mark.parametrize("name", poses.MOVEMENTS)
def test_an_arrow_stands_between_each_two_figures(name):
    movement = poses.MOVEMENTS[name]
    classes = [element.attrib["class"] for element in drawn(name)]
    assert classes.count("hair") == len(movement.figures)
    assert classes.count("go-on") == len(movement.figures) - 1


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_limbs_hang_together_and_keep_their_length(name, figure):
    far_arm, far_leg = (layer[0][1] for layer in poses.Body(figure).layers[:2])
    for limb, length in (
        (far_arm, poses.UPPER_ARM + poses.FOREARM + poses.HAND),
        (far_leg[:3], poses.THIGH + poses.SHIN),
    ):
        assert sum(math.dist(start, end) for start, end, *_ in limb) == pytest.approx(length)
        assert all(one[1] == other[0] for one, other in itertools.pairwise(limb))


@pytest.mark.parametrize("name", poses.MOVEMENTS)
def test_it_lies_within_its_picture_and_on_its_floor(name):
    svg = poses.draw(poses.MOVEMENTS[name])
    left, top, width, _ = map(float, re.search(r'viewBox="([^"]+)"', svg).group(1).split())
    for x, y in re.findall(
        r"[ML](-?[\d.]+) (-?[\d.]+)", "".join(re.findall(r'"(?:skin|limb skin|limb far|shirt)" d="([^"]+)"', svg))
    ):
        assert left <= float(x) <= left + width
        assert top <= float(y) <= 0.1
