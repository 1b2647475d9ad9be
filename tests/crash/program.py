"""The program under test: started, watched, killed, and what it leaves behind in a folder."""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.path.normpath(os.path.join(HERE, "..", "oracle"))
sys.path.insert(0, ORACLE)

import compare  # noqa: E402
import stream as oracle_stream  # noqa: E402

TIMEOUT_SECONDS = 120
POLL_SECONDS = 0.0003
ERR_BYTES_MAX = 1 << 20

DONE, CHECK_FAILED, INPUT, UNAVAILABLE, CONFIGURATION = 0, 1, 65, 69, 78


def program_path():
    """Of the environment, or the everyday build of this tree."""
    path = os.environ.get("YUJING") or os.path.join(HERE, "..", "..", "build", "dev", "app", "yujing")
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        sys.exit(f"no program at {path}; build it (cmake --workflow --preset dev) or name it in YUJING")
    return path


def environment():
    """Ours without settings for the program, so that nothing of the caller's reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUJING_")}
    return {**kept, "NO_COLOR": "1"}


class Finished:
    """How a command ended."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    def tail(self):
        return "\n".join(self.err.decode("utf-8", "replace").strip().splitlines()[-6:])

    def __str__(self):
        how = f"killed by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
        return f"`{self.command}` ended with {how}; it said:\n{self.tail()}"


def call(program, *words, timeout=TIMEOUT_SECONDS, **options):
    """Runs a command to its end."""
    shown = " ".join(("yujing",) + words)
    try:
        done = subprocess.run([program, *words], capture_output=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, env=environment(), **options)
    except subprocess.TimeoutExpired as late:
        return Finished(shown, -signal.SIGKILL, late.stdout or b"",
                        (late.stderr or b"") + f"\nnot ended after {timeout} s".encode())
    return Finished(shown, done.returncode, done.stdout, done.stderr)


class Running:
    """A `yujing run` in the background. Its words go to a file, as a full pipe would stop it; not into the folder,
    whose disk may be full."""

    def __init__(self, program, folder, *words, more=None):
        self.command = " ".join(("yujing", "run", *words))
        self.err = tempfile.TemporaryFile()  # pylint: disable=consider-using-with  # closed with the object
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [program, "run", "--config", folder.config, *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=self.err, env={**environment(), **(more or {})})

    def alive(self):
        return self.process.poll() is None

    def seconds(self):
        return time.monotonic() - self.began

    def said(self):
        return self.err_bytes().decode("utf-8", "replace")

    def err_bytes(self):
        return os.pread(self.err.fileno(), ERR_BYTES_MAX, 0)

    def signal(self, number):
        """Sends it; False when the process had ended before."""
        if not self.alive():
            return False
        self.process.send_signal(number)
        return True

    def end(self, timeout=TIMEOUT_SECONDS):
        try:
            code = self.process.wait(timeout)
            return Finished(self.command, code, b"", self.err_bytes())
        except subprocess.TimeoutExpired:
            self.process.kill()
            return Finished(self.command, self.process.wait(), b"",
                            self.err_bytes() + f"\nnot ended after {timeout} s".encode())

    def wait_until(self, condition, timeout=TIMEOUT_SECONDS):
        """True as soon as it holds; False when the process ends first or time is up."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if condition(self):
                return True
            if not self.alive():
                return False
            time.sleep(POLL_SECONDS)
        return False


def read(path):
    with open(path, "rb") as file:
        return file.read()


def size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


class Folder:
    """Where a run takes place: settings, inputs, store and outputs."""

    OUTPUTS = ("alerts.ndjson", "dead-letters.ndjson")
    INPUTS = ("persons.ndjson", "decisions.ndjson", "reference.yaml", "settings.yaml")

    def __init__(self, path, program):
        self.path, self.program = path, program
        self.config = self.file("settings.yaml")
        self.feeds = []  # what the oracle must be given, in this order: (kind, file)
        os.makedirs(path, exist_ok=True)

    def file(self, name):
        return os.path.join(self.path, name)

    @property
    def store(self):
        return self.file("var")

    def put(self, name, source):
        """Replaces an input by another file."""
        shutil.copyfile(source, self.file(name))
        if name in ("persons.ndjson", "decisions.ndjson"):
            self.feeds.append((name, source))

    def append_events(self, source):
        with open(self.file("events.ndjson"), "ab") as events:
            events.write(read(source))
        self.feeds.append(("events.ndjson", source))

    def copy(self, path):
        """All of it as it lies there, elsewhere."""
        shutil.copytree(self.path, path)
        other = Folder(path, self.program)
        other.feeds = list(self.feeds)
        return other

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def start(self, *words):
        return Running(self.program, self, *words)

    def once(self):
        return self.start("--once").end()

    def call(self, *words, **options):
        return call(self.program, *words, "--config", self.config, **options)

    def written(self):
        """Bytes of both outputs."""
        return sum(size(self.file(name)) for name in self.OUTPUTS)

    def log_bytes(self):
        """Bytes of the store's write-ahead logs: they grow with every commit."""
        try:
            return sum(size(os.path.join(self.store, name)) for name in os.listdir(self.store)
                       if name.endswith(".log"))
        except FileNotFoundError:
            return 0


