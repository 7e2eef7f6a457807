"""The files that a project lists, found without importing them where that is possible.

For programs that visit files themselves, as pytest does, and ask of each whether it is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from symderiv.targets.configuration import Configuration, nearest_configuration
from symderiv.targets.errors import TargetError
from symderiv.targets.files import mentions_symderiv
from symderiv.targets.modules import import_module
from symderiv.targets.selection import (
    Asked,
    Excluded,
    Found,
    Place,
    in_module,
    is_called,
    places,
    relative,
)

__all__ = ["Listing"]


class Listing:
    """What ``[tool.symderiv]`` of the nearest pyproject.toml lists; else every file that may be.

    Raises
    ------
    TargetError
        Where the configuration is wrong, or a file or module that it lists is not there.
    """

    def __init__(self, folder: Path) -> None:
        configuration = nearest_configuration(folder)
        self.configured = configuration is not None
        self._names: dict[Path, list[str | None]] = {}
        self._places: dict[Path, Place] = {}
        self._alone: set[Path] = set()
        self._left_out: list[Excluded] = []
        if configuration is not None:
            self._read(configuration)

    def _read(self, configuration: Configuration) -> None:
        root = configuration.root
        self._left_out = [Excluded(pattern, root) for pattern in configuration.exclude]
        for target in configuration.derivations:
            shown, name, found = places(Asked(target, root, root), self._left_out)
            for place in found:
                path = _path(place)
                self._names.setdefault(path, []).append(name)
                self._places.setdefault(path, place)
                if len(found) == 1 and place.shown == shown:
                    self._alone.add(path)

    @property
    def files(self) -> Iterable[Path]:
        """The files that are listed, in order."""
        return list(self._names)

    def __contains__(self, path: Path) -> bool:
        """Whether a file is listed or, where nothing is listed at all, imports symderiv."""
        if not self.configured:
            return mentions_symderiv(path)
        return path.resolve() in self._names

    def derivations(self, path: Path) -> list[Found]:
        """Import a file and return its derivations that are listed.

        Raises
        ------
        TargetError
            Where its import fails, or it was listed by itself and holds none.
        """
        path = path.resolve()
        names = self._names.get(path, [None])
        place = self._places.get(path) or Place(relative(path), file=path)
        found = [
            item
            for item in in_module(place, None, path not in self._alone, [])
            if (None in names or any(is_called(item, name) for name in names if name))
            and not any(pattern.names(item) for pattern in self._left_out)
        ]
        if path in self._alone and not found:
            raise TargetError(
                f"{place.shown} holds no derivation of those that pyproject.toml lists"
            )
        return found


def _path(place: Place) -> Path:
    if place.file is not None:
        return place.file.resolve()
    file = import_module(place.module).__file__
    if file is None:
        raise TargetError(f"the module {place.module} has no file")
    return Path(file).resolve()
