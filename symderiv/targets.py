"""What the command line names, found and imported: modules, files, one derivation of them.

Text from an argument or a file is a name or a path here and is never evaluated.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import sysconfig
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symderiv.derivation import Derivation

__all__ = ["Found", "TargetError", "find", "listed_targets"]

_FILE = re.compile(r"(?P<file>.+?\.py)(?::(?P<name>.+))?", re.DOTALL)
_MODULE = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::(?P<name>.+))?", re.DOTALL)


class TargetError(Exception):
    """A target cannot be found or imported; the message says which and why."""


@dataclass(frozen=True)
class Found:
    """A derivation, the module that holds it and how the command line names it."""

    label: str
    derivation: Derivation
    module: ModuleType
    whole: bool


def listed_targets(folder: Path) -> tuple[str, ...] | None:
    """Return what the nearest pyproject.toml lists under ``[tool.symderiv] derivations``.

    None where there is no such file at or above the folder, or it has no such table. Files
    are taken relative to the folder of the pyproject.toml.

    Raises
    ------
    TargetError
        Where the file cannot be read, or the entry is not a list of texts.
    """
    places = (parent / "pyproject.toml" for parent in (folder, *folder.parents))
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        return None
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TargetError(f"{path}: {error}") from None
    tool = content.get("tool", {})
    table = tool.get("symderiv") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise TargetError(f"{path}: [tool.symderiv] must be a table, got {table!r}")
    unknown = sorted(set(table) - {"derivations"})
    if unknown:
        raise TargetError(f"{path}: [tool.symderiv] has no key {unknown[0]!r}, only derivations")
    targets = table.get("derivations")
    if not isinstance(targets, list) or not all(isinstance(item, str) for item in targets):
        raise TargetError(
            f"{path}: [tool.symderiv] derivations must be a list of texts such as"
            f' ["package.module", "file.py"], got {targets!r}'
        )
    if not targets:
        raise TargetError(f"{path}: [tool.symderiv] derivations lists nothing")
    _first_on_path(path.parent)
    return tuple(_beside(path.parent, target) for target in targets)


def find(target: str) -> tuple[Found, ...]:
    """Import a target and return its derivations.

    Parameters
    ----------
    target
        ``package.module``, ``package.module:NAME``, ``file.py`` or ``file.py:NAME``, where
        NAME is the attribute or the name of a derivation.

    Raises
    ------
    TargetError
        Where there is no such thing, its import fails, or it holds no derivation.
    """
    from symderiv.derivation import Derivation
    from symderiv.verdict import ClaimError
    from symderiv.verification import derivations_of

    shown, module, name = _imported(target)
    attributes: dict[int, str] = {}
    for attribute, value in vars(module).items():
        if isinstance(value, Derivation):
            attributes.setdefault(id(value), attribute)
    try:
        if name is None:
            chosen = derivations_of(module)
        else:
            own = [v for v in vars(module).values() if isinstance(v, Derivation)]
            chosen = derivations_of([_named(module, name, own, shown)])
    except ClaimError as error:
        raise TargetError(f"{shown}: {error}") from None
    return tuple(
        Found(f"{shown}:{attributes[id(derivation)]}", derivation, module, whole=name is None)
        for derivation in chosen
    )


def _named(module: ModuleType, name: str, own: list[Derivation], shown: str) -> Derivation:
    attribute = vars(module).get(name)
    if any(attribute is derivation for derivation in own):
        return attribute  # type: ignore[return-value]
    named = {id(d): d for d in own if d.name == name}
    if len(named) > 1:
        raise TargetError(f"{shown}: several derivations are called {name!r}; name an attribute")
    if not named:
        known = ", ".join(dict.fromkeys(derivation.name for derivation in own)) or "none"
        raise TargetError(f"{shown} has no derivation {name!r}; it has: {known}")
    return next(iter(named.values()))


def _imported(target: str) -> tuple[str, ModuleType, str | None]:
    file, module = _FILE.fullmatch(target), _MODULE.fullmatch(target)
    if file:
        return file["file"], _import_file(file["file"]), file["name"]
    if module:
        return module["module"], _import_module(module["module"]), module["name"]
    hint = "it is a folder; name a file in it" if Path(target).is_dir() else ""
    raise TargetError(
        f"{target!r} is no target: "
        + (hint or "expected package.module, file.py, or one of these with :NAME")
    )


def _import_file(shown: str) -> ModuleType:
    path = Path(shown).absolute()
    if not path.is_file():
        raise TargetError(f"there is no file {shown}")
    # As "python file.py" does, the file's own folder comes first for what it imports.
    _first_on_path(path.parent)
    private = f"_symderiv_file_{re.sub(r'[^0-9a-zA-Z]', '_', str(path))}"
    if private in sys.modules:
        return sys.modules[private]
    spec = importlib.util.spec_from_file_location(private, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{shown} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[private] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[private]
        raise TargetError(_failed_import(shown, error)) from error
    return module


def _import_module(name: str) -> ModuleType:
    _first_on_path(Path.cwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name == missing or name.startswith(f"{missing}."):
            raise TargetError(f"there is no module {missing}") from None
        raise TargetError(_failed_import(name, error)) from error
    except (Exception, SystemExit) as error:
        raise TargetError(_failed_import(name, error)) from error


def _failed_import(shown: str, error: BaseException) -> str:
    """Say what went wrong, at the last line of the user's own code that ran."""
    said = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown} cannot be imported: {said}   {Path(error.filename).name}:{error.lineno}"
    if isinstance(error, SystemExit):
        said = f"it ends the program (SystemExit: {error.code})"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)]
    place = f"   {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    hint = ""
    if isinstance(error, ImportError) and "relative import" in str(error):
        hint = "; name it as package.module instead"
    return f"{shown} cannot be imported: {said}{hint}{place}"


def _is_library(filename: str) -> bool:
    if filename.startswith("<"):
        return True
    path = Path(filename).resolve()
    folders = [Path(__file__).resolve().parent]
    folders += [Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "purelib")]
    derivations = folders[0] / "derivations"
    return any(path.is_relative_to(f) for f in folders) and not path.is_relative_to(derivations)


def _first_on_path(folder: Path) -> None:
    # Python's -P and PYTHONSAFEPATH ask for exactly this not to be done.
    if sys.flags.safe_path:
        return
    entry = str(folder)
    if entry in sys.path:
        sys.path.remove(entry)
    sys.path.insert(0, entry)


def _beside(folder: Path, target: str) -> str:
    if not _FILE.fullmatch(target):
        return target
    try:
        return str((folder / target).relative_to(Path.cwd()))
    except ValueError:
        return str(folder / target)
