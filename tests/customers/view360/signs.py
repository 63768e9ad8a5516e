"""Signs to score: of a regular, of a newcomer, and any that can be."""

from fractions import Fraction

from hypothesis import strategies as st

from customers.view360.signs import Signs

REGULAR = Signs(
    orders=24,
    days_since=3,
    frequency=Fraction(2),
    loyalty_level="gold",
    loyalty_points=4000,
    open_tickets=0,
    recent_tickets=0,
)
NEWCOMER = Signs(
    orders=0,
    days_since=None,
    frequency=Fraction(0),
    loyalty_level=None,
    loyalty_points=0,
    open_tickets=0,
    recent_tickets=0,
)


@st.composite
def any_signs(draw):
    orders = draw(st.integers(0, 5000))
    tenure = draw(st.integers(0, 40_000))
    return Signs(
        orders=orders,
        days_since=draw(st.integers(0, 40_000)) if orders else None,
        frequency=orders / max(Fraction(tenure, 30), Fraction(1)),
        loyalty_level=draw(
            st.sampled_from([None, "bronze", "silver", "gold", "platinum"])
        ),
        loyalty_points=draw(st.integers(0, 2**31 - 1)),
        open_tickets=draw(st.integers(0, 1000)),
        recent_tickets=draw(st.integers(0, 1000)),
    )
