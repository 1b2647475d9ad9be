#!/usr/bin/env python3
"""How fast file mode is, how much memory and disk it takes: makes a folder, lets the real program read it, measures.

Each run reads persons, decisions and events into an empty store. Events per second are of the whole run, CPU seconds of all
threads, compaction in the background among them. Disk is the store's folder by settlement, as the run leaves it and after
`yujing store compact`; memory the resident set at its largest, by person with a settlement. With --growth the same also of few
and of very many persons.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROWTH_PERSONS = (100_000, 5_000_000)
GROWTH_EVENTS = 10_000_000


def run(program, *words, cwd):
    """The program's JSON, the seconds it took, the CPU seconds of all its threads and its largest resident set in bytes."""
    began = time.monotonic()
    with subprocess.Popen([program, *map(str, words)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        said = process.stdout.read()
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{program} {' '.join(map(str, words))}: exit code {process.returncode}\n{told.decode()}")
    return {"said": json.loads(said) if said.strip() else None, "seconds": time.monotonic() - began,
            "cpu_seconds": usage.ru_utime + usage.ru_stime, "resident_bytes": usage.ru_maxrss * 1024}


def make(program, folder, persons, events, zipf):
    run(program, "generate", "--persons", persons, "--events", events, "--zipf", zipf, "--seed", 1, "--city", "jixi",
        "--policies", ROOT / "thresholds/policies", "--to", f"{folder}/", cwd=folder)


def measure(program, folder):
    shutil.rmtree(folder / "store", ignore_errors=True)
    for output in ("alerts.ndjson", "dead-letters.ndjson"):
        (folder / output).unlink(missing_ok=True)
    done = run(program, "run", "--config", "settings.yaml", "--once", "--json", cwd=folder)
    with subprocess.Popen([program, "export", "totals", "--config", "settings.yaml"], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as export:
        persons = len({line.split(b'"psn_no":"', 1)[1].split(b'"', 1)[0] for line in export.stdout})
    compacted = run(program, "store", "compact", "--config", "settings.yaml", "--json", cwd=folder)
    said = done["said"]
    bills = said["applied"] + said["reversed"]  # each a settlement of its own
    return {"events_per_second": said["lines"] / done["seconds"],
            "cpu_seconds_per_million_events": done["cpu_seconds"] * 1e6 / said["lines"],
            "resident_bytes": done["resident_bytes"],
            "resident_bytes_per_person": done["resident_bytes"] / persons,
            "bytes_per_settlement_as_left": compacted["said"]["bytes_before"] / bills,
            "bytes_per_settlement_compacted": compacted["said"]["bytes_after"] / bills,
            "compaction_cpu_seconds": compacted["cpu_seconds"]}


def measure_often(options, persons, events, zipf):
    with tempfile.TemporaryDirectory(prefix="yujing-bench-", dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        make(options.program, folder, persons, events, zipf)
        runs = [measure(options.program, folder) for _ in range(options.runs)]
        event_bytes = (folder / "events.ndjson").stat().st_size / events
    middle = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
    return {"persons": persons, "events": events, "zipf": zipf, "bytes_per_event": event_bytes, "runs": options.runs,
            "median": middle}


def first_line(*words):
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, cwd=ROOT).stdout.decode().split("\n")[0]
    except FileNotFoundError:
        return ""


def machine(program):
    cpu = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    packages = {name: first_line("dpkg-query", "-W", "-f", "${Version}", name)
                for name in ("g++", "librocksdb-dev", "libsimdjson-dev", "libc6")}
    return {"cpu": cpu[0] if cpu else platform.machine(), "cores": os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "load_before": os.getloadavg()[0],
            "kernel": platform.release(), "packages": packages, "program": first_line(program, "--version"),
            "commit": first_line("git", "rev-parse", "HEAD")}


def say(result):
    middle = result["median"]
    print(f"{result['persons']:,} persons, Zipf {result['zipf']}: {middle['events_per_second']:,.0f} events/s, "
          f"{middle['cpu_seconds_per_million_events']:.1f} CPU s per million, {middle['resident_bytes'] / 1e6:,.0f} MB resident "
          f"({middle['resident_bytes_per_person']:.0f} bytes a person), "
          f"{middle['bytes_per_settlement_as_left']:.0f} and compacted {middle['bytes_per_settlement_compacted']:.0f} bytes a settlement",
          file=sys.stderr)


def give(answer, path):
    """Into the file, or to standard output where there is none."""
    text = json.dumps(answer, indent=1) + "\n"
    if path:
        pathlib.Path(path).write_text(text)
    else:
        print(text, end="")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("YUJING") or str(ROOT / "build/bench/app/yujing"))
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--runs", type=int, default=3, help="the median of so many is given")
    parser.add_argument("--zipf", type=float, nargs="*", default=[0, 0.99], help="0: every person alike")
    parser.add_argument("--growth", action="store_true", help=f"also {GROWTH_PERSONS[0]:,} and {GROWTH_PERSONS[1]:,} persons")
    parser.add_argument("--growth-events", type=int, default=GROWTH_EVENTS)
    parser.add_argument("--folder", help="where to make the folders, a few gigabytes; default: the system's for temporary files")
    parser.add_argument("--out", help="a file for the results as JSON; default: standard output")
    options = parser.parse_args()
    if not os.access(options.program, os.X_OK):
        sys.exit(f"no program at {options.program}; build it (cmake --workflow --preset bench) or name it with --program")
    answer = {"machine": machine(options.program), "file_mode": []}
    for zipf in options.zipf:
        answer["file_mode"].append(measure_often(options, options.persons, options.events, zipf))
        say(answer["file_mode"][-1])
    if options.growth:
        answer["growth"] = [measure_often(options, persons, options.growth_events, 0) for persons in GROWTH_PERSONS]
        for result in answer["growth"]:
            say(result)
        few, many = (result["median"]["cpu_seconds_per_million_events"] for result in answer["growth"])
        answer["cpu_per_event_at_many_by_few"] = many / few
        print(f"growth: CPU per event {many / few:.2f} times", file=sys.stderr)
    give(answer, options.out)


if __name__ == "__main__":
    main()
