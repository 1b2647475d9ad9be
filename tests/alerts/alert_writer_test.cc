#include "alerts/alert_writer.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

using Json = nlohmann::ordered_json;
using monitor::AlertMessage;
using thresholds::IncomeFigure;
using thresholds::Reference;

Reference incomes() {
  Reference reference;
  reference.set_income(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll, 2303, 2025,
                       yuan("25000"));
  reference.set_income(IncomeFigure::Scope::kProvince, IncomeFigure::Population::kAll, 37, 2025,
                       yuan("45000"));
  return reference;
}

BillText pharmacy_of_january() {
  return {.setl_id = "S0",
          .setl_time = "2026-01-15 08:30:00",
          .enddate = "",
          .med_type = "41",
          .medfee = "300",
          .ownpay = "100",
          .inscp = "200",
          .hifp = "100"};
}

BillText stay_of_march() {
  return {.setl_id = "S1",
          .setl_time = "2026-03-09 10:00:00",
          .enddate = "2026-03-08",
          .medfee = "50000",
          .ownpay = "2000",
          .preselfpay = "3000",
          .inscp = "45000",
          .hifp = "20000",
          .hifmi = "5000",
          .maf = "14000"};
}

// 230302, dibao since January.
class JixiPerson : public WatchedPerson {
 public:
  JixiPerson() : WatchedPerson("jixi", "P1", "230302", incomes()) {
    record().household_id = "H-77";
    hold("dibao", "2026-01-01");
  }
};

Json data_of(const AlertMessage& message) { return Json::parse(message.data); }

// A line a key, so that a difference shows where it is.
std::string lines(const Json& json) { return json.dump(2); }

