#include "app/list_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "alerts/lists/list_builder.h"
#include "alerts/lists/list_correction.h"
#include "alerts/lists/list_explanation.h"
#include "app/contacts.h"
#include "app/list_draft.h"
#include "app/list_folder.h"
#include "app/store_reading.h"
#include "app/store_view.h"

namespace yujing::app {

using alerts::Explained;
using alerts::ListBuilder;
using alerts::ListHeading;
using monitor::LedgerItem;
using monitor::PersonState;
using monitor::Store;
using thresholds::CityRules;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr std::uint64_t kTellEvery = 4096;

Result<void> read_items(Store& store, const std::string& psn_no, std::vector<LedgerItem>& items) {
  items.clear();
  return store.items(psn_no, [&](const LedgerItem& item) { items.push_back(item); });
}

// First round: every person once; the ledger is read of those alone who have to be judged.
Result<void> meet_all(const StoreView& view, const ListJob& job, ListBuilder& builder) {
  std::uint64_t persons = 0;
  Result<void> judged;
  std::vector<LedgerItem> items;
  auto read = view.persons([&](const PersonState& state, Store& store) {
    if (++persons % kTellEvery == 0 && job.progress) job.progress("reading", persons, 0);
    if (!builder.meet(state)) return true;
    judged = read_items(store, state.psn_no, items);
    if (judged) builder.judge(state, items);
    return judged.has_value();
  });
  return judged ? read : judged;
}

std::string read_whole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

bool same_bytes(const std::string& path, const std::string& other) {
  std::ifstream one(path, std::ios::binary);
  std::ifstream two(other, std::ios::binary);
  return one && two &&
         std::equal(std::istreambuf_iterator<char>(one), {}, std::istreambuf_iterator<char>(two),
                    {});
}

// What all lists are made with.
struct Desk {
  const ListJob& job;
  const StoreView& view;
  ListBuilder& builder;
  const Contacts& contacts;
  const ListFolder& folder;
  std::string position;
};

// What a draft is to what was published before it.
struct Standing {
  ListState state = ListState::kPublished;
  std::uint32_t correction = alerts::kFirstIssue;
  std::optional<ListFolder::Issue> before;
};

// A list that is made and can be published.
struct MadeList {
  ListHeading heading;
  ListDraft::Counts counts;
  Standing standing;
};

// Makes the lists of all areas and offices of one city.
class CityLists {
 public:
  CityLists(const Desk& desk, std::size_t index)
      : desk_(desk),
        index_(index),
        city_(desk.job.rules.book.cities[index]),
        cells_(alerts::list_columns().size()) {
    const auto& newest = desk.builder.knowledge(index).newest_settlement;
    note_ = "结算数据截至 " +
            (newest == monitor::kNoTime ? std::string("没有结算") : to_string(newest));
  }

  // Every row into its lists.
  Result<void> fill() {
    for (const auto& office : alerts::receiving_offices(city_, desk_.job.month)) {
      for (const auto& area : areas(office)) {
        if (const auto draft = draft_of(area, office); !draft) return tl::unexpected(draft.error());
      }
    }
    if (auto done = add_listed(); !done) return done;
    for (auto& [key, list] : lists_) {
      if (auto ended = list.draft.end_rows(); !ended) return ended;
      list.standing = stand(list.draft);
    }
    return {};
  }

  // Lists that were published and have other rows now.
  [[nodiscard]] std::vector<std::string> changed() const {
    std::vector<std::string> paths;
    for (const auto& [key, list] : lists_) {
      if (list.standing.state == ListState::kCorrected) paths.push_back(list.standing.before->path);
    }
    return paths;
  }

  Result<void> finish(std::vector<MadeList>& made) {
    for (auto& [key, list] : lists_) {
      if (list.standing.state != ListState::kUnchanged) {
        if (auto done = finish_one(list.draft, list.standing); !done) return done;
      }
      made.push_back({list.draft.heading(), list.draft.counts(), std::move(list.standing)});
    }
    return {};
  }

