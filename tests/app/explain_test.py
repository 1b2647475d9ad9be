"""`yujing explain`: why a warning rule holds for a person, and why it does not."""

import json

from program import CASE, DONE, INPUT, USAGE, Test, lines, main, small_bill, yujing

PERSON = {"psn_no": "P1", "insu_admdvs": "230302",
          "categories": [{"category": "monitored", "from": "2026-03-01", "until": "2026-06-30"}]}
EVENTS = [small_bill("S1", "9000.00", setl_time="2026-02-01 08:00:00"),
          small_bill("S2", "500.00", setl_time="2026-05-01 08:00:00"),
          small_bill("S3", "700.00", setl_time="2026-05-02 08:00:00"),
          {"setl_id": "R3", "psn_no": "P1", "setl_time": "2026-05-03 08:00:00", "init_setl_id": "S3",
           "medfee_sumamt": "-700.00", "insu_admdvs": "230302"},
          small_bill("S4", "300.00", setl_time="2025-05-01 08:00:00")]


class Explain(Test):
    def read_events(self, events):
        self.write("persons.ndjson", lines([PERSON]))
        path = self.settings(events=events)
        self.expect(yujing("run", "--config", path, "--once", "--persons", self.folder / "persons.ndjson"), DONE)
        return path

    def page(self, path, *words):
        return self.expect(yujing("explain", "--person", "P1", "--config", path, *words), DONE).stdout.decode()

    def test_the_page_says_for_every_rule_whether_it_holds_and_why_not(self):
        path = self.read_events(EVENTS)
        page = self.page(path, "--year", "2026")
        self.assertIn("未预警：个人负担医疗费用超过1万元〔第十三条〕：负担 9,500.00 元，没有超过线 10,000.00 元，还差 500.00 元", page)
        self.assertRegex(page, "未预警：[^\n]*大病保险[^\n]*：没有由居民大病保险资金、职工大额医疗费用补助基金支付的结算")
        self.assertIn("已撤销或作废、不计入的结算 1 笔", page)
        page = self.page(path, "--year", "2025")
        self.assertIn("当时没有施行中的规则（鸡政办规〔2025〕4号 2026-01-01 至 2030-12-31 施行）", page)

    def test_one_rule_moment_by_moment(self):
        path = self.read_events(EVENTS + [small_bill("S5", "2000.00", setl_time="2026-07-05 08:00:00")])
        page = self.page(path, "--year", "2026", "--rule", "burden-over-10000")
        self.assertIn("2026 年结论：预警。由 2026-07-05 08:00:00 的结算 S5 越线（线 10,000.00 元，现为 11,500.00 元）", page)
        self.assertIn("2026-07-01 身份变化（没有登记的身份）：负担 9,500.00 元", page)
        self.assertIn("2026-07-05 结算 S5：负担 11,500.00 元，超过线 10,000.00 元", page)
        done = yujing("explain", "--person", "P1", "--year", "2026", "--rule", "critical-illness-started", "--json",
                      "--config", path)
        answer = json.loads(self.expect(done, DONE).stdout)
        self.assertEqual((answer["case_id"], answer["city"]), ("P1", "jixi"))
        (rule,) = answer["rules"]
        self.assertEqual((rule["holds"], rule["reason"], rule["crossed_by"]), (False, "not_started", None))
        self.assertEqual([(at["day"], at["setl_id"], at["held"], at["reason"]) for at in rule["moments"]],
                         [("2026-02-01", "S1", [], "not_in_population"),
                          ("2026-03-01", None, ["monitored"], "not_started"),
                          ("2026-05-01", "S2", ["monitored"], "not_started"),
                          ("2026-07-01", None, [], "not_in_population"),
                          ("2026-07-05", "S5", [], "not_in_population")])

    def test_a_year_without_settlements(self):
        path = self.read_events(EVENTS)
        self.assertIn("2027 年结论：未预警。没有计入的结算", self.page(path, "--year", "2027", "--rule", "burden-over-10000"))

    def test_a_case_without_a_store(self):
        case = dict(CASE, city="yantai", settlements=[dict(CASE["settlements"][0], insu_admdvs="370602")])
        path = self.write("case.json", json.dumps(case))
        page = self.expect(yujing("explain", "--case", path), DONE).stdout.decode()
        self.assertIn("不是规则所指的人：规则看低保边缘家庭成员", page)
        done = self.expect(yujing("explain", "--case", path, "--rule", "ordinary-over-150pct-income", "--json"), DONE)
        self.assertEqual(json.loads(done.stdout)["rules"][0]["reason"], "not_in_population")
        case["person"]["categories"] = []
        path = self.write("case.json", json.dumps(case))
        page = self.expect(yujing("explain", "--case", path, "--rule", "ordinary-over-150pct-income"), DONE).stdout.decode()
        self.assertIn("2026 年结论：不能确定。缺少2025年全省居民人均可支配收入，线不能确定；负担 25,000.00 元", page)

    def test_what_cannot_be_asked(self):
        path = self.read_events(EVENTS)
        self.expect(yujing("explain", "--person", "P1", "--year", "2026", "--rule", "nope", "--config", path), USAGE,
                    "`nope`", "jixi: burden-over-10000, critical-illness-started")
        self.expect(yujing("explain", "--person", "P1", "--config", path), USAGE, "--year")
        self.expect(yujing("explain", "--person", "P9", "--year", "2026", "--config", path), INPUT, "nothing is known")
        case = self.write("case.json", json.dumps(CASE))
        self.expect(yujing("explain", "--case", case, "--rule", "other-over-20000"), USAGE, "jixi: burden-over-10000")


if __name__ == "__main__":
    main()
