"""Which derivations a list of targets names, each once and in order, less what is excluded.

Text from an argument or a file is a name or a path here and is never evaluated; the modules
that it names are imported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from symderiv.targets.configuration import nearest_configuration
from symderiv.targets.errors import LONGEST, TargetError, shown
from symderiv.targets.files import files_in, files_like, is_file, is_folder, is_pattern, matches
from symderiv.targets.modules import import_file, import_module
from symderiv.verdict import LoadError

if TYPE_CHECKING:
    from symderiv.derivation import Derivation

__all__ = [
    "Asked",
    "Excluded",
    "Found",
    "Place",
    "Selection",
    "find",
    "in_module",
    "is_called",
    "places",
    "relative",
    "select",
]

_FILE = re.compile(r"(?P<place>.+?\.py)(?::(?P<name>.+))?", re.DOTALL)
_MODULE = re.compile(r"(?P<place>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::(?P<name>.+))?", re.DOTALL)
_FOLDER = re.compile(r"(?P<place>[^:]+)(?::(?P<name>.+))?", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """A derivation, the module that holds it and how the command line names it.

    ``whole`` is True where all of the module was asked for, its property tests included.
    """

    label: str
    derivation: Derivation
    module: ModuleType
    whole: bool


class Selection(NamedTuple):
    """What was found, what could not be, in words, and the modules that were asked for whole."""

    found: tuple[Found, ...]
    errors: tuple[LoadError, ...]
    modules: tuple[ModuleType, ...] = ()


def select(
    targets: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    otherwise: Sequence[str] = (),
    folder: Path | None = None,
) -> Selection:
    """Import what targets name; one that fails does not keep the others from being found.

    Parameters
    ----------
    targets
        As for `find`. Without any, what the nearest pyproject.toml lists; ``:NAME`` stands
        for the derivations of that name in the list.
    exclude
        Files, folders, patterns of them, modules, or ``:NAME`` for derivations to leave out.
    otherwise
        The targets where there are none and no pyproject.toml lists any.
    folder
        Where to look for pyproject.toml; the current folder by default.
    """
    folder = folder or Path.cwd()
    names = [target[1:] for target in targets if target.startswith(":") and len(target) > 1]
    asked = [Asked(t, folder) for t in targets if not (t.startswith(":") and len(t) > 1)]
    left_out = [Excluded(pattern, folder) for pattern in exclude]
    try:
        if not asked:
            listed = nearest_configuration(folder)
            if listed is not None:
                asked = [Asked(t, listed.root, listed.root) for t in listed.derivations]
                left_out += [Excluded(pattern, listed.root) for pattern in listed.exclude]
            else:
                asked = [Asked(t, folder) for t in otherwise]
    except TargetError as error:
        return Selection((), (_told(error),))
    found: dict[int, Found] = {}
    modules: dict[str, ModuleType] = {}
    first: dict[tuple[str, str], int] = {}  # one file may be imported under two names
    errors: list[LoadError] = []
    excluded = 0
    for one in asked:
        for item in _each(one, left_out, errors):
            if any(pattern.names(item) for pattern in left_out):
                excluded += 1
                continue
            place = _file(item.module), item.derivation.name
            key = first.setdefault(place, id(item.derivation))
            known = found.setdefault(key, item)
            if item.whole:
                modules.setdefault(_file(item.module), item.module)
            if item.whole and not known.whole:
                found[key] = item
    errors += [
        LoadError(f"no derivation that pyproject.toml lists is called {shown(repr(name))}")
        for name in names
        if not any(is_called(item, name) for item in found.values())
    ]
    if names:
        chosen = [i for i in found.values() if any(is_called(i, name) for name in names)]
        found = {id(i.derivation): Found(i.label, i.derivation, i.module, False) for i in chosen}
        modules = {}
    if not found and not errors:
        errors.append(
            LoadError(
                f"nothing is left to verify: exclude leaves out all {excluded} derivations"
                if excluded
                else "nothing to verify: exclude leaves out every file"
            )
        )
    return Selection(tuple(found.values()), tuple(errors), tuple(modules.values()))


def find(target: str) -> tuple[Found, ...]:
    """Import a target and return its derivations.

    Parameters
    ----------
    target
        ``package.module``, ``file.py``, a folder or a pattern such as ``docs/*.py``, each
        also with ``:NAME``, where NAME is the attribute or the name of a derivation and may
        hold wildcards. A folder, a pattern and a package stand for the files in them that
        import symderiv.

    Raises
    ------
    TargetError
        Where there is no such thing, its import fails, or it holds no derivation.
    """
    errors: list[LoadError] = []
    found = tuple(_each(Asked(target, Path.cwd()), (), errors))
    if errors:
        raise TargetError(errors[0].message, errors[0].file, errors[0].line)
    return found


def _told(error: TargetError) -> LoadError:
    return LoadError(str(error), error.file, error.line)


class Asked(NamedTuple):
    """A target as written, the folder it is relative to, and the one that it must lie in."""

    text: str
    folder: Path
    within: Path | None = None


class Excluded(NamedTuple):
    """One thing to leave out, relative to a folder."""

    pattern: str
    folder: Path

    def covers(self, path: Path) -> bool:
        """Whether a file, or a folder that it lies in, is what the pattern describes."""
        try:
            parts = path.absolute().relative_to(self.folder.absolute()).parts
        except ValueError:
            return False
        pattern = self.pattern.replace("\\", "/")
        return any(matches("/".join(parts[:k]), pattern) for k in range(1, len(parts) + 1))

    def names(self, found: Found) -> bool:
        """Whether a derivation, its file or its module is left out."""
        if self.pattern.startswith(":"):
            return is_called(found, self.pattern[1:])
        file = getattr(found.module, "__file__", None)
        return fnmatchcase(found.module.__name__, self.pattern) or (
            file is not None and self.covers(Path(file))
        )


def _each(asked: Asked, left_out: Sequence[Excluded], errors: list[LoadError]) -> Iterator[Found]:
    """Yield what one target names; what cannot be imported goes to the errors."""
    try:
        place, name, modules = places(asked, left_out)
    except TargetError as error:
        errors.append(_told(error))
        return
    several = len(modules) != 1 or modules[0].shown != place
    known: list[str] = []
    found = failed = 0
    for one in modules:
        try:
            for item in in_module(one, name, several, known):
                found += 1
                yield item
        except TargetError as error:
            failed += 1
            errors.append(_told(error))
    if several and not found and not failed:
        has = f"; it has: {', '.join(dict.fromkeys(known))}" if known else ""
        what = f"no derivation {shown(repr(name))}{has}" if name else "no derivation"
        errors.append(LoadError(f"{shown(place)} holds {what}"))


class Place(NamedTuple):
    """A module to import: its name, or its file."""

    shown: str
    module: str = ""
    file: Path | None = None

    def load(self) -> ModuleType:
        """Import the module."""
        return import_file(self.shown, self.file) if self.file else import_module(self.module)


def places(asked: Asked, left_out: Sequence[Excluded]) -> tuple[str, str | None, list[Place]]:
    """Return the place and the NAME of a target, and the modules that it stands for."""
    target, folder, _ = asked
    if len(target) > LONGEST or not _can_be_a_path(target):
        raise TargetError(f"{shown(repr(target))} is no target: no file can have such a name")
    parsed = _FOLDER.fullmatch(target)
    if parsed and is_folder(folder / parsed["place"]):
        place, paths = parsed["place"], files_in(folder / parsed["place"])
    elif parsed and is_pattern(parsed["place"]):
        place, paths = parsed["place"], files_like(parsed["place"], folder)
    else:
        return _one(asked)
    files = [
        Place(relative(path), file=path)
        for path in paths
        if not any(pattern.covers(path) for pattern in left_out)
    ]
    for each in files:
        _stay_within(asked, each)
    if not files:
        raise TargetError(f"{shown(place)} holds no Python file that imports symderiv")
    return place, parsed["name"], files


def _can_be_a_path(target: str) -> bool:
    try:
        return b"\0" not in os.fsencode(target)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _one(asked: Asked) -> tuple[str, str | None, list[Place]]:
    parsed = _FILE.fullmatch(asked.text)
    if parsed:
        path = asked.folder / parsed["place"]
        here = parsed["place"] if asked.within is None else relative(path)
        place = Place(here, file=path)
        if not is_file(path):
            raise TargetError(f"there is no file {shown(here)}")
        _stay_within(asked, place)
        return here, parsed["name"], [place]
    parsed = _MODULE.fullmatch(asked.text)
    if parsed is None:
        raise TargetError(
            f"{shown(repr(asked.text))} is no target: expected package.module, file.py, a folder,"
            " a pattern such as 'docs/*.py', or one of these with :NAME"
        )
    name = parsed["place"]
    module = import_module(name, first=asked.folder)
    inside = [Path(folder) for folder in getattr(module, "__path__", ())]
    if not inside:
        return name, parsed["name"], [Place(name, module=name)]
    files = [path for folder in inside for path in files_in(folder)]
    if not files:
        raise TargetError(f"nothing to verify: the package {name} holds no derivation")
    return name, parsed["name"], [Place(relative(path), file=path) for path in files]


def _stay_within(asked: Asked, place: Place) -> None:
    if asked.within is None or place.file is None:
        return
    if not place.file.resolve().is_relative_to(asked.within.resolve()):
        raise TargetError(
            f"{shown(asked.text)} in pyproject.toml leads to {place.file.resolve()},"
            " outside of the project"
        )


def in_module(place: Place, name: str | None, several: bool, known: list[str]) -> Iterator[Found]:
    """Yield the derivations of one module; of several, one may hold none."""
    from symderiv.verdict import ClaimError
    from symderiv.verification import NothingToVerify, derivations_of, held

    module = place.load()
    attributes: dict[int, str] = {}
    own = []
    for attribute, value in sorted(held(module), key=lambda item: not item[0].isidentifier()):
        attributes.setdefault(id(value), attribute)
        own.append(value)
    try:
        chosen = derivations_of(module if name is None else own)
    except NothingToVerify as error:
        if several:
            return
        raise TargetError(f"{place.shown}: {error}") from None
    except ClaimError as error:
        raise TargetError(f"{place.shown}: {error}") from None
    found = [
        Found(f"{place.shown}:{attributes[id(d)]}", d, module, whole=name is None) for d in chosen
    ]
    if name is not None:
        known += [derivation.name for derivation in own]
        found = _named(found, name, place.shown, several)
    yield from found


def _named(found: Sequence[Found], name: str, place: str, several: bool) -> list[Found]:
    by_attribute = [item for item in found if vars(item.module).get(name) is item.derivation]
    if by_attribute:
        return by_attribute
    exact = [item for item in found if item.derivation.name == name]
    if len(exact) > 1:
        raise TargetError(
            f"{place}: several derivations are called {shown(repr(name))}; name an attribute"
        )
    chosen = exact or [item for item in found if is_called(item, name)]
    if not chosen and not several:
        names = ", ".join(dict.fromkeys(i.derivation.name for i in found)) or "none"
        raise TargetError(f"{place} has no derivation {shown(repr(name))}; it has: {names}")
    return chosen


def _file(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return os.path.realpath(file) if file else module.__name__


def is_called(found: Found, name: str) -> bool:
    """Whether a derivation's attribute or name is, or matches, a NAME."""
    attribute = found.label.rpartition(":")[2]
    names = (attribute, found.derivation.name)
    return name in names or any(fnmatchcase(each, name) for each in names)


def relative(path: Path) -> str:
    """Return a path from the current folder where it lies in it, with ``/``."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
