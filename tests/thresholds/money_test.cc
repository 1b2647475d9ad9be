#include "thresholds/money.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::thresholds {
namespace {

struct Readable {
  const char* text;
  std::int64_t fen;
};

TEST(ParseMoney, ReadsWhatIsAnAmount) {
  for (const auto& [text, fen] : {Readable{"0", 0},
                                  {"12345.67", 1'234'567},
                                  {"-12345.67", -1'234'567},
                                  {"-0", 0},
                                  {"0.00", 0},
                                  {"-0.00", 0},
                                  {"-1.05", -105},
                                  {"00000000000.01", 1},
                                  {"99999999999.99", 9'999'999'999'999},
                                  {"000000000000.01", 1},
                                  {"0.1", 10},
                                  {"4.5", 450},
                                  {"4.500", 450},
                                  {"4.50000000000000000000000000", 450},
                                  {".5", 50},
                                  {"-.05", -5},
                                  {"5.", 500},
                                  {"007.50", 750},
                                  {"0000000000000000000000000000001", 100},
                                  {"1e3", 100'000},
                                  {"1E3", 100'000},
                                  {"1e+3", 100'000},
                                  {"12.34e2", 123'400},
                                  {"1250e-2", 1250},
                                  {"1e-2", 1},
                                  {"100000000000000000000e-20", 100},
                                  {"0e99999999999999999999999", 0},
                                  {"999999999999.99", kAmountLimitFen - 1},
                                  {"-999999999999.99", 1 - kAmountLimitFen}}) {
    const auto amount = parse_money(text);
    ASSERT_TRUE(amount.has_value()) << text;
    EXPECT_EQ(amount->fen, fen) << text;
  }
}

TEST(ParseMoney, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "-",
                           "+1",
                           "--1",
                           "1,000",
                           " 1",
                           "1 ",
                           "1\n",
                           "NaN",
                           "nan",
                           "inf",
                           "0x10",
                           "1e",
                           "e3",
                           "1e+",
                           "1e3.5",
                           ".",
                           "-.",
                           "1.2.3",
                           "1..00",
                           "x.00",
                           "1x.00",
                           "1.x0",
                           "1.0x",
                           "/.00",
                           "1.0:",
                           "--.00",
                           "-1-.00",
                           "1-",
                           "￥1",
                           "一百",
                           "1_000",
                           "4.505",
                           "0.001",
                           "1e-3",
                           "true",
                           "null",
                           "1e13",
                           "1e99999999999999999",
                           "1000000000000",
                           "-1000000000000",
                           "1000000000000.00",
                           "99999999999999999999999999999999"}) {
    EXPECT_FALSE(parse_money(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_money(std::string_view("1\0", 2)).has_value());
}

TEST(MoneyText, HasTwoDecimals) {
  EXPECT_EQ(to_string(Money{0}), "0.00");
  EXPECT_EQ(to_string(Money{5}), "0.05");
  EXPECT_EQ(to_string(Money{-5}), "-0.05");
  EXPECT_EQ(to_string(Money{1'234'567}), "12345.67");
  EXPECT_EQ(to_string(Money{std::numeric_limits<std::int64_t>::min()}), "-92233720368547758.08");
  std::string line = "amount=";
  append(line, Money{-100});
  EXPECT_EQ(line, "amount=-1.00");
}

TEST(MoneyText, IsGroupedForPeople) {
  EXPECT_EQ(to_grouped_string(Money{99'999}), "999.99");
  EXPECT_EQ(to_grouped_string(Money{100'000}), "1,000.00");
  EXPECT_EQ(to_grouped_string(Money{-123'456'789}), "-1,234,567.89");
}

TEST(RatioText, IsAPercentage) {
  EXPECT_EQ(to_string(Ratio{0}), "0%");
  EXPECT_EQ(to_string(Ratio{7000}), "70%");
  EXPECT_EQ(to_string(Ratio{1250}), "12.5%");
  EXPECT_EQ(to_string(Ratio{1}), "0.01%");
  EXPECT_EQ(to_string(Ratio{15'000}), "150%");
}

TEST(HalfUp, RoundsTheHalfTowardsPositiveInfinity) {
  EXPECT_EQ(half_up(Ratio{5000}, Money{1}).fen, 1);    // 0.5
  EXPECT_EQ(half_up(Ratio{5000}, Money{-1}).fen, 0);   // -0.5
  EXPECT_EQ(half_up(Ratio{5000}, Money{-3}).fen, -1);  // -1.5
  EXPECT_EQ(half_up(Ratio{4999}, Money{1}).fen, 0);
  EXPECT_EQ(half_up(Ratio{7000}, Money{33'333}).fen, 23'333);  // 23,333.1
}

TEST(TruncateToYuan, CutsTheFen) {
  EXPECT_EQ(truncate_to_yuan(Ratio{1000}, Money{2'164'190}).fen, 216'400);
  EXPECT_EQ(truncate_to_yuan(Ratio{10'000}, Money{99}).fen, 0);
}

TEST(HalfUpToYuan, RoundsAtFiftyFen) {
  EXPECT_EQ(half_up_to_yuan(Ratio{1000}, Money{2'164'490}).fen, 216'400);
  EXPECT_EQ(half_up_to_yuan(Ratio{1000}, Money{2'164'500}).fen, 216'500);
  EXPECT_EQ(half_up_to_yuan(Ratio{10'000}, Money{49}).fen, 0);
}

rc::Gen<std::int64_t> any_amount() {
  return rc::gen::inRange<std::int64_t>(1 - kAmountLimitFen, kAmountLimitFen);
}

RC_GTEST_PROP(MoneyProperties, ParsingUndoesPrinting, ()) {
  const Money amount{*any_amount()};
  RC_ASSERT(parse_money(to_string(amount)) == amount);
}

RC_GTEST_PROP(MoneyProperties, MeansTheSameHoweverItIsSpelt, ()) {
  const Money amount{*any_amount()};
  std::string text = to_string(amount);
  const std::size_t sign = amount.fen < 0 ? 1 : 0;
  text.insert(sign, std::string(*rc::gen::inRange<std::size_t>(0, 30), '0'));
  text.append(*rc::gen::inRange<std::size_t>(0, 30), '0');
  RC_ASSERT(parse_money(text) == amount);

  // The same digits without a point, moved by an exponent.
  const int shift = *rc::gen::inRange(0, 20);
  const std::string moved = std::to_string(amount.fen) +
                            std::string(static_cast<std::size_t>(shift), '0') + "e-" +
                            std::to_string(shift + 2);
  RC_ASSERT(parse_money(moved) == amount);
}

RC_GTEST_PROP(MoneyProperties, ReadsWhateverItIsGiven, (const std::string& text)) {
  const auto amount = parse_money(text);
  if (amount) RC_ASSERT(parse_money(to_string(*amount)) == amount);
}

// Half up by counting: the largest whole number whose distance below the exact value is less than
// half, found by walking, without a division.
std::int64_t slow_half_up(std::int64_t per_ten_thousand, std::int64_t fen) {
  const std::int64_t twice = 2 * per_ten_thousand * fen;  // in 1/20,000 fen
  std::int64_t rounded = 0;
  while (20'000 * rounded + 10'000 <= twice)
    ++rounded;
  while (20'000 * rounded - 10'000 > twice)
    --rounded;
  return rounded;
}

RC_GTEST_PROP(MoneyProperties, HalfUpIsExact, ()) {
  const auto ratio = *rc::gen::inRange<std::int32_t>(0, 20'001);
  const auto fen = *rc::gen::inRange<std::int64_t>(-20'000, 20'001);
  RC_ASSERT(half_up(Ratio{ratio}, Money{fen}).fen == slow_half_up(ratio, fen));
}

RC_GTEST_PROP(MoneyProperties, HalfUpOfAWholeIsTheWhole, ()) {
  const Money amount{*any_amount()};
  RC_ASSERT(half_up(Ratio{10'000}, amount) == amount);
  RC_ASSERT(half_up(Ratio{0}, amount) == Money{0});
}

}  // namespace
}  // namespace yujing::thresholds
