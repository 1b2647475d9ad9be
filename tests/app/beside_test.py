"""Commands that read the store beside a monitor that is busy writing to it: always an answer, and never half of one."""

import json
import re
import subprocess
import threading
import time

from program import DONE, PROGRAM, TIMEOUT_SECONDS, Test, environment, lines, main, small_bill, yujing

PERSONS = 7
ROUNDS = 8
EVENTS_MAX = 40_000  # more would make each look longer than the last on a busy machine, without end


def event(number):
    return small_bill(f"S{number:06}", "10.00", psn_no=f"P{number % PERSONS}")


class Beside(Test):
    """Events are added all the time; event N is line N+1, so a position tells exactly what has to be there."""

    def begin(self, run):
        self.path = self.settings("metrics: {listen: \"off\"}\n", events=[event(0)])
        self.enough = threading.Event()
        self.faults = []
        self.worker = threading.Thread(target=run)
        self.worker.start()
        self.addCleanup(self.end)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline and b"as of" not in yujing("export", "totals", "--config", self.path).stderr:
            time.sleep(0.01)

    def end(self):
        self.enough.set()
        self.worker.join()
        self.assertEqual(self.faults, [])

    def add_events(self):
        number = 1
        with open(self.folder / "events.ndjson", "ab", buffering=0) as events:
            while True:
                if number < EVENTS_MAX:
                    events.write(lines([event(number + i) for i in range(200)]))
                    number += 200
                yield number

    def follow(self):
        with open(self.folder / "stderr", "wb") as talk:
            monitor = subprocess.Popen([PROGRAM, "run", "--config", self.path, "--follow"], stderr=talk, env=environment())
        for _ in self.add_events():
            if self.enough.wait(0.05):
                break
        if monitor.poll() is not None:
            self.faults.append((self.folder / "stderr").read_text())
        monitor.terminate()
        monitor.wait(TIMEOUT_SECONDS)

    def run_again_and_again(self):
        for _ in self.add_events():
            done = yujing("run", "--config", self.path, "--once")
            if done.returncode != DONE:
                self.faults.append(done.stderr.decode())
            if self.enough.is_set() or self.faults:
                break

    def position(self, said):
        found = re.search(r"line (\d+)", said)
        return int(found.group(1)) if found else 0

    def export(self, kind):
        done = self.expect(yujing("export", kind, "--config", self.path), DONE, "as of ", "events.ndjson: line ")
        return self.position(done.stderr.decode()), [json.loads(line) for line in done.stdout.splitlines()]

    def look(self):
        seen = 0
        for turn in range(ROUNDS):
            read, entries = self.export("ledger")
            self.assertEqual(sorted(entry["setl_id"] for entry in entries), [f"S{number:06}" for number in range(read)])
            read, totals = self.export("totals")
            self.assertEqual({row["psn_no"]: row["settlements"] for row in totals},
                             {f"P{p}": len(range(p, read, PERSONS)) for p in range(min(read, PERSONS))})
            read, alerts = self.export("alerts")
            for row in alerts:
                self.assertGreater(len(range(int(row["psn_no"][1:]), read, PERSONS)), 1000)
            self.assertGreaterEqual(read, seen)
            seen = read
            page = self.expect(yujing("explain", "--person", "P0", "--year", "2026", "--config", self.path), DONE).stdout.decode()
            self.assertIn(f"（{len(range(0, self.position(page), PERSONS))} 笔结算）", page)
            self.expect(yujing("lists", "--month", "2026-03", "--out", self.folder / f"lists-{turn}", "--config", self.path),
                        DONE)
            self.expect(yujing("dead-letters", "list", "--config", self.path), DONE)
            self.expect(yujing("store", "verify", "--config", self.path), DONE)
        self.assertGreater(seen, 200)

    def test_while_it_follows(self):
        self.begin(self.follow)
        self.look()

    def test_while_it_starts_again_and_again(self):
        self.begin(self.run_again_and_again)
        self.look()


if __name__ == "__main__":
    main()
