// A flipped byte anywhere in the store's files: it is reported when the store is opened or checked,
// or nothing of what is read differs from what was committed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/verify.h"
#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kSeeds = 60;

// All that can be read, as text.
std::optional<std::string> everything(Store& store) {
  std::string text;
  const auto persons = store.persons({}, [&](const PersonState& state) {
    text += state.psn_no + " ";
    encode(state, text);
    return true;
  });
  const auto entries =
      store.entries({}, [&](std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
        text.append(psn_no).append(" ").append(setl_id).append(" ");
        encode(entry, text);
        return true;
      });
  const auto reversals = store.reversals("P1", ReversalKey::kById, "S1");
  if (!persons || !entries || !reversals) return std::nullopt;
  for (const std::string& id : *reversals)
    text += id;
  for (const char* name : {"format", "statistics", "position"}) {
    const auto note = store.note(name);
    if (!note) return std::nullopt;
    text += note->value_or("none");
  }
  return text;
}

void commit_bills(Store& store, PlainAlerts& alerts, int from, int until) {
  Engine engine(shipped_rules(), usual_figures(), store, alerts);
  must(engine.start());
  for (int i = from; i < until; ++i) {
    Settlement settlement = bill("jixi", {.setl_id = "S" + std::to_string(i), .medfee = "7000"});
    settlement.psn_no = "P" + std::to_string(i % 7);
    must(engine.apply(Delivery{settlement, kNoTime, false}));
    if (i % 10 == 1) {
      Settlement reversal = turned_round(settlement, "R" + std::to_string(i));
      reversal.text(Text::kInitSetlId) = settlement.setl_id;
      must(engine.apply(Delivery{reversal, kNoTime, false}));
    }
  }
  must(engine.flush());
  store.put_note("position", "line " + std::to_string(until));
  must(store.commit());
}

// What lies in table files, and behind it in the log of what was committed since.
struct Specimen {
  Specimen() {
    PlainAlerts alerts;
    for (const int from : {0, 20, 40}) {
      const auto store = open_store(folder.path());
      commit_bills(*store, alerts, from, from + 10);
      commit_bills(*store, alerts, from + 10, from + 20);
      content = everything(*store).value();
    }
  }
  TemporaryFolder folder;
  std::string content;
};

const Specimen& specimen() {
  static const Specimen kSpecimen;
  return kSpecimen;
}

// Changes the bytes of one file of a store.
void edit(const fs::path& file, const std::function<void(std::string&)>& change) {
  std::ostringstream read;
  read << std::ifstream(file, std::ios::binary).rdbuf();
  std::string bytes = read.str();
  change(bytes);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void copy_specimen(const TemporaryFolder& copy) {
  fs::copy(specimen().folder.path(), copy.path(), fs::copy_options::recursive);
}

fs::path log_of(const TemporaryFolder& store) {
  for (const auto& entry : fs::directory_iterator(store.path())) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
  }
  return {};
}

// What becomes of a copy of the specimen with one byte changed.
enum class Fate : std::uint8_t { kReported, kEqual, kBelieved };

Fate fate_of(const fs::path& file, std::uintmax_t at, unsigned char mask) {
  const TemporaryFolder copy;
  copy_specimen(copy);
  edit(copy.path() / file,
       [&](std::string& bytes) { bytes[at] = static_cast<char>(bytes[at] ^ mask); });
  thresholds::Result<std::unique_ptr<Store>> store = Store::open(copy.path(), Store::Mode::kWriter);
  if (!store) return Fate::kReported;
  if (everything(**store) == specimen().content) return Fate::kEqual;
  const auto report = verify_store(**store, shipped_rules(), usual_figures(), {});
  return !report || report->difference_count > 0 ? Fate::kReported : Fate::kBelieved;
}

TEST(StoreDamage, AFlippedByteIsReportedOrChangesNothing) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(specimen().folder.path())) {
    if (entry.file_size() > 0) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::map<Fate, int> fates;
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937 random(seed);
    const fs::path& file = files[random() % files.size()];
    const std::uintmax_t at = random() % fs::file_size(file);
    const auto mask = static_cast<unsigned char>(1U << random() % 8);
    const Fate fate = fate_of(file.filename(), at, mask);
    EXPECT_NE(fate, Fate::kBelieved)
        << "seed " << seed << ": byte " << at << " of " << file.filename();
    ++fates[fate];
  }
  EXPECT_GT(fates[Fate::kReported], 0);
  EXPECT_GT(fates[Fate::kEqual], 0) << "logs and options are not read";
}

// The library takes a record that is longer than the file for one that a crash tore, and drops it
// with all that follows.
TEST(StoreDamage, ALogThatLostItsEndIsReported) {
  for (const Store::Mode mode : {Store::Mode::kWriter, Store::Mode::kReader}) {
    const TemporaryFolder copy;
    copy_specimen(copy);
    edit(log_of(copy), [](std::string& bytes) { bytes[5] = static_cast<char>(bytes[5] ^ 0x40); });
    const auto store = Store::open(copy.path(), mode);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, thresholds::ErrorCode::kInput);
    EXPECT_THAT(store.error().message, testing::HasSubstr("ends before the last commit"));
  }
}

TEST(StoreDamage, ACutLogIsReported) {
  const TemporaryFolder copy;
  copy_specimen(copy);
  edit(log_of(copy), [](std::string& bytes) { bytes.resize(bytes.size() / 2); });
  EXPECT_FALSE(Store::open(copy.path(), Store::Mode::kWriter).has_value());
}

TEST(StoreDamage, ACommitThatACrashToreIsDropped) {
  const TemporaryFolder copy;
  copy_specimen(copy);
  edit(log_of(copy), [](std::string& bytes) {
    bytes += bytes.substr(0, bytes.size() / 3);  // the beginning of a record
  });
  const auto store = open_store(copy.path());
  EXPECT_EQ(everything(*store), specimen().content);
}

}  // namespace
}  // namespace yujing::monitor
