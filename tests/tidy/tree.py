"""The project's files as the checks see them, and the problems that checks find.

A check is a module with
    TITLE                       one line for people
    check(tree) -> [Problem]    what is wrong
    self_test()                 raises AssertionError unless the check finds what it is for, and nothing else

A Tree is either the checkout or, in self tests, a dictionary of path to text.
"""

import os
import subprocess
import tempfile
from typing import Dict, Iterable, List, NamedTuple, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

CPP_ENDINGS = (".h", ".cc")


class Problem(NamedTuple):
    path: str
    line: int  # from 1; 0: the file as a whole
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class Tree:
    def __init__(self, files: Optional[Dict[str, str]] = None):
        self._files = files
        self._paths = sorted(files) if files is not None else _tracked()
        self._cache: Dict[str, Optional[str]] = {}

    def paths(self, *endings: str, under: str = "") -> List[str]:
        return [
            path
            for path in self._paths
            if path.startswith(under) and (not endings or path.endswith(tuple(endings)))
        ]

    def has(self, path: str) -> bool:
        """A file, or a folder that holds one."""
        path = path.rstrip("/")
        return path in ("", ".") or any(p == path or p.startswith(path + "/") for p in self._paths)

    def read(self, path: str) -> str:
        """The text, or "" for bytes that are none."""
        if self._files is not None:
            return self._files.get(path, "")
        if path not in self._cache:
            try:
                with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                    self._cache[path] = file.read()
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                self._cache[path] = ""
        return self._cache[path] or ""

    def lines(self, path: str) -> List[str]:
        return self.read(path).splitlines()

    def folder(self) -> str:
        """A folder where the files lie, for programs that want real files."""
        if self._files is None:
            return ROOT
        folder = tempfile.mkdtemp(prefix="tidy-")
        for path, text in self._files.items():
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return folder


def _tracked() -> List[str]:
    """What git has or would take; everything but build/ where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True,
        ).stdout.decode("utf-8", "replace").split("\0")
        found = [path for path in listed if path]
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [f for f in folders if f not in (".git", "build", ".cache", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return sorted(path for path in set(found) if os.path.isfile(os.path.join(ROOT, path)))


def expect(found: Iterable[Problem], *places: str) -> None:
    """For self tests: the problems stand at exactly these "path:line" places."""
    have = sorted(f"{p.path}:{p.line}" for p in found)
    assert have == sorted(places), f"found {have}, expected {sorted(places)}"
