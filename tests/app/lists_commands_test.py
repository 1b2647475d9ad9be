#!/usr/bin/env python3
"""`yujing lists`, `application` and `decide`: the real program over a small store, its files read back.

The program is found in YUJING, else in build/dev.
"""

import csv
import fcntl
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
COUNTY = LIST.format("230302鸡冠区", "民政")

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
            "medfee_sumamt": medfee, "inscp_scp_amt": medfee, "hifp_pay": hifp} | ({"insu_admdvs": area, "mdtrtarea_admvs": area} if area else {}) | more


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
    SETTINGS = SETTINGS
    REFERENCE = REFERENCE
    EVENTS = EVENTS
    PERSONS = PERSONS

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="yujing-lists-"))
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", str(self.folder)], check=False))
        self.write("settings.yaml", self.SETTINGS)
        self.write("reference.yaml", self.REFERENCE)
        self.write("events.ndjson", "".join(json.dumps(event) + "\n" for event in self.EVENTS))
        self.write("persons.ndjson", "".join(json.dumps(person) + "\n" for person in self.PERSONS))
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

    def lists(self, *more, out="lists", month="2026-03", expect=0):
        done = self.run_it("lists", "--month", month, "--out", out, "--config", "settings.yaml", "--json", *more, expect=expect)
        return json.loads(done.stdout) if expect == 0 else done.stderr

    def published(self):
        return {each.name: each.read_bytes() for each in (self.folder / "lists").glob("[!.]*")}

    def append_events(self, *events):
        with open(self.folder / "events.ndjson", "a", encoding="utf-8") as file:
            file.write("".join(json.dumps(event) + "\n" for event in events))
        self.monitor()

    def rows(self, name, out="lists"):
        raw = (self.folder / out / f"{name}.csv").read_bytes()
        self.assertTrue(raw.startswith(b"\xef\xbb\xbf"))
        self.assertEqual(raw.count(b"\n"), raw.count(b"\r\n"))
        return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


