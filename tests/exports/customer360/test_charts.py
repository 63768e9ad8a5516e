import re
from decimal import Decimal

import pytest

from exports.customer360.charts import Bar, bars, gauge, meter, scale
from tests.exports.customer360.pictures import parsed, paths, rectangles, texts

SVG = re.compile(r"^<svg class=\"\w+\" viewBox=")


def test_bars_are_as_tall_as_their_values():
    svg = bars(
        [Bar("a", Decimal(50)), Bar("b", Decimal(200)), Bar("c", Decimal(0))], title="t"
    )

    heights = [float(found["height"]) for found in rectangles(svg)]
    assert heights == [25.5, 102.0, 0.0]
    assert texts(svg) == ["0", "50", "100", "150", "200", "a", "b", "c"]


def test_bars_of_many_months_name_some():
    svg = bars([Bar(f"m{place}", Decimal(1)) for place in range(60)], title="t")

    named = [text for text in texts(svg) if text.startswith("m")]
    assert named == [f"m{place}" for place in range(0, 60, 5)]


def test_last_label_is_not_cut_by_the_edge():
    svg = bars([Bar("May 98", Decimal(1))] * 23, title="t")

    middles = [
        float(found.attrib["x"])
        for found in parsed(svg).iter("text")
        if found.text == "May 98"
    ]
    assert middles == sorted(middles)
    assert middles[-2] + 30 < middles[-1] <= 523 - 6 * 2.2


@pytest.mark.parametrize(
    ("most", "top"),
    [("0", "1"), ("0.03", "0.04"), ("9.99", "10"), ("101", "200"), ("1234", "2,000")],
)
def test_bars_have_a_round_scale(most, top):
    svg = bars([Bar("a", Decimal(most))], title="t")

    assert texts(svg)[4] == top


def test_pictures_escape_what_they_show():
    bad = "<b>&\"'"

    pictures = [
        bars([Bar(bad, Decimal(1))], title=bad),
        gauge(50, label=bad),
        scale(Decimal(50), words=(bad, bad, bad), label=bad),
    ]

    assert [bool(SVG.match(svg)) for svg in pictures] == [True] * 3
    assert [bad in "".join(parsed(svg).itertext()) for svg in pictures] == [True] * 3


@pytest.mark.parametrize(
    ("score", "end"), [(0, "14.00 82.00"), (50, "80.00 16.00"), (100, "146.00 82.00")]
)
def test_gauge_is_filled_to_its_score(score, end):
    arcs = paths(gauge(score, label="Good"))

    assert arcs[1] == f"M 14.00 82.00 A 66.0 66.0 0 0 1 {end}"
    assert texts(gauge(score, label="Good")) == [str(score), "of 100"]


@pytest.mark.parametrize(
    ("risk", "x"), [("0", "4.00"), ("42.5", "97.50"), ("100", "224.00")]
)
def test_scale_has_its_mark_at_the_risk(risk, x):
    [mark] = paths(scale(Decimal(risk), words=("Low", "Medium", "High"), label="x"))

    assert mark.startswith(f"M {x} ")


def test_meter_is_filled_to_its_share():
    widths = [
        rectangles(meter(share))[1]["width"]
        for share in (-1.0, 0.0, 43.75, 100.0, 101.0)
    ]

    assert widths == ["0.00", "0.00", "43.75", "100.00", "100.00"]