 private:
  struct List {
    ListDraft draft;
    Standing standing;
  };
  using Key = std::pair<std::string, std::string>;  // area, office

  // Whose office is told even when there is nothing to tell: every unit with a name, and where
  // something could not be judged or was said before.
  [[nodiscard]] std::set<std::string> areas(const std::string& office) const {
    std::set<std::string> areas;
    for (const auto& [code, name] : city_.names.areas) {
      if (thresholds::city_code(code) == city_.code && code != city_.area) areas.insert(code);
    }
    for (const auto& [area, gaps] : desk_.builder.gaps(index_))
      areas.insert(area);
    for (auto& area : desk_.folder.areas_like({&city_, "", office, desk_.job.month}))
      areas.insert(std::move(area));
    if (areas.empty()) areas.insert(city_.area);
    return areas;
  }

  Result<ListDraft*> draft_of(const std::string& area, const std::string& office) {
    const auto found = lists_.find({area, office});
    if (found != lists_.end()) return &found->second.draft;
    const ListHeading heading{&city_, area, office, desk_.job.month};
    auto draft = ListDraft::create(heading, desk_.folder.draft(heading), note_);
    if (!draft) return tl::unexpected(std::move(draft.error()));
    const auto made = lists_.emplace(Key{area, office}, List{std::move(*draft), {}}).first;
    return &made->second.draft;
  }

  // Goes through the persons in order, which keeps none of them in memory.
  Result<void> add_listed() {
    const auto& listed = desk_.builder.listed_in(index_);
    std::size_t next = 0;
    Result<void> added;
    auto read = desk_.view.persons([&](const PersonState& state, Store& store) {
      if (next == listed.size()) return false;
      if (state.psn_no != desk_.builder.psn_nos()[listed[next]]) return true;
      if (++next % kTellEvery == 0 && desk_.job.progress)
        desk_.job.progress("writing " + city_.id, next, listed.size());
      added = add_person(state, store);
      return added.has_value();
    });
    return added ? read : added;
  }

  Result<void> add_person(const PersonState& state, Store& store) {
    if (auto read = read_items(store, state.psn_no, items_); !read) return read;
    const auto contact = desk_.contacts.find(state.psn_no);
    for (const auto& row : desk_.builder.rows(index_, state, items_)) {
      for (const auto& office : row.rule->offices) {
        const auto draft = draft_of(row.area, office);
        if (!draft) return tl::unexpected(draft.error());
        if (auto added = (*draft)->add(row, contact ? &*contact : nullptr, cells_); !added)
          return added;
      }
    }
    return {};
  }

  [[nodiscard]] Standing stand(const ListDraft& draft) const {
    auto before = desk_.folder.latest(draft.heading());
    if (!before) return {};
    const std::uint32_t number = before->correction;
    if (!same_bytes(draft.csv_path(), before->path + std::string(kCsvEnding)))
      return {ListState::kCorrected, number + 1, std::move(before)};
    return {ListState::kUnchanged, number, std::move(before)};
  }

  Result<void> finish_one(ListDraft& draft, const Standing& standing) {
    const ListHeading& heading = draft.heading();
    const auto& counts = draft.counts();
    alerts::ListSources sources;
    sources.position = desk_.position;
    sources.knowledge = desk_.builder.knowledge(index_);
    sources.contacts_asked = !desk_.job.settings.source.persons.empty();
    sources.contacts_found = counts.contacts_found;
    sources.persons = counts.persons;
    sources.rows = counts.rows;
    sources.rows_new = counts.rows_new;
    sources.correction = standing.correction;
    std::vector<Explained> corrected;
    if (standing.state == ListState::kCorrected) {
      const std::string& path = standing.before->path;
      sources.replaces = path.substr(path.rfind('/') + 1);
      corrected = alerts::explain_correction(read_whole(path + std::string(kCsvEnding)),
                                             read_whole(draft.csv_path()));
    }
    const auto rules = alerts::applied_rules(heading, draft.rules());
    const auto& gaps = desk_.builder.gaps(index_);
    const auto found = gaps.find(heading.area);
    const auto figures = alerts::explain_figures(heading, rules, desk_.builder.rule_years(index_));
    const auto known = alerts::explain_sources(
        heading, rules, sources, found == gaps.end() ? alerts::AreaGaps() : found->second,
        desk_.job.rules.reference);
    return draft.finish({figures, known, standing.correction, corrected});
  }

