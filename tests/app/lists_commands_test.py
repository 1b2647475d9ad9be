#!/usr/bin/env python3
"""`yujing lists`, `application` and `decide`: the real program over a small store, its files read back.

The program is found in YUJING, else in build/dev.
"""

import csv
import io
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

YUJING = os.environ.get("YUJING") or str(Path(__file__).resolve().parents[2] / "build/dev/app/yujing")
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
LIST = "预警清单_{}_{}_2026-03"

SETTINGS = """
cities: [jixi, yantai]
reference: reference.yaml
store: store
source: {kind: file, path: events.ndjson, persons: persons.ndjson, decisions: decisions.ndjson}
alerts: {kind: file, path: alerts.ndjson, dead_letters: dead-letters.ndjson}
metrics: {listen: "off"}
"""
REFERENCE = 'income: {city: {2303: {2024: "24000.00", 2025: "25000.00"}}}\n'


def bill(psn_no, setl_id, day, medfee, hifp, area="230302", **more):
    return {"psn_no": psn_no, "setl_id": setl_id, "setl_time": f"{day} 10:00:00", "enddate": day, "med_type": "21", "insutype": "390",
            "medfee_sumamt": medfee, "inscp_scp_amt": medfee, "hifp_pay": hifp, "insu_admdvs": area, "mdtrtarea_admvs": area} | more


EVENTS = [
    bill("P001", "S1", "2026-02-10", "20000.10", "12000.00"),
    bill("P001", "S2", "2026-03-09", "9000.07", "5000.00"),
    bill("P002", "S3", "2026-01-20", "30000.00", "14000.00", hifmi_pay="1000.00"),  # monitored: two rules, two rows
    bill("P003", "S4", "2026-04-02", "90000.00", "10000.00"),  # crosses after the month
    bill("P004", "S5", "2026-03-03", "40000.00", "10000.00", area="230399"),
    bill("P005", "S6", "2026-03-03", "9000.00", "1000.00"),  # below the line
    bill("P006", "S7", "2026-03-05", "500000.00", "100000.00", area="370602"),  # no income of Shandong
]
PERSONS = [
    {"psn_no": "P001", "psn_name": "=HYPERLINK(\"测试甲\")", "certno": "000000000000000011", "phone": "+000", "insu_admdvs": "230302",
     "hukou_admdvs": "230302", "updt_time": "2026-01-01 08:00:00", "categories": []},
    {"psn_no": "P002", "psn_name": "测试乙", "certno": "000000000000000022", "phone": "000", "insu_admdvs": "230302",
     "hukou_admdvs": "230302", "updt_time": "2026-01-02 08:00:00",
     "categories": [{"category": "monitored", "from": "2025-01-01", "until": None}]},
]