class Lists(Program):
    def test_lists_by_area_and_office(self):
        said = self.lists()
        found = {(each["area"], each["office"]): each for each in said["lists"]}
        self.assertEqual(sorted(key for key, each in found.items() if each["rows"]),
                         [("230302", "agriculture"), ("230302", "civil_affairs"), ("230399", "agriculture"), ("230399", "civil_affairs")])
        for key in [("230303", "agriculture"), ("230399", "civil_affairs"), ("370602", "rural_revitalization")]:
            self.assertIn(key, found)  # who has nothing to do is told so
        self.assertNotIn("230300", {area for area, _ in found})
        county = found["230302", "civil_affairs"]
        self.assertEqual((county["rows"], county["rows_new"], county["persons"], county["may_apply"]), (3, 1, 2, 1))
        rows = self.rows(COUNTY)
        self.assertEqual([(row["人员编号"], row["本月新增"], row["越线结算号"]) for row in rows],
                         [("P001", "是", "S2"), ("P002", "否", "S3"), ("P002", "否", "S3")])
        self.assertEqual((rows[0]["年度"], rows[0]["参保地"]), ("2026", "鸡冠区 230302"))
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
        path = self.folder / "lists" / (COUNTY + ".xlsx")
        sheet = Sheet(path, 1)
        self.assertEqual(sheet.cells["A1"], ("text", "序号"))
        self.assertEqual(sheet.cells["D2"], ("text", "P001"))
        self.assertEqual(sheet.cells["E2"], ("text", "=HYPERLINK(\"测试甲\")"))
        self.assertEqual(sheet.cells["F2"], ("text", "000000000000000011"))
        self.assertEqual(sheet.cells["G2"], ("text", "+000"))
        self.assertEqual(sheet.cells["M2"], ("number", "12000.17"))
        self.assertEqual(sheet.cells["Q2"], ("number", "29000.17"))
        # P002 has two rows and is summed once: 29000.17 + 30000.00.
        self.assertEqual(sheet.cells["Q5"], ("number", "59000.17"))
        self.assertIn("合计", sheet.cells["A5"][1])
        self.assertEqual(sheet.formulas, [])
        self.assertIn('<autoFilter ref="A1:Z4"/>', sheet.text)
        self.assertRegex(sheet.text, '<pane xSplit="5" ySplit="1" [^>]*state="frozen"/>')
        with zipfile.ZipFile(path) as book:
            whole = book.read("xl/workbook.xml").decode()
            names = [name for name in book.namelist() if "sheet" in name and name.endswith(".xml")]
            self.assertNotIn("xl/calcChain.xml", book.namelist())
            for name in names:
                self.assertNotIn("<f>", book.read(name).decode())
            # Fixed, so that the same store gives the same bytes.
            self.assertIn(">2026-03-31T00:00:00Z<", book.read("docProps/core.xml").decode())
        self.assertIn("$1:$1", whole)
        self.assertIn("_xlnm._FilterDatabase", whole)
        for number in (1, 2, 3):
            printed = Sheet(path, number).text
            self.assertIn('<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>', printed)
            self.assertIn("<pageSetUpPr fitToPage=\"1\"/>", printed)
            self.assertIn("鸡西市 鸡冠区 230302", printed)
            self.assertIn("第 &amp;P 页，共 &amp;N 页", printed)

    def test_other_sheets_explain_and_admit(self):
        self.lists()
        path = self.folder / "lists" / (COUNTY + ".xlsx")
        figures = Sheet(path, 2).all_text()
        for words in ["个人负担医疗费用超过1万元", "监测对象启动大病保险", "鸡政办规〔2025〕4号 第十三条", "起付标准6,000元", "第十四条", "12,500元"]:
            self.assertIn(words, figures)
        sources = Sheet(path, 3).all_text()
        for words in ["events.ndjson: line 7", "2026-04-02 10:00:00", "2026-01-02 08:00:00", "2025年全市居民人均可支配收入", "25,000元"]:
            self.assertIn(words, sources)
        self.assertNotIn(str(self.folder), sources)
        unknown = self.folder / "lists" / (LIST.format("370602芝罘区", "民政") + ".xlsx")
        admitted = Sheet(unknown, 3).all_text()
        self.assertIn("缺少2025年全省居民人均可支配收入", admitted)
        self.assertIn("1人：P006", admitted)

    def test_same_store_same_bytes(self):
        self.lists(out="one")
        self.lists(out="two")
        for one in sorted((self.folder / "one").glob("[!.]*")):
            self.assertEqual(one.read_bytes(), (self.folder / "two" / one.name).read_bytes(), one.name)

    def test_a_list_without_rows_says_so(self):
        self.lists()
        name = LIST.format("230303恒山区", "农业农村")
        sheet = Sheet(self.folder / "lists" / (name + ".xlsx"), 1)
        self.assertEqual(sheet.cells["A2"], ("text", "本月没有预警。"))
        self.assertIn("合计", sheet.cells["A3"][1])
        self.assertEqual(self.rows(name), [])

    def test_what_was_published_stays_and_corrections_stand_beside_it(self):
        self.lists()
        before = self.published()
        self.assertEqual({each["state"] for each in self.lists()["lists"]}, {"unchanged"})

        self.append_events(bill("P001", "S8", "2026-03-30", "1000.00", "400.00"),  # more for somebody listed
                           bill("P008", "S9", "2026-03-28", "50000.00", "20000.00"),  # new in March
                           bill("P002", "S3", "2026-01-20", "30000.00", "14000.00", hifmi_pay="1000.00", vali_flag="0"))  # void
        said = self.lists(expect=1)
        self.assertIn("2 published lists of 2026-03 have other rows now", said)
        self.assertIn("--correct", said)
        self.assertEqual(self.published(), before)  # nothing was touched, nothing left behind

        corrected = {(each["area"], each["office"]): each for each in self.lists("--correct")["lists"]}
        county = corrected["230302", "civil_affairs"]
        self.assertEqual((county["state"], county["correction"], county["rows"]), ("corrected", 1, 2))
        self.assertEqual(corrected["230399", "civil_affairs"]["state"], "unchanged")
        after = self.published()
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertEqual(sorted(set(after) - set(before)),
                         [f"{LIST.format('230302鸡冠区', office)}_更正1.{ending}" for office in ("农业农村", "民政") for ending in ("csv", "xlsx")])
        path = self.folder / "lists" / f"{COUNTY}_更正1.xlsx"
        self.assertIn("（第1次更正）", Sheet(path, 1).text)
        self.assertIn(f"代替 {COUNTY}；", Sheet(path, 3).all_text())
        told = Sheet(path, 4).all_text()
        for words in ["撤出：不再符合预警规则，或者转入其他清单　2行", "P002", "增加：原清单出具以后才知道　1行", "P008", "个人负担金额30000.00元",
                      "变更：原清单出具以后有变化　1行", "个人负担金额 12000.17→12600.17"]:
            self.assertIn(words, told)

        self.assertEqual({each["state"] for each in self.lists()["lists"]}, {"unchanged"})
        self.append_events(bill("P008", "S9", "2026-03-28", "50000.00", "20000.00", vali_flag="0"))
        self.lists("--correct")
        told = Sheet(self.folder / "lists" / f"{COUNTY}_更正2.xlsx", 4).all_text()
        self.assertIn("P008", told)
        self.assertNotIn("P002", told)

    # All rows of the only list of an area are gone: its office has to hear of it.
    def test_an_area_that_lost_its_rows_is_corrected(self):
        self.append_events(bill("P009", "S20", "2026-03-09", "90000.00", "10000.00", area="230377"))
        self.lists()
        self.append_events(bill("P009", "S20", "2026-03-09", "90000.00", "10000.00", area="230377", vali_flag="0"))
        said = {(each["area"], each["office"]): each for each in self.lists("--correct")["lists"]}
        self.assertEqual((said["230377", "civil_affairs"]["state"], said["230377", "civil_affairs"]["rows"]), ("corrected", 0))
        self.assertIn("P009", Sheet(self.folder / "lists" / f"{LIST.format('230377', '民政')}_更正1.xlsx", 4).all_text())

    # Killed while files were made, and after one of a list's two was put in place.
    def test_a_run_that_was_killed_is_completed(self):
        self.lists()
        before = self.published()
        (self.folder / "lists" / f"{COUNTY}.csv").unlink()
        (self.folder / "lists" / ".in-the-making").mkdir()
        (self.folder / "lists" / ".in-the-making" / "half.csv").write_text("half")
        self.lists()
        self.assertEqual(self.published(), before)

    def test_one_program_publishes_at_a_time(self):
        self.lists()
        folder = os.open(self.folder / "lists", os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            done = self.run_it("lists", "--month", "2026-03", "--out", "lists", "--config", "settings.yaml", expect=69)
            self.assertIn("another program is writing", done.stderr)
        finally:
            os.close(folder)

    def test_refusals(self):
        done = self.run_it("lists", "--month", "2026-3", "--out", "x", "--config", "settings.yaml", expect=64)
        self.assertIn("2026-03", done.stderr)
        self.write("reference.yaml", REFERENCE.replace("25000", "26000"))
        done = self.run_it("lists", "--month", "2026-03", "--out", "x", "--config", "settings.yaml", expect=78)
        self.assertIn("other rules, figures or cities", done.stderr)


class Edges(Program):
    """Months at a year's turn, areas that nobody named, cities without a line."""

    SETTINGS = SETTINGS.replace("[jixi, yantai]", "[shuangyashan]")
    REFERENCE = 'income: {city: {2305: {2024: "24000.00", 2025: "30000.00"}}}\n'
    EVENTS = [
        bill("P1", "S1", "2025-12-20", "30000.00", "10000.00", area="230502", setl_time="2026-01-10 10:00:00"),  # last year's bill
        bill("P2", "S2", "2025-12-22", "30000.00", "10000.00", area="230502", setl_time="2026-02-15 10:00:00"),  # late
        bill("P3", "S3", "2026-01-05", "30000.00", "10000.00", area=None),  # of the only city in use
        bill("P4", "S4", "2026-01-05", "30000.00", "10000.00", area="230577"),  # a code without a name
    ]
    PERSONS = []

    def month(self, month):
        said = self.lists(out=month, month=month)["lists"]
        return {(each["area"], row["人员编号"]): row for each in said if each["office"] == "civil_affairs"
                for row in self.rows(Path(each["csv"]).stem, out=month)}

    def test_a_bill_of_last_year_is_listed_once_in_its_month(self):
        january = self.month("2026-01")
        self.assertEqual(sorted(january), [("", "P3"), ("230502", "P1"), ("230577", "P4")])
        row = january["230502", "P1"]
        self.assertEqual((row["年度"], row["本月新增"], row["次年补录"]), ("2025", "是", "否"))
        february = self.month("2026-02")
        self.assertEqual(sorted(february), [("", "P3"), ("230502", "P2"), ("230577", "P4")])
        row = february["230502", "P2"]
        self.assertEqual((row["年度"], row["本月新增"], row["次年补录"]), ("2025", "是", "是"))
        self.assertEqual(february["", "P3"]["本月新增"], "否")
        # December's list, made now, does not hold what came after it.
        self.assertEqual(self.month("2025-12"), {})

    def test_figures_are_those_of_the_rows_year(self):
        self.month("2026-01")
        figures = Sheet(self.folder / "2026-01" / "预警清单_230502尖山区_民政_2026-01.xlsx", 2).all_text()
        for words in ["2025年度预警规则", "2026年度预警规则", "全市上年居民人均可支配收入的25%，即6,000元", "全市上年居民人均可支配收入的25%，即7,500元"]:
            self.assertIn(words, figures)

    def test_areas_without_a_name(self):
        january = self.month("2026-01")
        self.assertEqual(january["230577", "P4"]["参保地"], "230577")
        self.assertEqual(january["", "P3"]["参保地"], "未注明")
        self.assertEqual(january["", "P3"]["姓名"], "")
        self.assertTrue((self.folder / "2026-01" / "预警清单_2305未注明_民政_2026-01.xlsx").exists())
        self.assertTrue((self.folder / "2026-01" / "预警清单_230577_民政_2026-01.xlsx").exists())

    def test_a_city_without_a_warning_line_gets_no_list(self):
        self.write("settings.yaml", SETTINGS.replace("[jixi, yantai]", "[yanbian]").replace("store: store", "store: other"))
        self.monitor()
        said = self.lists()
        self.assertEqual((said["lists"], said["cities_without_warnings"]), ([], ["yanbian"]))


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
                      "鸡冠区 230302", "12,000.17 元", "3,600.10 元", "第十四条", "第十条（三）", "由经办机构告知", "签字"]:
            self.assertIn(words, text)
        self.assertEqual(form.formulas, [])
        self.assertIn('orientation="portrait"', form.text)

        self.decide("--person", "P001", "--application", "2026-03-31", "--at", "2026-04-01 09:00:00")
        self.monitor()
        totals = self.run_it("export", "totals", "--config", "settings.yaml").stdout.splitlines()
        due = {json.loads(line)["psn_no"]: json.loads(line)["assistance_due"] for line in totals}
        self.assertEqual(due["P001"], "3600.10")
        self.lists()
        row = self.rows(COUNTY)[0]
        self.assertEqual((row["可申请尚未申请"], row["应救助金额"], row["申请后应救助金额"]), ("否", "3600.10", ""))
        again = self.apply("P001", "2026-08-15", expect=65)
        self.assertIn("2026-03-31", again.stderr)

    def test_offices_work_beside_a_running_monitor(self):
        self.write("follow.yaml", SETTINGS.replace("follow: false", "").replace("decisions.ndjson}", "decisions.ndjson, follow: true}"))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("YUJING_")}
        running = subprocess.Popen([YUJING, "run", "--config", "follow.yaml"], cwd=self.folder, env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.lists()
            self.apply("P001", "2026-03-31")
            self.decide("--person", "P001", "--application", "2026-03-31")
            self.assertIsNone(running.poll())
        finally:
            running.terminate()
            self.assertEqual(running.wait(timeout=60), 0)
        self.assertEqual(self.rows(COUNTY)[0]["可申请尚未申请"], "是")
        self.monitor()
        self.lists("--correct")
        row = self.rows(COUNTY + "_更正1")[0]
        self.assertEqual((row["可申请尚未申请"], row["应救助金额"], row["申请最晚日期"]), ("否", "3600.10", ""))

    def test_pages_of_a_long_form_belong_together(self):
        self.append_events(*[bill("P005", f"T{day}", f"2026-03-{day:02}", "100.00", "40.00") for day in range(1, 32)])
        self.apply("P005", "2026-04-01")
        form = Sheet(self.folder / "form.xlsx", 1)
        self.assertIn("人员编号 P005　申请日期 2026-04-01", form.text)
        heading = next(name for name, cell in form.cells.items() if cell == ("text", "结算号"))[1:]
        with zipfile.ZipFile(self.folder / "form.xlsx") as book:
            self.assertIn(f"${heading}:${heading}<", book.read("xl/workbook.xml").decode())

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
