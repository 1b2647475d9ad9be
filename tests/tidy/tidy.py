#!/usr/bin/env python3
"""Checks the tree itself: who lies where, who includes whom, what no file may hold.

    tidy.py [--root DIR] [CHECK…]      all checks without a name

Prints one line per finding, `file:line: what is wrong and what to do`, and exits with 1 if there is one.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Room -> what it may include: itself and the floors below.
FLOORS = {
    "thresholds": {"thresholds"},
    "monitor": {"thresholds", "monitor"},
    "consumer": {"thresholds", "monitor", "consumer"},
    "alerts": {"thresholds", "monitor", "alerts"},
    "app": {"thresholds", "monitor", "consumer", "alerts", "app"},
    "tests": {"thresholds", "monitor", "consumer", "alerts", "app", "tests"},
}
ROOMS = [room for room in FLOORS if room != "tests"]

TOP_LEVEL = set("""
    CMakeLists.txt CMakePresets.json consumer monitor alerts thresholds deploy tests app docs demo.sh test.sh README.md
    README.zh-CN.md LICENSE CHANGELOG.md CONTRIBUTING.md .clang-format .clang-tidy .ci .gitignore .editorconfig
""".split())

# In a room but not one of its nouns.
NOT_LISTED = {"CMakeLists.txt", "README.md", "FORMAT.md"}
README_LINES_MAX = 60

TEXT_SUFFIXES = {".h", ".cc", ".py", ".sh", ".cmake", ".md", ".txt", ".yaml", ".yml", ".json", ".toml", ".service", ".ts", ".vue",
                 ".html", ".css", ".js", ""}
# Made by tools, or a text that is not ours.
NOT_OURS = re.compile(r"(^|/)(LICENSE|[^/]*lock[^/]*\.(json|yaml))$")


class Tree:
    """The files of the project, as git knows them where there is git, else as they lie there."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(self._list())
        self._text = {}

    def _list(self):
        if (self.root / ".git").exists() and shutil.which("git"):
            listed = subprocess.run(["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                    capture_output=True, check=False)
            if listed.returncode == 0:
                names = {name for name in listed.stdout.decode().split("\0") if name}
                return [name for name in names if (self.root / name).exists()]
        names = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in {".git", "build", "var", "__pycache__", "node_modules"}]
            names += [(Path(folder) / name).relative_to(self.root).as_posix() for name in files if not name.endswith(".pyc")]
        return names

    def text(self, name):
        if name not in self._text:
            try:
                self._text[name] = (self.root / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._text[name] = ""
        return self._text[name]

    def lines(self, name):
        return enumerate(self.text(name).split("\n"), 1)

    def with_suffix(self, *suffixes):
        return [name for name in self.files if Path(name).suffix in suffixes]

    def texts(self):
        return [name for name in self.files if Path(name).suffix in TEXT_SUFFIXES and not NOT_OURS.search(name)]


def top_level(tree):
    """The top level holds exactly what the README explains."""
    there = {name.split("/")[0] for name in tree.files}
    for name in sorted(there - TOP_LEVEL):
        yield f"{name}: does not belong on the top level; move it into a room, deploy/, docs/ or tests/"
    for name in sorted(TOP_LEVEL - there):
        yield f"{name}: is missing from the top level"


def listed_sources(tree, room):
    """The files named in the room's CMakeLists.txt, in its order."""
    names = []
    for _, line in tree.lines(f"{room}/CMakeLists.txt"):
        names += re.findall(r"[\w/]+\.(?:cc|h)\b", line.split("#")[0])
    return names


def room_files(tree):
    """Every source lies in its CMakeLists.txt, and once."""
    for room in ROOMS:
        listed = listed_sources(tree, room)
        there = [name[len(room) + 1:] for name in tree.with_suffix(".cc", ".h") if name.startswith(f"{room}/")]
        for name in there:
            if listed.count(name) != 1:
                yield f"{room}/CMakeLists.txt: lists {name} {listed.count(name)} times; list it once under SOURCES"


def nouns(tree, room):
    """What a room's README has to list: its nouns and folders."""
    found = set()
    for name in tree.files:
        if name.startswith(f"{room}/"):
            rest = name[len(room) + 1:]
            if "/" in rest:
                found.add(rest.split("/")[0] + "/")
            elif rest not in NOT_LISTED:
                path = Path(rest)
                found.add(path.stem if path.suffix in {".h", ".cc"} else rest)
    return found


def readme_nouns(tree, room):
    """The names in backticks that open a list item or a table row of the README, with their lines."""
    found = []
    for number, line in tree.lines(f"{room}/README.md"):
        match = re.match(r"\s*(?:[-*]|\d+\.|\|)\s*`([\w./-]+)`", line)
        if match:
            found.append((number, re.sub(r"\.(h|cc)$", "", match.group(1))))
    return found


def room_readmes(tree):
    """A room's README is a page that lists exactly the room's files, in the order of its CMakeLists.txt."""
    for room in ROOMS:
        readme = f"{room}/README.md"
        if readme not in tree.files:
            yield f"{readme}: is missing; a page that lists the room's files in reading order"
            continue
        if tree.text(readme).count("\n") > README_LINES_MAX:
            yield f"{readme}: is longer than a page ({README_LINES_MAX} lines)"
        listed, there = readme_nouns(tree, room), nouns(tree, room)
        names = [name for _, name in listed]
        for number, name in listed:
            if name not in there:
                yield f"{readme}:{number}: lists `{name}`, which is not in the room"
            elif names.count(name) > 1:
                yield f"{readme}:{number}: lists `{name}` more than once"
        for name in sorted(there - set(names)):
            yield f"{readme}: does not list `{name}`"
        order = list(dict.fromkeys(re.sub(r"\.(h|cc)$", "", name) for name in listed_sources(tree, room) if "/" not in name))
        in_readme = [name for name in names if name in order]
        if in_readme != [name for name in order if name in in_readme]:
            yield f"{readme}: lists the files in another order than {room}/CMakeLists.txt: {', '.join(order)}"


def includes(tree):
    """Own floor or lower, from the top of the tree."""
    for name in tree.with_suffix(".h", ".cc"):
        room = name.split("/")[0]
        if room not in FLOORS:
            continue
        for number, line in tree.lines(name):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not match:
                continue
            target = match.group(1).split("/")[0]
            if target not in FLOORS or "/" not in match.group(1):
                yield f'{name}:{number}: write the path of a room from the top, as in "monitor/ledger.h", a library in <…>'
            elif target not in FLOORS[room]:
                yield f"{name}:{number}: {room} must not include {target}; it may include {', '.join(sorted(FLOORS[room]))}"


def headers(tree):
    """A header opens with what it is, and guards itself."""
    for name in tree.with_suffix(".h"):
        if tree.text(name).count("#pragma once") != 1:
            yield f"{name}: needs one `#pragma once`"


UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
SKIPPED = re.compile(r"GTEST_" r"SKIP|\bDIS" r"ABLED_\w|@unittest\.sk" r"ip|\bit\.on" r"ly\b")


def words(tree):
    """No unfinished business, no test switched off."""
    for name in tree.texts():
        for number, line in tree.lines(name):
            found = UNFINISHED.search(line)
            if found:
                yield f"{name}:{number}: {found.group()}: finish it, or write down why it is right as it is"
            found = SKIPPED.search(line)
            if found:
                yield f"{name}:{number}: {found.group()}: a test that is switched off hides a failure"


MACHINE = re.compile(r"(?<![\w.}$)])/(?:wo" r"rk|ho" r"me|ro" r"ot|Us" r"ers|farm)/[\w.]")


def paths(tree):
    """Nothing names a folder of one machine."""
    for name in tree.texts():
        for number, line in tree.lines(name):
            found = MACHINE.search(line)
            if found:
                yield f"{name}:{number}: {found.group()}… is a path of one machine; say it relative to the tree"


def scripts(tree):
    """Scripts can be run and parse; JSON parses."""
    for name in tree.files:
        path = tree.root / name
        first = tree.text(name).split("\n", 1)[0] if Path(name).suffix in {".sh", ".py", ""} else ""
        if first.startswith("#!") and not os.access(path, os.X_OK):
            yield f"{name}: starts with #! but is not executable; chmod +x"
        if name.endswith(".sh") or first.endswith("bash"):
            checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
            if checked.returncode:
                yield f"{name}: bash cannot read it: {checked.stderr.strip()}"
        try:
            if name.endswith(".py"):
                ast.parse(tree.text(name))
            elif name.endswith(".json") and not NOT_OURS.search(name):
                json.loads(tree.text(name))
        except (SyntaxError, ValueError) as error:
            yield f"{name}: cannot be parsed: {error}"


def links(tree):
    """Links between documents lead somewhere."""
    for name in tree.with_suffix(".md"):
        fenced = False
        for number, line in tree.lines(name):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z]+:|#", target):
                    continue
                if not (tree.root / name).parent.joinpath(target.split("#")[0]).exists():
                    yield f"{name}:{number}: links to {target}, which does not exist"


def whitespace(tree):
    """Files end with one newline; no tabs in sources, no blanks at line ends, no CR."""
    for name in tree.texts():
        text = tree.text(name)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield f"{name}: must end with exactly one newline"
        for number, line in tree.lines(name):
            if line != line.rstrip():
                yield f"{name}:{number}: blanks or a CR at the end of the line"
            elif "\t" in line and Path(name).suffix in {".h", ".cc", ".py", ".sh", ".cmake", ".yaml", ".yml", ".json"}:
                yield f"{name}:{number}: a tab; indent with blanks, write \\t in strings"


def format(tree):  # pylint: disable=redefined-builtin
    """C++ is as clang-format leaves it."""
    tool = shutil.which("clang-format-14")
    sources = [str(tree.root / name) for name in tree.with_suffix(".h", ".cc") if name.split("/")[0] in FLOORS]
    if not tool:
        print("clang-format-14 is not installed: formatting not looked at (deploy/install-dependencies.sh --tests)")
        return
    if sources:
        checked = subprocess.run([tool, "--style=file", "--dry-run", "-Werror", *sources], capture_output=True, text=True, check=False)
        bad = dict.fromkeys(re.findall(r"^(.+?):\d+:\d+: (?:error|warning):", checked.stderr, re.M))
        for path in bad:
            yield f"{Path(path).relative_to(tree.root)}: run clang-format-14 -i on it"
        if checked.returncode and not bad:
            yield f"clang-format-14 failed: {checked.stderr.strip()}"


CHECKS = {check.__name__: check for check in
          [top_level, room_files, room_readmes, includes, headers, words, paths, scripts, links, whitespace, format]}


def main():
    parser = argparse.ArgumentParser(description="Checks the tree itself.", epilog="Checks: " + " ".join(CHECKS))
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("checks", nargs="*", metavar="CHECK", choices=[*CHECKS, []])
    arguments = parser.parse_args()
    tree = Tree(arguments.root.resolve())
    findings = [f"{line}  [{name}]" for name in arguments.checks or CHECKS for line in CHECKS[name](tree)]
    print("\n".join(findings) if findings else "Nothing found.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
