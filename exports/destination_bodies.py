"""A destination as somebody sends it: what may be said, and what is wrong with it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from exports.delivery import naming
from exports.delivery.addresses import Refused, reached, server
from exports.delivery.ssh_keys import BadKey, host_key, private_key
from exports.errors import Invalid
from exports.pipeline.payloads import an_object
from exports.pipeline.problems import Problems
from exports.states import DestinationKind

ADDRESSES: Final[Mapping[str, tuple[str, ...]]] = {
    DestinationKind.S3: ("endpoint", "region", "bucket"),
    DestinationKind.SFTP: ("host", "port", "user", "host_key"),
}
SECRETS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    DestinationKind.S3: (frozenset({"access_key_id", "secret_access_key"}),),
    DestinationKind.SFTP: (
        frozenset({"password"}),
        frozenset({"private_key"}),
        frozenset({"private_key", "passphrase"}),
    ),
}
NEW: Final = (
    *("business_id", "name", "kind", "path", "credentials"),
    *(name for names in ADDRESSES.values() for name in names),
)
CHANGEABLE: Final = ("name", "path", "credentials", "host_key")
"""It never leads elsewhere: what is kept for one server is shown to no other one, and
what is meant for one reader goes to no other one."""
MAX_SECRET: Final = 16_384
SSH_PORT: Final = 22
REGION: Final = "us-east-1"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_USER: Final = re.compile(r"[!-~]{1,64}", re.ASCII)
_OF_ALL: Final = frozenset({"business_id", "name", "kind", "path", "credentials"})
Check: TypeAlias = Callable[[str, Any, Problems], None]
"""Of one field: its kind of destination, its value, what is wrong with it."""


def fields(body: Any, known: Sequence[str]) -> dict[str, Any]:
    """What the body names; null counts as left out.

    :raises Invalid: it is no object, or has a field that is not known here.
    """
    problems = Problems()
    for name in an_object(body):
        if name in NEW and name not in known:
            problems.add(name, "cannot be changed: make another destination")
        else:
            problems.check_fields([name], known)
    problems.settle()
    return {name: value for name, value in body.items() if value is not None}


def new(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns of the row, and the credentials.

    :raises Invalid: naming every field that is wrong.
    """
    kind = body.get("kind")
    if kind not in DestinationKind.values:
        names = ", ".join(DestinationKind.values)
        told = "is required" if kind is None else f"must be one of {names}"
        raise Invalid.field("kind", f"kind {told}")
    problems = Problems()
    for other in set(NEW) - set(ADDRESSES[kind]) - _OF_ALL:
        if other in body:
            problems.add(other, f"is not taken by a destination of the kind {kind}")
    given = {"path": naming.DEFAULT, **_defaults(kind, body), **body}
    for name in ("name", "path", "credentials", *ADDRESSES[kind]):
        _CHECKS[name](kind, given.get(name), problems)
    problems.settle()
    address = {name: given[name] for name in ADDRESSES[kind]}
    row = {"name": given["name"], "kind": kind, "path": given["path"]}
    return row | {"address": address}, given["credentials"]


def _defaults(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if kind == DestinationKind.SFTP:
        return {"port": SSH_PORT}
    region = body.get("region", REGION)
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        region = REGION  # what is wrong with it is told of it alone
    return {"region": REGION, "endpoint": f"https://s3.{region}.amazonaws.com"}


def changed(body: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """The same, of what is named.

    :raises Invalid: naming every field that is wrong.
    """
    problems = Problems()
    for name, value in body.items():
        if name == "host_key" and kind != DestinationKind.SFTP:
            problems.add(name, f"is not taken by a destination of the kind {kind}")
        else:
            _CHECKS[name](kind, value, problems)
    problems.settle()
    return dict(body)


def _name(kind: str, value: Any, problems: Problems) -> None:
    del kind
    if value is None:
        problems.add("name", "is required")
    elif not isinstance(value, str) or not 1 <= len(value.strip()) <= len(value) <= 100:
        problems.add("name", "must be a text of 1 to 100 characters, not only spaces")


def _path(kind: str, value: Any, problems: Problems) -> None:
    if not isinstance(value, str):
        problems.add("path", "must be a text")
        return
    rooted = kind == DestinationKind.SFTP
    wrong = naming.problem(value, is_absolute_allowed=rooted)
    if wrong:
        problems.add("path", wrong)


def _credentials(kind: str, value: Any, problems: Problems) -> None:
    choices = SECRETS[kind]
    if not isinstance(value, dict) or frozenset(value) not in choices:
        sets = [" and ".join(sorted(choice)) for choice in choices]
        problems.add("credentials", f"must be an object with {', or '.join(sets)}")
        return
    for name, text in value.items():
        if not isinstance(text, str) or not 1 <= len(text) <= MAX_SECRET:
            most = f"{MAX_SECRET:,}"
            problems.add(
                f"credentials.{name}", f"must be a text of 1 to {most} characters"
            )
            return
    if "private_key" in value:
        try:
            private_key(value["private_key"], value.get("passphrase"))
        except BadKey as error:
            problems.add("credentials.private_key", error.message)


def _endpoint(kind: str, value: Any, problems: Problems) -> None:
    del kind
    if not isinstance(value, str):
        problems.add("endpoint", "must be a text")
        return
    try:
        server(value)
    except Refused as refused:
        problems.add("endpoint", refused.message)


def _host(kind: str, value: Any, problems: Problems) -> None:
    del kind
    if not isinstance(value, str) or not value:
        problems.add("host", "is required" if value is None else "must be a text")
        return
    try:
        reached(value, SSH_PORT)
    except Refused as refused:
        problems.add("host", refused.message)


def _port(kind: str, value: Any, problems: Problems) -> None:
    del kind
    if type(value) is not int or not 1 <= value <= 65_535:
        problems.add("port", "must be from 1 to 65535")


def _host_key(kind: str, value: Any, problems: Problems) -> None:
    del kind
    if not isinstance(value, str):
        told = "is required: what ssh-keyscan prints after the host's name"
        problems.add("host_key", told if value is None else "must be a text")
        return
    try:
        host_key(value[:MAX_SECRET])
    except BadKey as error:
        problems.add("host_key", error.message)


def _matching(name: str, pattern: re.Pattern[str], told: str) -> Check:
    def check(kind: str, value: Any, problems: Problems) -> None:
        del kind
        if value is None:
            problems.add(name, "is required")
        elif not isinstance(value, str) or not pattern.fullmatch(value):
            problems.add(name, told)

    return check


_CHECKS: Final[Mapping[str, Check]] = {
    "name": _name,
    "path": _path,
    "credentials": _credentials,
    "endpoint": _endpoint,
    "region": _matching("region", _REGION, "must be of small letters, digits and -"),
    "bucket": _matching("bucket", _BUCKET, "must be the name of a bucket"),
    "host": _host,
    "port": _port,
    "user": _matching("user", _USER, "must be 1 to 64 characters of ASCII, no spaces"),
    "host_key": _host_key,
}
