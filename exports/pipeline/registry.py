"""A table of what can be extended: name -> dotted path, loaded when first asked for."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Generic, TypeVar, cast

Entry = TypeVar("Entry")


class UnknownName(LookupError):
    """:ivar message: says which names there are, and the nearest one."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        self.message = unknown(kind, name, known)
        super().__init__(self.message)


def unknown(kind: str, name: str, known: list[str]) -> str:
    """``unknown format 'cvs': did you mean 'csv'? Known: csv, ...``."""
    near = get_close_matches(name, known, n=1)
    hint = f" did you mean '{near[0]}'?" if near else ""
    return f"unknown {kind} '{name[:80]}':{hint} known: {', '.join(known)}"


class Table(Generic[Entry]):
    """:param needs: name -> the package without which the entry is left out."""

    def __init__(
        self,
        kind: str,
        paths: Mapping[str, str],
        needs: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self._paths = dict(paths)
        self._needs = dict(needs or {})
        self._load = cache(self._import)

    def __getitem__(self, name: str) -> Entry:
        """:raises UnknownName: when there is no such entry here."""
        if name not in self:
            raise UnknownName(self.kind, name, list(self))
        return self._load(name)

    def __contains__(self, name: object) -> bool:
        return name in self._paths and self._is_installed(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._paths if self._is_installed(name))

    def _is_installed(self, name: str) -> bool:
        return name not in self._needs or find_spec(self._needs[name]) is not None

    def misplaced(self) -> list[str]:
        """Names whose module is not where the table says; nothing is imported."""
        modules = {name: path.rpartition(".")[0] for name, path in self._paths.items()}
        return [name for name, module in modules.items() if find_spec(module) is None]

    def _import(self, name: str) -> Entry:
        module, _, attribute = self._paths[name].rpartition(".")
        return cast("Entry", getattr(import_module(module), attribute))
