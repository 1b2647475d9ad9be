#include "consumer/case_codec.h"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/delivery_facts.h"
#include "thresholds/civil_day.h"

namespace yujing::consumer {
namespace {

using testing::HasSubstr;
using tests::Facts;
using tests::facts_of;
using thresholds::civil_day;
using thresholds::IncomeFigure;
using thresholds::Money;
using thresholds::RuleBook;

using Scope = IncomeFigure::Scope;
using Population = IncomeFigure::Population;

// Names and codes of the cities; no rules are needed to read a case.
const RuleBook& rules() {
  static const RuleBook kRules = [] {
    RuleBook book;
    const std::vector<std::pair<std::string, std::int32_t>> cities = {{"jixi", 2303},
                                                                      {"shuangyashan", 2305},
                                                                      {"jincheng", 1405},
                                                                      {"yantai", 3706},
                                                                      {"yanbian", 2224}};
    for (const auto& [id, code] : cities) {
      auto& city = book.cities.emplace_back();
      city.id = id;
      city.code = code;
    }
    return book;
  }();
  return kRules;
}

constexpr std::string_view kBill =
    R"({"setl_id":"S1","setl_time":"2026-03-09","med_type":"21","medfee_sumamt":"100"})";

std::string case_with(std::string_view more) {
  return R"({"case_id":"c1","city":"jincheng","person":{},"settlements":[)" + std::string(kBill) +
         "]" + std::string(more) + "}";
}

TEST(CaseCodec, ReadsACase) {
  CaseCodec codec(rules());
  const auto read = codec.decode(R"({"case_id":"c1","city":"jixi",
    "person":{"psn_no":"P1","hukou_admdvs":"230302","categories":[{"category":"dibao",
      "from":"2025-01-01","until":null}],"applications":[{"date":"2026-05-01"}]},
    "application":{"date":"2026-08-15"},"applications":[{"date":"2026-07-01"}],
    "settlements":[{"setl_id":"S1","setl_time":"2026-03-09 10:00:00","enddate":"2026-03-08",
      "med_type":"21","medfee_sumamt":"50000.00","insu_admdvs":"440301","psn_no":"other"},
      {"setl_id":"S2","setl_time":"2026-03-10","init_setl_id":"S1","medfee_sumamt":-50000,
       "vali_flag":"0","updt_time":"2026-03-11"}],
    "premium":{"year":2026,"on":"2026-01-05"}})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->case_id_json, "\"c1\"");
  EXPECT_EQ(read->city->id, "jixi");
  EXPECT_EQ(read->person.psn_no, "P1");
  EXPECT_EQ(read->person.hukou_admdvs, "230302");
  ASSERT_EQ(read->person.categories.size(), 1U);
  EXPECT_EQ(read->person.categories[0].from, civil_day(2025, 1, 1));
  EXPECT_EQ(read->person.applications,
            (std::vector{civil_day(2026, 5, 1), civil_day(2026, 8, 15), civil_day(2026, 7, 1)}));
  ASSERT_EQ(read->deliveries.size(), 2U);
  EXPECT_EQ(facts_of(read->deliveries[0]), (Facts{{"psn_no", "P1"},
                                                  {"setl_id", "S1"},
                                                  {"setl_time", "2026-03-09 10:00:00"},
                                                  {"enddate", "2026-03-08"},
                                                  {"med_type", "21"},
                                                  {"insu_admdvs", "440301"},
                                                  {"medfee_sumamt", "50000.00"}}));
  EXPECT_TRUE(read->deliveries[1].is_void);
  EXPECT_EQ(read->deliveries[1].settlement.psn_no, "P1");
  ASSERT_TRUE(read->premium);
  EXPECT_EQ(read->premium->year, 2026);
  EXPECT_EQ(read->premium->on, civil_day(2026, 1, 5));
  EXPECT_FALSE(read->reference);
}

TEST(CaseCodec, NeedsOnlyCityPersonAndSettlements) {
  CaseCodec codec(rules());
  const auto read = codec.decode(
      R"({"city":"yanbian","settlements":[],"person":{},"premium":null,"reference":null})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->case_id_json, "null");
  EXPECT_TRUE(read->deliveries.empty());
  EXPECT_FALSE(read->premium);
  EXPECT_FALSE(read->reference);
}

TEST(CaseCodec, GivesTheCaseIdBackAsItCame) {
  CaseCodec codec(rules());
  for (const std::string id :
       {"\"a\\u0062\\n\"", "17", "1.50", "null", "true", "[1, {\"a\":[]} ]", "{ \"b\" : \"}\" }"}) {
    const auto read = codec.decode("{\"case_id\" : " + id +
                                   " ,\"city\":\"jixi\",\"person\":{},\"settlements\":[]}");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->case_id_json, id);
    const auto refused = codec.decode("{\"case_id\":" + id + "}");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().case_id_json, id);
  }
}

