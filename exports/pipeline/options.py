"""A format's options, as a request names them."""

from collections.abc import Mapping
from typing import Any

from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown
from exports.pipeline.renderers.base import Option, Renderer


def parse_options(
    given: Mapping[str, Any],
    format_name: str,
    renderer: type[Renderer],
    problems: Problems,
) -> dict[str, Any]:
    """Every option of the format, with its default where none is given."""
    declared = {option.name: option for option in renderer.options}
    for name in given:
        if name not in declared:
            message = (
                f"is no option of {format_name}: "
                f"{unknown('option', name, list(declared))}"
                if declared
                else f"is no option: {format_name} takes none"
            )
            problems.add(f"options.{name[:80]}", message)
    chosen = {name: option.default for name, option in declared.items()}
    for name, option in declared.items():
        value = given.get(name)
        wrong = None if value is None else _problem(option, value)
        if wrong:
            problems.add(f"options.{name}", wrong)
        elif value is not None:
            chosen[name] = value
    if not problems.details:
        _check_together(chosen, renderer, problems)
    return chosen


def _problem(option: Option, value: Any) -> str | None:
    if type(value) is not option.kind:
        kinds = {bool: "true or false", str: "a text", int: "a whole number"}
        return f"must be {kinds[option.kind]}"
    if option.choices and value not in option.choices:
        return f"must be one of {', '.join(map(repr, option.choices))}"
    if isinstance(value, str) and len(value) > option.max_length:
        return f"must have at most {option.max_length} characters"
    if type(value) is int and not option.minimum <= value <= option.maximum:
        return f"must be from {option.minimum} to {option.maximum}"
    return None


def _check_together(
    chosen: Mapping[str, Any], renderer: type[Renderer], problems: Problems
) -> None:
    """What single values cannot tell: the format itself has to say it."""
    for message in renderer.check_options(chosen):
        name, _, rest = message.partition(": ")
        problems.add(f"options.{name}", rest)
