#!/usr/bin/env python3
"""Plants one fault after another in a small tidy tree and sees that the check meant for it speaks up, and no check before."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import tidy  # pylint: disable=wrong-import-position


class PlantedFaults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in tidy.TOP_LEVEL - set(tidy.FLOORS) - {"deploy", "docs", ".ci"}:
            self.write(name, "{}\n")
        for name in ["deploy/x.cmake", "docs/x.md", ".ci/run", "tests/x.py"]:
            self.write(name, "\n" if name.endswith("run") else "x = 1\n")
        self.write(".ci/run", "exit 0\n")
        for room in tidy.ROOMS:
            self.write(f"{room}/CMakeLists.txt", f"yujing_room({room} SOURCES noun.h noun.cc verb.h)\n")
            self.write(f"{room}/README.md", "- `noun` is one\n- `verb` is another\n")
            self.write(f"{room}/noun.h", "#pragma once\n")
            self.write(f"{room}/verb.h", "#pragma once\n")
            self.write(f"{room}/noun.cc", f'#include "{room}/noun.h"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def findings(self, check):
        return "\n".join(tidy.CHECKS[check](tidy.Tree(self.root)))

    def expect(self, check, *parts):
        found = self.findings(check)
        for part in parts:
            self.assertIn(part, found)

    def test_a_tidy_tree_passes(self):
        for check in tidy.CHECKS:
            self.assertEqual(self.findings(check), "", check)

    def test_a_stranger_on_the_top_level(self):
        self.write("notes.txt", "x\n")
        (self.root / "LICENSE").unlink()
        self.expect("top_level", "notes.txt: does not belong", "LICENSE: is missing")

    def test_a_source_nobody_compiles(self):
        self.write("monitor/forgotten.cc", "\n")
        self.expect("room_files", "lists forgotten.cc 0 times")

    def test_a_readme_that_lags_behind(self):
        self.write("monitor/README.md", "| `noun` | one |\n| `gone` | away |\n")
        self.expect("room_readmes", "monitor/README.md:2: lists `gone`", "does not list `verb`")

    def test_a_readme_out_of_order(self):
        self.write("alerts/README.md", "- `verb`\n- `noun`\n")
        self.expect("room_readmes", "another order than alerts/CMakeLists.txt: noun, verb")

    def test_a_room_that_looks_sideways(self):
        self.write("alerts/noun.cc", '#include "consumer/noun.h"\n')
        self.expect("includes", "alerts/noun.cc:1: alerts must not include consumer")

    def test_a_room_that_looks_up(self):
        self.write("thresholds/noun.cc", '#include "monitor/noun.h"\n')
        self.expect("includes", "thresholds must not include monitor")

    def test_an_include_not_from_the_top(self):
        self.write("app/noun.cc", '#include "noun.h"\n')
        self.expect("includes", "app/noun.cc:1: write the path of a room from the top")

    def test_a_header_without_guard(self):
        self.write("app/noun.h", "int x();\n")
        self.expect("headers", "app/noun.h")

    def test_unfinished_business(self):
        self.write("app/noun.cc", "// TO" + "DO later\n")
        self.expect("words", "app/noun.cc:1: TO" + "DO")

    def test_a_test_switched_off(self):
        self.write("tests/x_test.cc", "TEST(X, DIS" + "ABLED_Y) {}\n")
        self.expect("words", "tests/x_test.cc:1")

    def test_a_path_of_one_machine(self):
        self.write("docs/x.md", "see /ho" + "me/me/src\n")
        self.expect("paths", "docs/x.md:1")

    def test_scripts_that_do_not_run(self):
        self.write("deploy/a.sh", "#!/usr/bin/env bash\nif\n")
        self.write("tests/b.py", "def\n")
        self.expect("scripts", "a.sh: starts with #!", "a.sh: bash cannot read it", "tests/b.py: cannot be parsed")

    def test_a_dead_link(self):
        self.write("docs/x.md", "[there](nowhere.md), [here](x.md), [out](https://example.org)\n")
        self.assertEqual(self.findings("links"), "docs/x.md:1: links to nowhere.md, which does not exist")

    def test_untidy_white_space(self):
        self.write("app/noun.cc", "int a; \n\tint b;\n\n")
        self.expect("whitespace", "noun.cc:1: blanks", "noun.cc:2: a tab", "exactly one newline")

    def test_a_file_not_formatted(self):
        if tidy.shutil.which("clang-format-14"):
            self.write(".clang-format", "BasedOnStyle: Google\n")
            self.write("app/noun.cc", "int  f( ){return 1 ;}\n")
            self.expect("format", "app/noun.cc: run clang-format-14")


if __name__ == "__main__":
    unittest.main()
