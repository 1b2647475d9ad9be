#include "app/run_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

consumer::MonitorSummary summary() {
  consumer::MonitorSummary made;
  made.lines = 2000;
  made.applied = 1990;
  made.duplicates = 7;
  made.refused = 3;
  made.refused_by_reason = {{"bad_date", 1}, {"not_json", 2}};
  made.alerts_raised = 1;
  return made;
}

TEST(RunSummary, SaysWhatBecameOfTheEvents) {
  const auto text = summary_text(summary(), 2.0);
  EXPECT_THAT(text, HasSubstr("2,000 events read in 2.0 s (1,000 a second)\n"));
  EXPECT_THAT(text, HasSubstr("1,990 new, 7 sent again\n"));
  EXPECT_THAT(text, HasSubstr("refused   3 (1 bad_date, 2 not_json)\n"));
  EXPECT_THAT(text, HasSubstr("warnings  1 raised\n"));
}

TEST(RunSummary, OfARunThatWaitedForEventsHasNoRate) {
  const auto text = summary_text(summary(), 0);
  EXPECT_THAT(text, HasSubstr("2,000 events read\n"));
  EXPECT_THAT(text, Not(HasSubstr("second")));
}

TEST(RunSummary, SaysThatALastLineWasLeft) {
  auto cut = summary();
  cut.unfinished_bytes = 40;
  EXPECT_THAT(summary_text(cut, 1.0), HasSubstr("last line (40 bytes) is unfinished"));
}

TEST(RunSummary, CountsOneAsOne) {
  consumer::MonitorSummary one;
  one.lines = one.reversals = one.ignored = one.records_read = 1;
  EXPECT_EQ(summary_text(one, 0),
            "1 event read\n"
            "  events    1 reversal, 1 pre-settlement ignored\n"
            "  persons   1 record read\n"
            "  warnings  none sent\n");
}

TEST(RunSummary, AsJsonIsOneObject) {
  EXPECT_EQ(
      summary_json(summary(), 2.0),
      R"({"lines":2000,"applied":1990,"duplicate":7,"replaced":0,"outdated":0,"reversed":0,"dead_letter":3,)"
      R"("dead_letters":{"bad_date":1,"not_json":2},"ignored":0,"records_read":0,"unknown_categories":0,"certified_elsewhere":0,)"
      R"("alerts_raised":1,"alerts_changed":0,"alerts_cleared":0,"unfinished_bytes":0,"seconds":2.000})"
      "\n");
}

}  // namespace
}  // namespace yujing::app
