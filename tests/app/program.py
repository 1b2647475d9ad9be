"""What the tests of the real program share: how it is called, a folder for each test, a bill and a case.

The program is found in YUJING, else in build/dev.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("YUJING") or str(ROOT / "build/dev/app/yujing")

DONE, CHECK_FAILED, USAGE, INPUT, UNAVAILABLE, CONFIGURATION = 0, 1, 64, 65, 69, 78
TIMEOUT_SECONDS = 120

BILL = {"setl_id": "S1", "psn_no": "P1", "psn_name": "测试甲", "certno": "FAKE-ID-0001",
        "setl_time": "2026-03-09 10:00:00", "med_type": "21", "insutype": "390", "enddate": "2026-03-08",
        "medfee_sumamt": "50000.00", "fulamt_ownpay_amt": "2000.00", "preselfpay_amt": "3000.00",
        "inscp_scp_amt": "45000.00", "hifp_pay": "20000.00", "hifmi_pay": "5000.00", "insu_admdvs": "230302"}
CASE = {"case_id": "c1", "city": "jixi",
        "person": {"psn_no": "P1", "categories": [{"category": "dibao", "from": "2025-01-01", "until": None}]},
        "settlements": [BILL]}


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUJING")}
    return {**kept, **more}


def yujing(*words, stdin=b"", stdout=subprocess.PIPE, cwd=None, program=PROGRAM, **more):
    return subprocess.run([program, *map(str, words)], input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                          timeout=TIMEOUT_SECONDS, check=False, cwd=cwd, env=environment(**more))


def lines(events):
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()


def small_bill(setl_id, yuan="50.00", **more):
    """An outpatient bill that the person pays alone."""
    return {"setl_id": setl_id, "psn_no": "P1", "setl_time": "2026-03-09 10:00:00", "med_type": "11",
            "medfee_sumamt": yuan, "insu_admdvs": "230302", **more}


class Test(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="yujing-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def settings(self, more="", events=(BILL,)):
        """A settings file with an events file beside it."""
        self.write("events.ndjson", lines(events))
        return self.write("settings.yaml", "cities: [jixi]\nstore: store\n"
                          "source: {kind: file, path: events.ndjson}\n" + more)

    def expect(self, done, code, *words):
        said = done.stderr.decode()
        self.assertEqual(done.returncode, code, said)
        for word in words:
            self.assertIn(word, said)
        if code not in (DONE, CHECK_FAILED):
            self.assertNotIn("terminate", said)
        return done


def main():
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"no program at {PROGRAM}; build it (cmake --workflow --preset dev) or name it in YUJING")
    unittest.main(verbosity=1)


def run_tests(module, names):
    """Those of a module, or of these names; ends with the line that ./test.sh counts. The exit code."""
    load = unittest.defaultTestLoader
    suite = load.loadTestsFromNames(names, module) if names else load.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 0 if result.wasSuccessful() else 1