TEST(AlertWriter, TellsOfAJixiPersonAsOfficesNeedIt) {
  JixiPerson person;
  person.add(pharmacy_of_january());
  EXPECT_TRUE(person.look(2026).empty());
  EXPECT_EQ(person.scans(), 0);
  person.add(stay_of_march());
  const auto messages = person.look(2026, time("2026-03-10 07:05:09"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(person.scans(), 1);

  const AlertMessage& message = messages[0];
  EXPECT_EQ(message.psn_no, "P1");
  EXPECT_EQ(message.id, "jixi:burden-over-10000:P1:2026/1");
  EXPECT_EQ(message.type, "cn.yujing.alert.raised");
  EXPECT_EQ(message.source, "/yujing/jixi");
  EXPECT_EQ(message.subject, "jixi:burden-over-10000:P1:2026");
  EXPECT_EQ(message.time, "2026-03-10T07:05:09+08:00");
  EXPECT_EQ(message.city, "jixi");
  EXPECT_EQ(message.rule, "burden-over-10000");
  EXPECT_EQ(message.data.find('\n'), std::string::npos);
  EXPECT_EQ(message.data.find("H-77"), std::string::npos);
  EXPECT_EQ(lines(data_of(message)), lines(Json::parse(R"({
    "alert_id": "jixi:burden-over-10000:P1:2026",
    "revision": 1,
    "state": "open",
    "change": "raised",
    "city": "jixi",
    "city_name": "鸡西市",
    "county": "230302",
    "county_name": "鸡冠区",
    "psn_no": "P1",
    "year": 2026,
    "category": "dibao",
    "category_name": "低保对象",
    "warning_type": "into_poverty",
    "warning_type_name": "因病致贫",
    "rule": {
      "id": "burden-over-10000",
      "title": "个人负担医疗费用超过1万元",
      "cite": "第十三条",
      "document": "鸡政办规〔2025〕4号",
      "policy_version": "jixi-2026",
      "offices": ["civil_affairs", "agriculture"]
    },
    "measure": "burden_after_insurance",
    "line": "10000.00",
    "amount": "25200.00",
    "crossed_by": {
      "setl_id": "S1",
      "setl_time": "2026-03-09 10:00:00",
      "benefit_date": "2026-03-08"
    },
    "late": false,
    "totals": {
      "settlements": 2,
      "medfee": "50300.00",
      "own_expense": "2100.00",
      "paid": {"hifp_pay": "20100.00", "hifmi_pay": "5000.00", "maf_pay": "14000.00"},
      "burden_after_insurance": "25200.00",
      "burden_after_assistance": "11200.00",
      "in_policy_burden": "20100.00"
    },
    "assistance": {"due": "14000.00", "paid": "14000.00"},
    "counterfactual": [
      {"tier": "tekun", "tier_name": "特困人员", "category": "tekun",
       "assistance": "20000.00", "cite": "第六条（一）"},
      {"tier": "dibao", "tier_name": "低保对象、返贫致贫人口、孤儿、事实无人抚养儿童",
       "category": "dibao", "assistance": "14000.00", "cite": "第六条（一）"},
      {"tier": "monitored", "tier_name": "农村易返贫致贫人口、低保边缘家庭成员",
       "category": "monitored", "assistance": "10500.00", "cite": "第六条（一）"},
      {"tier": "illness_poverty", "tier_name": "因病致贫重病患者",
       "category": "illness_poverty", "assistance": "8400.00", "cite": "第六条（二）"}
    ],
    "application_covers_until": "2027-01-15"
  })")));
}

TEST(AlertWriter, TellsOfAYantaiPersonAsOfficesNeedIt) {
  WatchedPerson person("yantai", "P2", "370602", incomes());
  person.hold("monitored", "2026-02-10");
  person.add({.setl_id = "Y1",
              .setl_time = "2026-04-02 09:00:00",
              .enddate = "2026-04-01",
              .medfee = "80000",
              .ownpay = "5000",
              .preselfpay = "5000",
              .inscp = "70000",
              .hifp = "40000",
              .hifmi = "2000",
              .maf = "1000"});
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, "yantai:monitored-over-50pct-income:P2:2026/1");
  EXPECT_EQ(messages[0].time, "2026-04-02T09:00:00+08:00");
  EXPECT_EQ(lines(data_of(messages[0])), lines(Json::parse(R"({
    "alert_id": "yantai:monitored-over-50pct-income:P2:2026",
    "revision": 1,
    "state": "open",
    "change": "raised",
    "city": "yantai",
    "city_name": "烟台市",
    "county": "370602",
    "county_name": "芝罘区",
    "psn_no": "P2",
    "year": 2026,
    "category": "monitored",
    "category_name": "防止返贫监测帮扶对象",
    "warning_type": "back_into_poverty",
    "warning_type_name": "因病返贫",
    "rule": {
      "id": "monitored-over-50pct-income",
      "title": "低保边缘家庭成员和监测帮扶对象个人负担超过全省人均收入50%",
      "cite": "四（九）",
      "document": "烟政办发〔2022〕25号",
      "policy_version": "yantai-2023",
      "offices": ["civil_affairs", "rural_revitalization"]
    },
    "measure": "burden_after_insurance",
    "line": "22500.00",
    "amount": "38000.00",
    "crossed_by": {
      "setl_id": "Y1",
      "setl_time": "2026-04-02 09:00:00",
      "benefit_date": "2026-04-01"
    },
    "late": false,
    "totals": {
      "settlements": 1,
      "medfee": "80000.00",
      "own_expense": "5000.00",
      "paid": {"hifp_pay": "40000.00", "hifmi_pay": "2000.00", "maf_pay": "1000.00"},
      "burden_after_insurance": "38000.00",
      "burden_after_assistance": "37000.00",
      "in_policy_burden": "28000.00"
    },
    "assistance": {"due": "16350.00", "paid": "1000.00"},
    "counterfactual": [
      {"tier": "tekun", "tier_name": "特困人员（含孤儿、事实无人抚养儿童、重点困境儿童）",
       "category": "tekun", "assistance": "28000.00", "cite": "二（一）"},
      {"tier": "dibao", "tier_name": "低保对象", "category": "dibao",
       "assistance": "22820.00", "cite": "二（一）"},
      {"tier": "returned_poverty", "tier_name": "返贫致贫人口", "category": "returned_poverty",
       "assistance": "21980.00", "cite": "二（一）"},
      {"tier": "dibao_edge", "tier_name": "低保边缘家庭成员、防止返贫监测帮扶对象",
       "category": "dibao_edge", "assistance": "16350.00", "cite": "二（一）"},
      {"tier": "illness_poverty", "tier_name": "因病致贫重病患者",
       "category": "illness_poverty", "assistance": "10800.00", "cite": "三（七）"}
    ],
    "application_covers_until": "2027-04-30"
  })")));
}

TEST(AlertWriter, AReversalClearsWithWhatWasLastSentAndTheTotalsOfNow) {
  JixiPerson person;
  person.add(pharmacy_of_january());
  person.add(stay_of_march());
  const Json raised = data_of(person.look(2026).at(0));
  EXPECT_TRUE(person.look(2026).empty());

  person.remove("S1");
  const auto messages = person.look(2026, time("2026-05-01 00:00:00"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, "jixi:burden-over-10000:P1:2026/2");
  EXPECT_EQ(messages[0].type, "cn.yujing.alert.cleared");
  EXPECT_EQ(messages[0].time, "2026-05-01T00:00:00+08:00");
  const Json cleared = data_of(messages[0]);
  EXPECT_EQ(cleared["revision"], 2);
  EXPECT_EQ(cleared["state"], "cleared");
  EXPECT_EQ(cleared["change"], "cleared");
  for (const char* same : {"alert_id", "county", "category", "category_name", "warning_type",
                           "rule", "measure", "line", "amount", "late"}) {
    EXPECT_EQ(cleared[same], raised[same]) << same;
  }
  EXPECT_EQ(cleared["crossed_by"]["setl_id"], "S1");
  EXPECT_EQ(cleared["crossed_by"]["setl_time"], "2026-03-09 10:00:00");
  EXPECT_EQ(cleared["crossed_by"]["benefit_date"], nullptr);
  EXPECT_EQ(cleared["totals"]["burden_after_insurance"], "200.00");
  EXPECT_EQ(cleared["application_covers_until"], "2027-01-15");

  person.add(stay_of_march());
  const auto again = person.look(2026);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, "jixi:burden-over-10000:P1:2026/3");
  EXPECT_EQ(again[0].type, "cn.yujing.alert.raised");
  EXPECT_EQ(data_of(again[0])["revision"], 3);
}

TEST(AlertWriter, AYearWithNothingLeftHasNothingToApplyFor) {
  JixiPerson person;
  person.add(stay_of_march());
  ASSERT_EQ(person.look(2026).size(), 1U);
  person.remove("S1");
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].time, "2026-03-09T10:00:00+08:00");
  const Json cleared = data_of(messages[0]);
  EXPECT_EQ(cleared["totals"]["settlements"], 0);
  EXPECT_EQ(cleared["totals"]["paid"], Json::object());
  EXPECT_EQ(cleared["application_covers_until"], nullptr);
  EXPECT_EQ(cleared["counterfactual"].at(0)["assistance"], "0.00");
}

TEST(AlertWriter, ALaterBillIsNoNewsButAnEarlierCrossingIs) {
  JixiPerson person;
  person.add(stay_of_march());
  ASSERT_EQ(person.look(2026).size(), 1U);
  BillText later = stay_of_march();
  later.setl_id = "S2";
  later.setl_time = "2026-06-01 10:00:00";
  later.enddate = "2026-05-30";
  person.add(later);
  EXPECT_TRUE(person.look(2026).empty());

  BillText earlier = later;
  earlier.setl_id = "S-late-to-arrive";
  earlier.setl_time = "2026-02-01 10:00:00";
  earlier.enddate = "2026-01-30";
  person.add(earlier);
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].type, "cn.yujing.alert.changed");
  const Json changed = data_of(messages[0]);
  EXPECT_EQ(changed["change"], "changed");
  EXPECT_EQ(changed["state"], "open");
  EXPECT_EQ(changed["crossed_by"]["setl_id"], "S-late-to-arrive");
  EXPECT_EQ(changed["amount"], "75000.00");
}

