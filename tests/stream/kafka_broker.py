"""A real broker on loopback for a test, by deploy/kafka/kafka.sh."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.normpath(os.path.join(HERE, "..", "..", "deploy", "kafka", "kafka.sh"))


class Broker:
    """`with Broker() as broker:` starts one and stops it, whatever happened."""

    def __init__(self, nodes=1, version="3.9.1", settings=()):
        self.folder = tempfile.mkdtemp(prefix="yujing-kafka-")
        words = ["--nodes", str(nodes), "--version", version, "--port", "0"]
        for setting in settings:
            words += ["--set", setting]
        self.version, self.nodes = version, nodes
        try:
            self.call("start", *words)
            self.address = self.call("brokers").strip()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def call(self, command, *words):
        done = subprocess.run([SCRIPT, command, "--dir", self.folder, *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            sys.exit(f"kafka.sh {command}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def kill(self, node=1):
        self.call("node-kill", str(node))

    def start_again(self, node=1):
        self.call("node-start", str(node))

    def start_all(self):
        self.call("start")

    def close(self):
        subprocess.run([SCRIPT, "stop", "--dir", self.folder], capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