class Outcome:
    """What must be equal, byte for byte, however often a run was interrupted."""

    def __init__(self, folder, problems):
        self.parts = {}
        for kind in ("totals", "alerts"):
            done = folder.call("export", kind)
            if done.code != DONE:
                problems.append(str(done))
            self.parts[f"export {kind}"] = done.out
        for name in folder.OUTPUTS:
            self.parts[name] = read(folder.file(name)) if os.path.exists(folder.file(name)) else b"(not there)"
        verified = folder.call("store", "verify")
        if verified.code != DONE:
            problems.append(str(verified) + "\n" + verified.out.decode("utf-8", "replace")[:600])

    def differences(self, actual):
        """Of another outcome that should be this one."""
        return [text for name in self.parts
                for text in differences(name, self.parts[name], actual.parts[name])]


def differences(name, expected, actual):
    """The first line in which two outputs differ, or nothing."""
    if expected == actual:
        return []
    wanted, got = expected.split(b"\n"), actual.split(b"\n")
    at = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))

    def shown(lines):
        return lines[at].decode("utf-8", "replace")[:400] if at < len(lines) else "(no such line)"

    return [f"{name}: {len(wanted)} lines expected, {len(got)} there; they differ from line {at + 1}\n"
            f"  expected: {shown(wanted)}\n  there:    {shown(got)}"]


def oracle_problems(folder, outcome):
    """Differences between an outcome and the independent recompute from the raw inputs."""
    stream = oracle_stream.stream_of(folder.path)
    for kind, source in folder.feeds:
        feed = {"persons.ndjson": stream.feed_persons, "decisions.ndjson": stream.feed_decisions,
                "events.ndjson": stream.feed_events}[kind]
        feed(read(source))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        found = compare.Differences("against the oracle")
        totals = compare.parse_lines(outcome.parts["export totals"], "export totals", found)
        alerts = compare.parse_lines(outcome.parts["export alerts"], "export alerts", found)
        compare.compare_lines("total", compare.TOTALS_KEY, stream.totals(), totals, found)
        compare.compare_alerts(stream.alerts(), alerts, found)
        compare.compare_messages(alerts, outcome.parts["alerts.ndjson"], found)
        compare.compare_dead_letters(stream, outcome.parts["dead-letters.ndjson"], found)
    return [said.getvalue().strip()] if found.count else []


class Material:
    """A messy stream from a seed, made once and run in many ways."""

    def __init__(self, path, seed, events, persons, cities):
        self.path = path
        self.make = f"--seed {seed} --events {events} --persons {persons} --cities {cities}"
        subprocess.run([sys.executable, os.path.join(ORACLE, "messy.py"), *self.make.split(), "--out", path],
                       check=True)
        self.plan = json.loads(read(self.file("plan.json")))
        # All the records there are: as many as several batches hold, where the people are many.
        with open(self.file("all-persons.ndjson"), "wb") as every:
            for name in dict.fromkeys([part["persons"] for part in self.plan["parts"]] + ["persons.ndjson"]):
                every.write(read(self.file(name)))
        # The same figures, all a little higher.
        text = read(self.file("reference.yaml")).decode()
        text = re.sub(r'"(\d+)\.(\d\d)"', lambda found: f'"{int(found[1]) * 5 // 4 + 7}.{found[2]}"', text)
        with open(self.file("reference-raised.yaml"), "w", encoding="utf-8") as raised:
            raised.write(text)

    def file(self, name):
        return os.path.join(self.path, name)

    def has(self, name):
        return os.path.exists(self.file(name))

    def folder(self, path, program):
        """A fresh folder with settings and figures, but nothing to read yet."""
        folder = Folder(path, program)
        for name in ("settings.yaml", "reference.yaml"):
            folder.put(name, self.file(name))
        return folder

    def put_all(self, folder):
        """Everything at once, as at the end."""
        folder.put("persons.ndjson", self.file("persons.ndjson"))
        if self.has("decisions.ndjson"):
            folder.put("decisions.ndjson", self.file("decisions.ndjson"))
        folder.append_events(self.file("events.ndjson"))
