"""What the comparing filters mean, said by Python."""

import operator

COMPARE = {
    "min": operator.ge,
    "max": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
    "not": operator.ne,
    "": operator.eq,
}