TEST(CaseCodec, TakesTheFiguresOfItsCity) {
  CaseCodec codec(rules());
  const auto read = codec.decode(case_with(R"(,"reference":{
    "income":{"city":{"2024":"25000.00","2025":26000},"province":{"2025":{"amount":"30000.00","source":"x"}},
      "city_urban":{"2025":"1.00"},"city_rural":{"2025":"2.00"},"province_urban":{"2025":"3.00"},
      "province_rural":{"2025":"4.00"}},
    "premium":{"2026":"400.00","2027":null},"single_disease":{"M00001":"8000.00"},
    "published":{"deductible":{"2026":"500"}}})"));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(read->reference);
  const auto& figures = *read->reference;
  const auto income = [&](Scope scope, Population population, std::int32_t year) {
    return figures.income(1405, {scope, population, 1}, year);
  };
  EXPECT_EQ(income(Scope::kCity, Population::kAll, 2024), Money{2'500'000});
  EXPECT_EQ(income(Scope::kCity, Population::kAll, 2025), Money{2'600'000});
  EXPECT_EQ(income(Scope::kProvince, Population::kAll, 2025), Money{3'000'000});
  EXPECT_EQ(income(Scope::kCity, Population::kUrban, 2025), Money{100});
  EXPECT_EQ(income(Scope::kCity, Population::kRural, 2025), Money{200});
  EXPECT_EQ(income(Scope::kProvince, Population::kUrban, 2025), Money{300});
  EXPECT_EQ(income(Scope::kProvince, Population::kRural, 2025), Money{400});
  EXPECT_EQ(income(Scope::kCity, Population::kAll, 2026), std::nullopt);
  EXPECT_EQ(figures.premium(1405, 2026), Money{40'000});
  EXPECT_EQ(figures.premium(1405, 2027), std::nullopt);
  EXPECT_EQ(figures.single_disease(1405, "M00001"), Money{800'000});
  EXPECT_EQ(figures.published(1405, "deductible", 2026), Money{50'000});
}

struct Failing {
  std::string text;
  std::string_view code;
  std::string_view says;
};

void expect_failures(const std::vector<Failing>& cases) {
  CaseCodec codec(rules());
  for (const auto& failing : cases) {
    SCOPED_TRACE(failing.text);
    const auto read = codec.decode(failing.text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, failing.code);
    EXPECT_THAT(read.error().message, HasSubstr(std::string(failing.says)));
    EXPECT_EQ(read.error().case_id_json, failing.code == "not_json" ? "null" : "\"c1\"");
  }
}

TEST(CaseCodec, FailsOnItsParts) {
  expect_failures({
      {R"({"case_id":"c1","city":"jixi")", "not_json", "JSON"},
      {R"(["c1"])", "not_json", "JSON"},
      {R"({"case_id":"c1"})", "missing_field", "`city`"},
      {R"({"case_id":"c1","city":"","settlements":[]})", "missing_field", "`city`"},
      {R"({"case_id":"c1","city":"harbin","settlements":[]})", "unknown_city",
       "jixi, shuangyashan"},
      {R"({"case_id":"c1","city":"jixi","person":{}})", "missing_field", "`settlements`"},
      {R"({"case_id":"c1","city":"jixi","settlements":[]})", "missing_field", "`person`"},
      {R"({"case_id":"c1","city":"jixi","person":{},"settlements":{}})", "missing_field",
       "no list"},
      {case_with(R"(,"person":[])"), "missing_field", "`person`"},
      {case_with(R"(,"person":{"categories":[{"category":"dibao","from":"2026-02-30"}]})"),
       "bad_date", "person: categories[0].from"},
      {case_with(R"(,"person":{"applications":[{"date":"x"}]})"), "bad_date", "person"},
      {case_with(R"(,"application":"2026-01-01")"), "missing_field", "`application`"},
      {case_with(R"(,"application":{"date":"2026-02-30"})"), "bad_date", "application"},
      {case_with(R"(,"application":{})"), "missing_field", "`date`"},
      {case_with(R"(,"applications":{})"), "missing_field", "`applications`"},
      {case_with(R"(,"premium":{"on":"2026-01-05"})"), "missing_field", "premium.year"},
      {case_with(R"(,"premium":{"year":26,"on":"2026-01-05"})"), "bad_date", "premium.year"},
      {case_with(R"(,"premium":{"year":2026})"), "missing_field", "premium.on"},
      {case_with(R"(,"premium":{"year":2026,"on":"2026-02-29"})"), "bad_date", "premium.on"},
      {case_with(R"(,"premium":5)"), "missing_field", "premium"},
  });
}

TEST(CaseCodec, FailsOnItsFirstBadSettlementAndNamesIt) {
  const auto with = [](std::string_view second) {
    return R"({"case_id":"c1","city":"jixi","person":{},"settlements":[)" + std::string(kBill) +
           "," + std::string(second) + R"(,{"setl_id":"S3"}]})";
  };
  expect_failures({
      {with(R"({"setl_time":"2026-03-09"})"), "missing_field", "settlements[1]: setl_id"},
      {with("5"), "missing_field", "settlements[1] is no object"},
      {with(R"({"setl_id":"S2","med_type":"21","medfee_sumamt":"1"})"), "missing_field",
       "settlements[1]: setl_time"},
      {with(R"({"setl_id":"S2","setl_time":"2026-01-01","med_type":"21","medfee_sumamt":"1.005"})"),
       "bad_amount", "settlements[1]: medfee_sumamt"},
      {with(R"({"setl_id":"S2","setl_time":"2026-02-30","med_type":"21","medfee_sumamt":"1"})"),
       "bad_date", "settlements[1]: setl_time"},
      {with(R"({"setl_id":"S2","setl_time":"2026-01-01","med_type":"21","medfee_sumamt":"1",
               "psn_part_amt":1,"acct_pay":1,"psn_cash_pay":1})"),
       "sums_disagree", "settlements[1]: S4"},
      {with(kBill), "missing_field", "settlements[2]: setl_time"},
  });
}

TEST(CaseCodec, FailsOnFiguresThatCannotBeUsed) {
  const auto with = [](std::string_view reference) {
    return case_with(",\"reference\":" + std::string(reference));
  };
  expect_failures({
      {with("[]"), "bad_reference", "no object"},
      {with(R"({"incomes":{}})"), "bad_reference", "income, premium"},
      {with(R"({"income":[]})"), "bad_reference", "income is no object"},
      {with(R"({"income":{"county":{}}})"), "bad_reference", "city, province"},
      {with(R"({"income":{"city":5}})"), "bad_reference", "income.city is no object"},
      {with(R"({"income":{"city":{"2025":"abc"}}})"), "bad_reference", "income.city"},
      {with(R"({"income":{"city":{"2025":""}}})"), "bad_reference", "income.city"},
      {with(R"({"income":{"city":{"2025":"-1"}}})"), "bad_reference", "0 or more"},
      {with(R"({"income":{"province":{"25":"1"}}})"), "bad_reference", "year of income.province"},
      {with(R"({"premium":{"2026":"1.005"}})"), "bad_reference", "premium"},
      {with(R"({"premium":{"next":"1"}})"), "bad_reference", "year of premium"},
      {with(R"({"premium":{"2026":true}})"), "bad_reference", "premium"},
      {with(R"({"premium":{"2026":{"amount":"1","why":"x"}}})"), "bad_reference", "premium"},
      {with(R"({"premium":{"2026":{"source":"x"}}})"), "bad_reference", "premium"},
      {with(R"({"single_disease":{"M00001":"x"}})"), "bad_reference", "single_disease"},
      {with(R"({"published":{"deductible":"500"}})"), "bad_reference", "published"},
      {with(R"({"published":{"deductible":{"2026":"x"}}})"), "bad_reference", "published"},
  });
}

TEST(CaseCodec, ReadsAllGoldenCases) {
  std::ifstream cases(YUJING_SOURCE_DIR "/tests/cases/golden/cases.ndjson");
  std::ifstream results(YUJING_SOURCE_DIR "/tests/cases/golden/expected.ndjson");
  CaseCodec codec(rules());
  std::string line;
  std::string result;
  std::size_t count = 0;
  while (std::getline(cases, line) && std::getline(results, result)) {
    ++count;
    const auto read = codec.decode(line);
    const bool fails = result.find("\"error\"") != std::string::npos;
    ASSERT_EQ(read.has_value(), !fails) << line;
    const std::string& id = read ? read->case_id_json : read.error().case_id_json;
    EXPECT_THAT(result, HasSubstr(id));
  }
  EXPECT_EQ(count, 263U);
}

}  // namespace
}  // namespace yujing::consumer
