"""Commands that read the store: the stores of several partitions, side by side, are read as the one store they make up."""

import json
import re
import zlib

from program import CONFIGURATION, DONE, Test, main, yujing

PARTITIONS = 3
PERSON = re.compile(rb'"psn_no"\s*:\s*"([^"]*)"')


def partition_of(line):
    """The same for all lines of a person."""
    person = PERSON.search(line)
    return zlib.crc32(person.group(1)) % PARTITIONS if person else 0


class Partitions(Test):
    """Made-up data through one store, and, dealt out by person, through a store each in folders of one store."""

    def setUp(self):
        super().setUp()
        self.made = self.folder / "made"
        self.expect(yujing("generate", "--persons", 300, "--events", 3000, "--seed", 5, "--city", "jixi", "--to", self.made), DONE)
        self.run_over(self.made, self.folder / "whole")
        for partition in range(PARTITIONS):
            part = self.folder / f"part{partition}"
            part.mkdir()
            for name in ("events.ndjson", "persons.ndjson", "decisions.ndjson"):
                lines = (self.made / name).read_bytes().splitlines(keepends=True)
                (part / name).write_bytes(b"".join(line for line in lines if partition_of(line) == partition))
            for name in ("settings.yaml", "reference.yaml"):
                (part / name).write_bytes((self.made / name).read_bytes())
            self.run_over(part, self.folder / "parts" / str(partition))

    def run_over(self, folder, store):
        self.expect(yujing("run", "--config", folder / "settings.yaml", "--once", "--store", store), DONE)

    def of(self, store, *words, code=DONE):
        return self.expect(yujing(*words, "--config", self.made / "settings.yaml", "--store", self.folder / store), code)

    def test_runs_over_files_and_over_kafka_do_not_share_a_folder(self):
        said = self.of("parts", "run", "--once", code=CONFIGURATION).stderr.decode()
        self.assertIn(f"store {self.folder / 'parts'}: holds the stores of a run that reads Kafka, one a partition, and "
                      "`source.kind` is `file`; name another `store`", said)
        kafka = self.write("kafka.yaml", 'cities: [jixi]\nsource: {kind: kafka, brokers: "127.0.0.1:1"}\n')
        said = self.expect(yujing("run", "--once", "--config", kafka, "--store", self.folder / "whole"), CONFIGURATION).stderr.decode()
        self.assertIn(f"store {self.folder / 'whole'}: holds the store of a run that reads files, and `source.kind` is `kafka`; "
                      "name another `store`", said)
        self.of("whole", "store", "verify")
        self.assertFalse((self.folder / "parts" / "CURRENT").exists())

    def test_exports_are_the_same(self):
        for kind in ("totals", "alerts", "ledger"):
            whole, parts = self.of("whole", "export", kind), self.of("parts", "export", kind)
            self.assertGreater(whole.stdout.count(b"\n"), 5)
            self.assertEqual(parts.stdout, whole.stdout, kind)
            self.assertEqual(parts.stderr.count(b"events.ndjson: line"), PARTITIONS, "as of three places")

    def test_a_page_is_that_of_the_partition_that_has_the_person(self):
        persons = {json.loads(line)["psn_no"] for line in self.of("whole", "export", "totals").stdout.splitlines()}
        shown = sorted(persons)[:9]
        self.assertEqual({partition_of(f'"psn_no":"{person}"'.encode()) for person in shown}, set(range(PARTITIONS)))
        for person in shown:
            words = ("explain", "--person", person, "--year", "2026", "--json")
            self.assertEqual(self.of("parts", *words).stdout, self.of("whole", *words).stdout)
        self.of("parts", "explain", "--person", "nobody", "--year", "2026", code=65)

    def test_lists_have_the_same_rows(self):
        files = {}
        for store in ("whole", "parts"):
            out = self.folder / f"lists-{store}"
            self.of(store, "lists", "--month", "2026-06", "--out", out)
            files[store] = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.csv")}
        self.assertEqual(files["parts"], files["whole"])
        self.assertTrue(any(content.count(b"\n") > 1 for content in files["whole"].values()), "rows, not only headings")

    def test_verify_folds_every_partition(self):
        whole, parts = (json.loads(self.of(store, "store", "verify", "--json").stdout) for store in ("whole", "parts"))
        self.assertEqual(parts, whole)
        self.assertGreater(parts["persons"], 100)
        damaged = max((self.folder / "parts" / "2").glob("*.log"), key=lambda path: path.stat().st_size)
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 0x40
        damaged.write_bytes(content)
        self.of("parts", "store", "verify", code=1)


if __name__ == "__main__":
    main()