TEST(AlertWriter, ACategoryChangeTellsEachRuleByItself) {
  JixiPerson person;
  person.record().categories.clear();
  person.add(stay_of_march());
  const Json raised = data_of(person.look(2026).at(0));
  EXPECT_EQ(raised["category"], nullptr);
  EXPECT_EQ(raised["category_name"], nullptr);

  person.hold("monitored", "2026-01-01");
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].id, "jixi:burden-over-10000:P1:2026/2");
  EXPECT_EQ(messages[0].type, "cn.yujing.alert.changed");
  EXPECT_EQ(data_of(messages[0])["category"], "monitored");
  EXPECT_EQ(data_of(messages[0])["warning_type"], "back_into_poverty");
  EXPECT_EQ(messages[1].id, "jixi:critical-illness-started:P1:2026/1");
  EXPECT_EQ(messages[1].type, "cn.yujing.alert.raised");
  const Json started = data_of(messages[1]);
  EXPECT_EQ(started["measure"], "critical_illness_started");
  EXPECT_EQ(started["line"], nullptr);
  EXPECT_EQ(started["amount"], "5000.00");
}

// The first category in the tiers' order is dibao; it is the other one that says 因病返贫.
TEST(AlertWriter, AnyCategoryHeldAtTheCrossingMakesItBackIntoPoverty) {
  JixiPerson person;
  person.hold("monitored", "2026-03-01", "2026-03-08");
  person.add(stay_of_march());
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(data_of(messages[0])["category"], "dibao");
  EXPECT_EQ(data_of(messages[0])["warning_type"], "back_into_poverty");
  EXPECT_EQ(data_of(messages[0])["warning_type_name"], "因病返贫");

  person.remove("S1");
  const auto cleared = person.look(2026);
  ASSERT_EQ(cleared.size(), 2U);
  EXPECT_EQ(data_of(cleared[1])["rule"]["id"], "critical-illness-started");
}