  const Desk& desk_;
  std::size_t index_;
  const CityRules& city_;
  std::string note_;
  std::map<Key, List> lists_;
  std::vector<alerts::ListCell> cells_;
  std::vector<LedgerItem> items_;
};

tl::unexpected<thresholds::Error> refuse(const ListJob& job,
                                         const std::vector<std::string>& changed) {
  return fail(
      ErrorCode::kCheckFailed,
      fmt::format("{}: {} published lists of {} have other rows now, such as {}; a published "
                  "list stays as it is and nothing was written: add --correct to issue "
                  "corrections beside them, or choose another folder with --out",
                  job.folder, changed.size(), to_string(job.month), changed.front()));
}

// Puts a made list in its place and says where.
Result<WrittenList> publish(const ListFolder& folder, const MadeList& made) {
  const Standing& standing = made.standing;
  std::string path = folder.published(made.heading, standing.correction);
  if (standing.state == ListState::kUnchanged) {
    path = standing.before->path;
  } else if (auto done = folder.publish(made.heading, standing.correction); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  WrittenList written;
  written.city = made.heading.city->id;
  written.area = made.heading.area;
  written.office = made.heading.office;
  written.xlsx = path + std::string(kSheetEnding);
  written.csv = path + std::string(kCsvEnding);
  written.state = standing.state;
  written.correction = standing.correction;
  written.counts = made.counts;
  return written;
}

Result<WrittenLists> make_and_publish(const Desk& desk) {
  WrittenLists written;
  written.position = desk.position;
  std::vector<MadeList> made;
  for (std::size_t index = 0; index < desk.job.rules.book.cities.size(); ++index) {
    CityLists lists(desk, index);
    if (auto done = lists.fill(); !done) return tl::unexpected(std::move(done.error()));
    const auto changed = lists.changed();
    if (!changed.empty() && desk.job.reissue == Reissue::kRefuse) return refuse(desk.job, changed);
    const std::size_t before = made.size();
    if (auto done = lists.finish(made); !done) return tl::unexpected(std::move(done.error()));
    if (made.size() == before)
      written.without_warnings.push_back(desk.job.rules.book.cities[index].id);
  }
  for (const MadeList& each : made) {
    auto list = publish(desk.folder, each);
    if (!list) return tl::unexpected(std::move(list.error()));
    written.lists.push_back(std::move(*list));
  }
  return written;
}

}  // namespace

Result<WrittenLists> write_lists(const ListJob& job) {
  const auto view = StoreView::open(job.settings.store);
  if (!view) return tl::unexpected(view.error());
  if (auto done = check_same_rules(*view, job.rules); !done)
    return tl::unexpected(std::move(done.error()));
  auto position = read_position(*view);
  if (!position) return tl::unexpected(std::move(position.error()));
  ListBuilder builder(job.rules.book, job.rules.reference, job.month);
  if (auto done = meet_all(*view, job, builder); !done)
    return tl::unexpected(std::move(done.error()));
  const auto contacts = Contacts::read(job.settings.source.persons, builder.psn_nos());
  if (!contacts) return tl::unexpected(contacts.error());
  const auto folder = ListFolder::open(job.folder);
  if (!folder) return tl::unexpected(folder.error());
  return make_and_publish({job, *view, builder, *contacts, *folder, std::move(*position)});
}

}  // namespace yujing::app
