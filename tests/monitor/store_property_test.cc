// A store is read as a map of what was put, whatever of it is pending, being written, committed or
// held in memory, and as if what was discarded had never been put.
#include <future>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

std::int32_t below(std::int32_t limit) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit));
}

// What was put of one person.
struct Model {
  std::map<std::string, std::vector<Entry>> entries;  // by setl_id
  std::map<std::string, std::set<std::string>> reversals;
  std::optional<PersonState> state;
  std::optional<std::string> note;

  [[nodiscard]] std::map<std::string, LedgerItem> items() const {
    std::map<std::string, LedgerItem> items;
    for (const auto& [setl_id, list] : entries) {
      for (const Entry& entry : list)
        fold(items[setl_id], entry);
    }
    return items;
  }
};

bool equal(const LedgerItem& a, const LedgerItem& b) {
  return a.content == b.content && a.updt_time == b.updt_time && a.is_void == b.is_void &&
         a.counts == b.counts && a.next_seq == b.next_seq;
}

void put_something(Store& store, const std::string& psn_no, Model& model) {
  const std::string id = "S" + std::to_string(below(6));
  switch (below(4)) {
    case 0: {
      Entry entry;
      std::vector<Entry>& list = model.entries[id];
      entry.kind = list.empty() || below(2) == 0 ? Entry::Kind::kEntered : Entry::Kind::kUndone;
      entry.seq = static_cast<std::uint32_t>(list.size());
      entry.content.psn_no = psn_no;
      entry.content.setl_id = id;
      entry.content.amount(Amount::kMedfee) = {below(1'000'000)};
      entry.counts = entry.kind == Entry::Kind::kEntered;
      list.push_back(entry);
      store.put_entry(psn_no, id, entry);
      break;
    }
    case 1: {
      const std::string reversal = "R" + std::to_string(below(3));
      model.reversals[id].insert(reversal);
      store.put_reversal(psn_no, ReversalKey::kByVisit, id, reversal);
      break;
    }
    case 2:
      model.state = PersonState();
      model.state->psn_no = psn_no;
      model.state->year_of(2303, 2020 + below(9)).account.totals.settlements = below(9);
      store.put_person(*model.state);
      break;
    default:
      model.note = std::to_string(below(1000));
      store.put_note(psn_no, *model.note);
      break;
  }
}

void compare(Store& store, const std::string& psn_no, const Model& model) {
  const std::map<std::string, LedgerItem> items = model.items();
  std::size_t seen = 0;
  must(store.items(psn_no, [&](const LedgerItem& item) {
    ++seen;
    RC_ASSERT(equal(item, items.at(item.content.setl_id)));
  }));
  RC_ASSERT(seen == items.size());
  for (int i = 0; i < 6; ++i) {
    const std::string id = "S" + std::to_string(i);
    const std::optional<LedgerItem> item = must(store.item(psn_no, id));
    RC_ASSERT(item.has_value() == items.contains(id));
    if (item) RC_ASSERT(equal(*item, items.at(id)));
    const std::vector<std::string> found = must(store.reversals(psn_no, ReversalKey::kByVisit, id));
    const auto known = model.reversals.find(id);
    const std::set<std::string> expected =
        known == model.reversals.end() ? std::set<std::string>() : known->second;
    RC_ASSERT(std::set<std::string>(found.begin(), found.end()) == expected);
    RC_ASSERT(found.size() == expected.size());
  }
  RC_ASSERT(must(store.person(psn_no)) == model.state);
  RC_ASSERT(must(store.note(psn_no)) == model.note);
}

// Any puts, commits, reads, batches given up and stores opened again, one person after the other.
void expect_a_map_of_what_was_put(const StoreOptions& options) {
  const TemporaryFolder folder;
  const auto open = [&] { return must(Store::open(folder.path(), Store::Mode::kWriter, options)); };
  const bool with_log = options.durability == Durability::kLog;
  std::unique_ptr<Store> store = open();
  int persons = 0;
  EXPECT_TRUE(rc::check([&] {
    const std::string psn_no = "P" + std::to_string(++persons);
    Model model;
    Model committed;
    std::future<thresholds::Result<void>> written;
    const auto wait = [&] {
      if (written.valid()) must(written.get());
    };
    const std::int32_t steps = below(40);
    for (std::int32_t step = 0; step < steps; ++step) {
      put_something(*store, psn_no, model);
      if (below(6) == 0) {
        wait();
        must(store->commit());
        committed = model;
      }
      if (with_log && below(4) == 0) {  // reads and puts go on while it is written
        wait();
        store->seal();
        written = std::async(std::launch::async, [&] { return store->write_sealed(); });
        committed = model;
      }
      if (below(6) == 0) compare(*store, psn_no, model);
      if (below(12) == 0) {
        wait();
        store->discard();
        model = committed;
      }
      if (below(400) == 0) {
        wait();
        must(store->commit());
        must(store->flush());
        committed = model;
        store.reset();
        store = open();
      }
    }
    compare(*store, psn_no, model);
    wait();
  }));
}

TEST(Store, IsReadAsAMapOfWhatWasPut) { expect_a_map_of_what_was_put({}); }

// Some commits lie in memory, and others are written with them.
TEST(Store, IsReadAsAMapOfWhatWasPutWithoutALog) {
  StoreOptions options;
  options.durability = Durability::kLedger;
  options.memtable_bytes = 4096;
  expect_a_map_of_what_was_put(options);
}

// More settlements than are worth reading again each time.
TEST(Store, ALargeBookInMemorySaysWhatTheStoreSays) {
  const TemporaryFolder folder;
  std::unique_ptr<Store> store = open_store(folder.path());
  const auto put = [&](int from, int until, std::uint32_t seq) {
    for (int i = from; i < until; ++i) {
      Entry entry;
      entry.seq = seq;
      entry.counts = i % 3 != 0;
      entry.content = bill("jixi", {.setl_id = "S" + std::to_string(i),
                                    .medfee = std::to_string(i + static_cast<int>(seq))});
      store->put_entry("P1", entry.content.setl_id, entry);
    }
  };
  const auto all = [&] {
    std::map<std::string, std::pair<Money, bool>> items;
    must(store->items("P1", [&](const LedgerItem& item) {
      items[item.content.setl_id] = {item.content.amount(Amount::kMedfee), item.counts};
    }));
    return items;
  };
  put(0, 400, 0);
  must(store->commit());
  EXPECT_EQ(all().size(), 400U);  // from here on held
  put(100, 200, 1);
  put(400, 450, 0);
  const auto held = all();
  EXPECT_EQ(held.size(), 450U);
  EXPECT_EQ(must(store->item("P1", "S150"))->content.amount(Amount::kMedfee), yuan("151"));
  EXPECT_EQ(must(store->item("P1", "S449"))->content.psn_no, "P1");
  EXPECT_FALSE(must(store->item("P1", "S450")).has_value());
  must(store->commit());
  store.reset();
  store = open_store(folder.path());
  EXPECT_EQ(all(), held);
}

}  // namespace
}  // namespace yujing::monitor