TEST(AlertWriter, ACrossingSettledAfterJanuaryIsLate) {
  JixiPerson person;
  BillText late = stay_of_march();
  late.setl_time = "2027-02-01 00:00:00";
  late.enddate = "2026-12-20";
  person.add(late);
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  const Json data = data_of(messages[0]);
  EXPECT_EQ(data["year"], 2026);
  EXPECT_EQ(data["late"], true);
  EXPECT_EQ(data["crossed_by"]["benefit_date"], "2026-12-20");
  EXPECT_EQ(data["application_covers_until"], "2027-12-20");
  EXPECT_TRUE(person.alerts().at(0).late);
}

TEST(AlertWriter, ARuleGoneFromThePoliciesIsCleared) {
  JixiPerson person;
  person.add(pharmacy_of_january());
  person.alerts() = {{.rule = "burden-over-9000",
                      .open = true,
                      .revision = 3,
                      .by = {time("2026-01-15 08:30:00"), "S0"},
                      .category = "a-category-of-old",
                      .line = yuan("9000"),
                      .amount = yuan("9500"),
                      .late = false}};
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, "jixi:burden-over-9000:P1:2026/4");
  const Json data = data_of(messages[0]);
  EXPECT_EQ(data["change"], "cleared");
  EXPECT_EQ(data["category"], "a-category-of-old");
  EXPECT_EQ(data["category_name"], nullptr);
  EXPECT_EQ(data["rule"]["id"], "burden-over-9000");
  EXPECT_EQ(data["rule"]["title"], nullptr);
  EXPECT_EQ(data["rule"]["policy_version"], nullptr);
  EXPECT_EQ(data["rule"]["offices"], Json::array());
  EXPECT_EQ(data["measure"], nullptr);
  EXPECT_EQ(data["line"], "9000.00");
  EXPECT_EQ(data["amount"], "9500.00");
  EXPECT_EQ(data["crossed_by"]["benefit_date"], "2026-01-15");
  EXPECT_EQ(data["warning_type"], "into_poverty");
  EXPECT_FALSE(person.alerts().at(0).open);
  EXPECT_TRUE(person.look(2026).empty());
}

TEST(AlertWriter, ASettlementCanComeBeforeThePersonsRecord) {
  JixiPerson person;
  person.add(stay_of_march());
  person.state().person.reset();
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(data_of(messages[0])["county"], "230302");
  person.remove("S1");
  const auto unknown = data_of(person.look(2026).at(0));
  EXPECT_EQ(unknown["county"], nullptr);
  EXPECT_EQ(unknown["county_name"], nullptr);
}

TEST(AlertWriter, SaysOverWhatARuleSumsWhereItIsNotTheYear) {
  WatchedPerson person("ganyu", "P1", "997001", Reference());
  person.add({.setl_id = "S0",
              .setl_time = "2025-12-20 10:00:00",
              .enddate = "",
              .med_type = "11",
              .medfee = "7000",
              .inscp = "7000",
              .maf = "1"});
  person.add({.setl_id = "S1",
              .setl_time = "2026-03-09 10:00:00",
              .enddate = "2026-03-08",
              .medfee = "5500",
              .inscp = "5500"});
  const auto messages = person.look(2026);
  ASSERT_EQ(messages.size(), 2U);
  const Json rolling = data_of(messages[0]);
  EXPECT_EQ(rolling.at("alert_id"), "ganyu:rolling-over-10000:P1:2026");
  EXPECT_EQ(rolling.at("per"), "rolling_12_months");
  EXPECT_FALSE(rolling.contains("care"));
  EXPECT_EQ(rolling.at("amount"), "12500.00");
  EXPECT_EQ(rolling.at("line"), "10000.00");
  EXPECT_EQ(rolling.at("totals").at("burden_after_insurance"), "5500.00");  // of the year
  const Json stay = data_of(messages[1]);
  EXPECT_EQ(stay.at("rule").at("id"), "stay-over-5000");
  EXPECT_EQ(stay.at("per"), "stay");
  EXPECT_EQ(stay.at("care"), Json::array({"inpatient"}));
  EXPECT_EQ(stay.at("amount"), "5500.00");
}

}  // namespace
}  // namespace yujing::alerts
