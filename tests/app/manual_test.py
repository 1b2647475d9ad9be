"""The manual and the shell's completion say what the program says, and an installed program finds what came with it.

The build folder is found in YUJING_BUILD, else in build/dev.
"""

import json
import os
import re
import shutil
import subprocess

from program import CASE, CONFIGURATION, DONE, PROGRAM, ROOT, Test, environment, lines, main, yujing

BUILD = os.environ.get("YUJING_BUILD") or str(ROOT / "build/dev")
MANUAL = ROOT / "deploy/man"
COMMAND_OF_ALL = {"-h", "--help", "--log", "--version"}


def help_of(command):
    return yujing(*command, "--help").stdout.decode()


def commands(command=()):
    """Every command with its help, those that only have commands of their own left out."""
    said = help_of(command)
    names = re.findall(r"^  ([a-z-]+) ", said.split("Subcommands:")[1].split("Examples:")[0], re.M) if "Subcommands:" in said else []
    for name in names:
        yield from commands((*command, name))
    if not names:
        yield command, said


def options(said):
    found = set()
    for line in said.split("Examples:")[0].splitlines():
        match = re.match(r"  (-{1,2}[a-z][\w-]*(?:,-{1,2}[a-z][\w-]*)*)", line)
        if match:
            found |= set(match.group(1).split(","))
    return found


def page(name):
    return (MANUAL / name).read_text().replace("\\-", "-")


class Manual(Test):
    def test_every_command_with_exactly_its_options(self):
        sections = {}
        for part in re.split(r"^\.SS ", page("yujing.1"), flags=re.M)[1:]:
            title, text = part.split("\n", 1)
            words = re.match(r"yujing ([a-z -]+[a-z])", title.strip('"').split("\\f")[0].strip()).group(1)
            sections[tuple(words.split())] = text.split("\n.SH ")[0]
        known = dict(commands())
        self.assertEqual(sorted(sections), sorted(known), "deploy/man/yujing.1 has a .SS for every command")
        for command, said in known.items():
            written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", sections[command]))
            self.assertEqual(written, options(said) - COMMAND_OF_ALL, f"deploy/man/yujing.1: yujing {' '.join(command)}")

    def test_exit_codes_and_options_of_all(self):
        text = page("yujing.1")
        for option in options(help_of(())):
            self.assertIn(option, text)
        codes = help_of(()).split("Exit codes:")[1]
        for code in re.findall(r"\d+", codes):
            self.assertIn(f".B {code}\n", text)

    def test_every_key_of_the_settings(self):
        path = self.write("settings.yaml", "store: a\nstore: b\n")
        said = self.expect(yujing("run", "--config", path), CONFIGURATION).stderr.decode()
        keys = re.search(r"keys allowed, each once: (.*)\)", said).group(1).split(", ")
        self.assertGreater(len(keys), 10)
        text = page("yujing.5")
        settings = text.split(".SH SETTINGS")[1].split(".SH EVENTS")[0]
        self.assertEqual(re.findall(r"^\.TP\n\.B ([\w.]+)$", settings, re.M), keys)
        for key in keys:
            self.assertRegex(text, rf"\b{'YUJING_' + key.upper().replace('.', '_')}\b")

    def test_its_examples_work(self):
        text = page("yujing.5").replace("\n ", "")
        blocks = re.findall(r"\.nf\n(.*?)\n\.fi", text, re.S)
        settings, event, person, reference = blocks
        json.loads(event)
        json.loads(person)
        self.write("events.ndjson", event + "\n")
        self.write("persons.ndjson", person + "\n")
        self.write("reference.yaml", page("yujing.5").split("REFERENCE FIGURES")[1].split(".nf\n")[1].split("\n.fi")[0] + "\n")
        path = self.write("settings.yaml", settings + "\n")
        done = self.expect(yujing("run", "--config", path, "--once", "--json", YUJING_METRICS_LISTEN="off"), DONE)
        self.assertEqual((json.loads(done.stdout)["applied"], json.loads(done.stdout)["records_read"]), (1, 1))

    def test_is_set_without_a_complaint(self):
        for name in ("yujing.1", "yujing.5"):
            done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", MANUAL / name], capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), name)


COMPLETE = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_yujing
printf '%s\n' "${COMPREPLY[@]}"
"""


class Completion(Test):
    def setUp(self):
        super().setUp()
        done = self.expect(yujing("completion", "bash"), DONE)
        self.script = self.write("completion.bash", done.stdout)

    def complete(self, *words):
        done = subprocess.run(["bash", "-euc", COMPLETE, "bash", self.script, "yujing", *words], capture_output=True,
                              check=False, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), words)
        return set(done.stdout.decode().split())

    def test_every_command_and_every_flag(self):
        for command, said in commands():
            for depth in range(len(command)):
                self.assertIn(command[depth], self.complete(*command[:depth], ""), command)
                self.assertIn(command[depth], self.complete(*command[:depth], command[depth][:2]), command)
            self.assertEqual(self.complete(*command, "-"), options(said) | {"--log"}, command)

    def test_a_flag_in_between_does_not_lead_astray(self):
        self.assertEqual(self.complete("--log", "json", "export", "al"), {"alerts"})
        self.assertEqual(self.complete("--log", ""), {"text", "json"})
        self.assertIn("--once", self.complete("run", "--config", "x.yaml", "--o"))

    def test_files_and_words_as_values(self):
        self.write("settings.yaml", "")
        self.assertEqual(self.complete("run", "--config", "sett"), {"settings.yaml"})
        self.assertEqual(self.complete("run", "--config", "=", "sett"), {"settings.yaml"})
        self.assertEqual(self.complete("policy", "check", "sett"), {"settings.yaml"})
        self.assertEqual(self.complete("dead-letters", "list", "--reason", "bad_"), {"bad_amount", "bad_date"})
        self.assertEqual(self.complete("demo", "--seed", ""), set())


class Installed(Test):
    def test_has_all_it_needs_wherever_it_lies(self):
        prefix = self.folder / "first"
        done = subprocess.run([os.environ.get("CMAKE", "cmake"), "--install", BUILD, "--prefix", prefix], capture_output=True,
                              check=False, env=environment())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        place = self.folder / "elsewhere"
        shutil.move(prefix, place)
        program = place / "bin/yujing"
        for file in ("man/man1/yujing.1", "man/man5/yujing.5", "bash-completion/completions/yujing",
                     "yujing/reference/reference.yaml", "yujing/policies/jixi-2026.yaml"):
            self.assertTrue((place / "share" / file).is_file(), file)
        self.assertEqual((place / "share/bash-completion/completions/yujing").read_bytes(), yujing("completion", "bash").stdout)
        done = self.expect(yujing("payout", stdin=lines([CASE]), program=program, cwd=self.folder), DONE)
        self.assertEqual(done.stdout, yujing("payout", stdin=lines([CASE])).stdout)
        # It reads its own policies, not those of the tree it was built from.
        with open(place / "share/yujing/policies/jixi-2026.yaml", "a") as policy:
            policy.write("\nunknown: key\n")
        self.expect(yujing("payout", stdin=b"", program=program), CONFIGURATION,
                    f"{place}/share/yujing/policies/jixi-2026.yaml", "unknown")


if __name__ == "__main__":
    main()
