"""Nested JSON as elements: a member by its key, an item of an array as ``item``.

What JSON tells by its syntax, an attribute ``type`` tells: ``object``, ``array``,
``number``, ``boolean``, ``null``; without it an element is text. A key that is no name
of an element is kept in an attribute ``name``.
"""

from collections.abc import Callable
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec

from exports.pipeline.renderers.xml_names import key_tag

# A bare CR would be read as LF.
ENTITIES: Final = {"\r": "&#13;"}
NIL: Final = ' xsi:nil="true"'


class Number(str):
    """A number with the digits it was written with."""

    __slots__ = ()


DECODER: Final = msgspec.json.Decoder(float_hook=Number)


def escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        return escape(text, ENTITIES)
    return text


def nested(name: str, attributes: str, json: str) -> str:
    return element(name, attributes, DECODER.decode(json))


def element(name: str, attributes: str, value: Any) -> str:
    if type(value) is str:
        return f"<{name}{attributes}>{escaped(value)}</{name}>"
    kind, content = CONTENTS[type(value)](value)
    return f"<{name}{attributes}{kind}>{content}</{name}>"


def _object(members: dict[str, Any]) -> tuple[str, str]:
    parts = [element(*key_tag(key), value) for key, value in members.items()]
    return ' type="object"', "".join(parts)


def _array(items: list[Any]) -> tuple[str, str]:
    return ' type="array"', "".join([element("item", "", item) for item in items])


# Text needs no type: what is left of JSON.
CONTENTS: Final[dict[type, Callable[[Any], tuple[str, str]]]] = {
    dict: _object,
    list: _array,
    int: lambda number: (' type="number"', str(number)),
    Number: lambda number: (' type="number"', number),
    bool: lambda flag: (' type="boolean"', "true" if flag else "false"),
    type(None): lambda _: (f' type="null"{NIL}', ""),
}