class Sheet:
    """A sheet read back: cells by their names, each as (type, text)."""

    def __init__(self, path, number):
        with zipfile.ZipFile(path) as book:
            self.text = book.read(f"xl/worksheets/sheet{number}.xml").decode()
            shared = []
            if "xl/sharedStrings.xml" in book.namelist():
                root = xml.fromstring(book.read("xl/sharedStrings.xml"))
                shared = ["".join(item.itertext()) for item in root.findall("m:si", NS)]
        self.cells = {}
        for cell in xml.fromstring(self.text).iter(f"{{{NS['m']}}}c"):
            kind = cell.get("t", "n")
            value = cell.find("m:v", NS)
            if kind == "inlineStr":
                self.cells[cell.get("r")] = ("text", "".join(cell.find("m:is", NS).itertext()))
            elif kind == "s":
                self.cells[cell.get("r")] = ("text", shared[int(value.text)])
            elif value is not None:
                self.cells[cell.get("r")] = ("number", value.text)
        self.formulas = re.findall(r"<f[ >]", self.text)

    def all_text(self):
        return "\n".join(text for _, text in self.cells.values())


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="yujing-lists-"))
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", str(self.folder)], check=False))
        self.write("settings.yaml", SETTINGS)
        self.write("reference.yaml", REFERENCE)
        self.write("events.ndjson", "".join(json.dumps(event) + "\n" for event in EVENTS))
        self.write("persons.ndjson", "".join(json.dumps(person) + "\n" for person in PERSONS))
        self.monitor()

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def run_it(self, *arguments, expect=0):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("YUJING_")}
        done = subprocess.run([YUJING, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def monitor(self):
        self.run_it("run", "--config", "settings.yaml", "--once")

    def lists(self, out="lists", month="2026-03"):
        done = self.run_it("lists", "--month", month, "--out", out, "--config", "settings.yaml", "--json")
        return json.loads(done.stdout)

    def rows(self, name, out="lists"):
        raw = (self.folder / out / f"{name}.csv").read_bytes()
        self.assertTrue(raw.startswith(b"\xef\xbb\xbf"))
        self.assertEqual(raw.count(b"\n"), raw.count(b"\r\n"))
        return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


class Lists(Program):
    def test_lists_by_area_and_office(self):
        said = self.lists()
        found = {(each["area"], each["office"]): each for each in said["lists"]}
        self.assertEqual(sorted(found), [("230302", "agriculture"), ("230302", "civil_affairs"), ("230399", "agriculture"),
                                         ("230399", "civil_affairs"), ("370602", "civil_affairs"), ("370602", "rural_revitalization")])
        county = found["230302", "civil_affairs"]
        self.assertEqual((county["rows"], county["rows_new"], county["persons"], county["may_apply"]), (3, 1, 2, 1))
        rows = self.rows(LIST.format("230302", "民政"))
        self.assertEqual([(row["人员编号"], row["本月新增"], row["越线结算号"]) for row in rows],
                         [("P001", "是", "S2"), ("P002", "否", "S3"), ("P002", "否", "S3")])
        self.assertEqual(rows[0]["姓名"], "'=HYPERLINK(\"测试甲\")")
        self.assertEqual(rows[0]["联系电话"], "'+000")
        self.assertEqual(rows[0]["证件号码"], "000000000000000011")
        self.assertEqual(rows[0]["个人负担金额"], "12000.17")
        self.assertEqual(rows[0]["可申请尚未申请"], "是")
        self.assertEqual(rows[0]["申请后应救助金额"], "3600.10")
        self.assertEqual(rows[0]["申请最晚日期"], "2027-02-10")
        self.assertEqual(rows[1]["预警类型"], "因病返贫")
        self.assertEqual(rows[1]["可申请尚未申请"], "否")
        self.assertIn("第十三条", rows[0]["依据条款"])

    def test_spreadsheet_holds_text_as_text_and_exact_amounts(self):
        self.lists()
        path = self.folder / "lists" / (LIST.format("230302", "民政") + ".xlsx")
        sheet = Sheet(path, 1)
        self.assertEqual(sheet.cells["A1"], ("text", "序号"))
        self.assertEqual(sheet.cells["C2"], ("text", "P001"))
        self.assertEqual(sheet.cells["D2"], ("text", "=HYPERLINK(\"测试甲\")"))
        self.assertEqual(sheet.cells["E2"], ("text", "000000000000000011"))
        self.assertEqual(sheet.cells["L2"], ("number", "12000.17"))
        self.assertEqual(sheet.cells["P2"], ("number", "29000.17"))
        # P002 has two rows and is summed once: 29000.17 + 30000.00.
        self.assertEqual(sheet.cells["P5"], ("number", "59000.17"))
        self.assertIn("合计", sheet.cells["A5"][1])
        self.assertEqual(sheet.formulas, [])
        self.assertIn('<autoFilter ref="A1:Y4"/>', sheet.text)
        self.assertIn('state="frozen"', sheet.text)
        self.assertIn('fitToHeight="0"', sheet.text)
        self.assertIn('orientation="landscape"', sheet.text)
        self.assertIn("鸡西市 230302", sheet.text)
        with zipfile.ZipFile(path) as book:
            self.assertIn("$1:$1", book.read("xl/workbook.xml").decode())

    def test_other_sheets_explain_and_admit(self):
        self.lists()
        path = self.folder / "lists" / (LIST.format("230302", "民政") + ".xlsx")
        figures = Sheet(path, 2).all_text()
        for words in ["个人负担医疗费用超过1万元", "监测对象启动大病保险", "鸡政办规〔2025〕4号 第十三条", "起付标准6,000元", "第十四条", "12,500元"]:
            self.assertIn(words, figures)
        sources = Sheet(path, 3).all_text()
        for words in ["events.ndjson: line 7", "2026-04-02 10:00:00", "2026-01-02 08:00:00", "2025年全市居民人均可支配收入", "25,000元"]:
            self.assertIn(words, sources)
        self.assertNotIn(str(self.folder), sources)
        unknown = self.folder / "lists" / (LIST.format("370602", "民政") + ".xlsx")
        admitted = Sheet(unknown, 3).all_text()
        self.assertIn("缺少2025年全省居民人均可支配收入", admitted)
        self.assertIn("1人：P006", admitted)

    def test_same_store_same_bytes(self):
        self.lists("one")
        self.lists("two")
        for one in sorted((self.folder / "one").iterdir()):
            self.assertEqual(one.read_bytes(), (self.folder / "two" / one.name).read_bytes(), one.name)

    def test_refusals(self):
        done = self.run_it("lists", "--month", "2026-3", "--out", "x", "--config", "settings.yaml", expect=64)
        self.assertIn("2026-03", done.stderr)
        self.write("reference.yaml", REFERENCE.replace("25000", "26000"))
        done = self.run_it("lists", "--month", "2026-03", "--out", "x", "--config", "settings.yaml", expect=78)
        self.assertIn("other rules, figures or cities", done.stderr)


class Decisions(Program):
    def decide(self, *arguments, expect=0):
        return self.run_it("decide", "--config", "settings.yaml", *arguments, expect=expect)

    def decisions(self):
        return [json.loads(line) for line in (self.folder / "decisions.ndjson").read_text().splitlines()]

    def apply(self, person, on, expect=0):
        return self.run_it("application", "--person", person, "--on", on, "--out", "form.xlsx", "--config", "settings.yaml", expect=expect)

    def test_application_says_what_the_next_run_will_pay(self):
        done = self.apply("P001", "2026-03-31")
        self.assertEqual(done.stdout, "form.xlsx\n")
        self.assertIn("3,600.10", done.stderr)
        self.assertNotIn("P001", done.stderr)
        form = Sheet(self.folder / "form.xlsx", 1)
        text = form.all_text()
        for words in ["鸡西市医疗救助申请表（因病致贫重病患者）", "=HYPERLINK(\"测试甲\")", "P001", "2025-03-31 至 2026-12-31", "S1", "S2",
                      "12,000.17 元", "3,600.10 元", "第十四条", "第十条（三）", "由经办机构告知", "签字"]:
            self.assertIn(words, text)
        self.assertEqual(form.formulas, [])
        self.assertIn('orientation="portrait"', form.text)

        self.decide("--person", "P001", "--application", "2026-03-31", "--at", "2026-04-01 09:00:00")
        self.monitor()
        totals = self.run_it("export", "totals", "--config", "settings.yaml").stdout.splitlines()
        due = {json.loads(line)["psn_no"]: json.loads(line)["assistance_due"] for line in totals}
        self.assertEqual(due["P001"], "3600.10")
        self.lists()
        row = self.rows(LIST.format("230302", "民政"))[0]
        self.assertEqual((row["可申请尚未申请"], row["应救助金额"], row["申请后应救助金额"]), ("否", "3600.10", ""))
        again = self.apply("P001", "2026-08-15", expect=65)
        self.assertIn("2026-03-31", again.stderr)

    def test_application_is_refused_with_the_reason(self):
        self.assertIn("directly", self.apply("P002", "2026-08-15", expect=65).stderr)
        self.assertIn("in force", self.apply("P001", "2025-08-15", expect=65).stderr)
        self.assertIn("nothing is known", self.apply("P999", "2026-08-15", expect=65).stderr)
        self.assertIn("--on", self.apply("P001", "2026-02-30", expect=64).stderr)

    def test_decisions_add_up(self):
        self.decide("--person", "P001", "--category", "illness_poverty", "--from", "2026-03-31", "--certified-by", "civil_affairs",
                    "--at", "2026-04-01 09:00:00")
        self.decide("--person", "P004", "--application", "2026-03-30", "--at", "2026-04-01 09:00:00")
        with open(self.folder / "decisions.ndjson", "a", encoding="utf-8") as file:
            file.write('{"psn_no":"P009"}')  # somebody's editor left out the line's end
        self.decide("--person", "P001", "--application", "2026-03-31", "--at", "2026-04-02 09:00:00")
        self.decide("--person", "P001", "--category", "illness_poverty", "--from", "2026-03-31", "--until", "2026-12-31",
                    "--certified-by", "civil_affairs", "--at", "2026-04-03 09:00:00")
        lines = self.decisions()
        self.assertEqual([line["psn_no"] for line in lines], ["P001", "P004", "P009", "P001", "P001"])
        self.assertEqual(lines[-1], {
            "psn_no": "P001", "updt_time": "2026-04-03 09:00:00",
            "categories": [{"category": "illness_poverty", "from": "2026-03-31", "until": "2026-12-31", "certified_by": "civil_affairs"}],
            "applications": [{"date": "2026-03-31"}]})
        second = self.decide("--person", "P001", "--application", "2026-09-01", "--at", "2026-09-02 09:00:00")
        self.assertIn("only the first", second.stderr)

    def test_wrong_decisions_are_refused_and_leave_no_trace(self):
        for arguments, code, words in [
                (["--category", "dibap", "--from", "2026-01-01"], 64, "dibao"),
                (["--category", "dibao", "--from", "2026-02-30"], 64, "--from"),
                (["--category", "dibao", "--from", "2026-02-03", "--until", "2026-02-02"], 64, "before"),
                (["--category", "dibao", "--from", "2026-02-03", "--certified-by", "mayor"], 64, "civil_affairs"),
                (["--application", "2019-01-01"], 65, "no effect"),
                (["--application", "2026-13-01"], 64, "--application"),
                ([], 64, "what was decided")]:
            done = self.decide("--person", "P001", *arguments, expect=code)
            self.assertIn(words, done.stderr)
        self.assertFalse((self.folder / "decisions.ndjson").exists())
        self.decide("--person", "P001", "--application", "2026-03-31", "--at", "2026-04-01 09:00:00")
        done = self.decide("--person", "P001", "--application", "2026-03-31", "--at", "2026-03-31 09:00:00", expect=65)
        self.assertIn("later than", done.stderr)
        self.assertEqual(len(self.decisions()), 1)

    def test_many_at_once(self):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("YUJING_")}
        running = [subprocess.Popen([YUJING, "decide", "--config", "settings.yaml", "--person", "P001", "--category", "dibao", "--from",
                                     f"2026-01-{day:02}", "--at", "2026-04-01 09:00:00"], cwd=self.folder, env=environment,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for day in range(1, 9)]
        self.assertEqual([each.wait() for each in running], [0] * 8)
        self.assertEqual(len(self.decisions()), 8)
        self.assertEqual(len(self.decisions()[-1]["categories"]), 8)


if __name__ == "__main__":
    unittest.main()
