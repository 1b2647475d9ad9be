#include "thresholds/policy_statements.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thresholds/policy_diff.h"
#include "thresholds/policy_file.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {
namespace {

namespace fs = std::filesystem;

const std::string kShipped = YUJING_SOURCE_DIR "/thresholds/policies/";
const std::string kNational = kShipped + "national.yaml";
const std::string kMadeUp = YUJING_SOURCE_DIR "/tests/thresholds/policies/";
const std::string kVariants = YUJING_SOURCE_DIR "/tests/policies/";

// The tree as YAML that reads back as the same tree.
void write(const YamlNode& node, std::string& out) {
  const auto quoted = [](const std::string& text) {
    std::string escaped;
    for (const char c : text) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return '"' + escaped + '"';
  };
  switch (node.kind) {
    case YamlNode::Kind::kEmpty:
      break;
    case YamlNode::Kind::kScalar:
      out += quoted(node.text);
      break;
    case YamlNode::Kind::kList:
      out += '[';
      for (const auto& item : node.items) {
        write(item, out);
        out += ", ";
      }
      out += ']';
      break;
    case YamlNode::Kind::kMap:
      out += '{';
      for (const auto& member : node.members) {
        out += quoted(member.key) + ": ";
        write(member.value, out);
        out += ", ";
      }
      out += '}';
      break;
  }
}

// Every node of the tree with the keys that lead to it, parents first. Changing a list or map moves
// the nodes in it.
struct Place {
  std::string path;  // tiers.0.cap.yuan
  YamlNode* node;
};
void places_in(YamlNode& node, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &node});
  for (std::size_t i = 0; i < node.items.size(); ++i)
    places_in(node.items[i], fmt::format("{}.{}", path, i), places);
  for (auto& member : node.members)
    places_in(member.value, fmt::format("{}.{}", path, member.key), places);
}

// Loads changed copies of one policy file and holds each to the same law.
class ChangedCopies {
 public:
  explicit ChangedCopies(const std::string& file)
      : copy_((fs::path(::testing::TempDir()) / ("changed-" + fs::path(file).filename().string()))
                  .string()) {
    Problems problems;
    tree_ = read_yaml_file(file, problems);
    EXPECT_TRUE(problems.empty());
    auto book = load(tree_);
    if (!book) return;
    fingerprint_ = fingerprint(*book);
    book_ = std::move(*book);
  }
  ~ChangedCopies() { fs::remove(copy_); }
  ChangedCopies(const ChangedCopies&) = delete;
  ChangedCopies& operator=(const ChangedCopies&) = delete;

  void try_all() {
    ASSERT_FALSE(book_.cities.empty());
    std::vector<Place> places;
    places_in(tree_, "", places);
    std::reverse(places.begin(), places.end());
    for (const auto& place : places)
      try_at(place);
    EXPECT_GT(changes_, 100);
  }

 private:
  tl::expected<RuleBook, std::vector<Error>> load(const YamlNode& tree) {
    std::string text;
    write(tree, text);
    std::ofstream(copy_) << text;
    return load_rule_book({kNational, copy_});
  }

  // What the change at a place does; the messages when the copy is refused.
  std::string try_change(const Place& place, const std::string& what) {
    const auto book = load(tree_);
    if (!book) return book.error().front().message;
    ++changes_;
    EXPECT_TRUE(fingerprint(*book) != fingerprint_) << copy_ << place.path << ": " << what;
    EXPECT_TRUE(!compare(book_, *book).empty()) << copy_ << place.path << ": " << what;
    return {};
  }

  // Whether the word was taken.
  bool try_word(const Place& place, const std::string& word) {
    if (word == place.node->text) return false;
    const std::string old = std::exchange(place.node->text, word);
    words_tried_.insert(word);
    const std::string refused = try_change(place, old + " -> " + word);
    place.node->text = old;
    // The words a refusal allows are tried too.
    static const std::string kAllowed = "; allowed: ";
    const auto allowed = refused.find(kAllowed);
    if (allowed == std::string::npos) return refused.empty();
    static const std::regex kWord("[a-z][a-z0-9_-]*");
    const std::string rest = refused.substr(allowed + kAllowed.size());
    for (std::sregex_iterator at(rest.begin(), rest.end(), kWord), end; at != end; ++at) {
      if (words_tried_.count(at->str()) == 0) try_word(place, at->str());
    }
    return false;
  }

  void try_at(const Place& place) {
    YamlNode& node = *place.node;
    if (node.kind == YamlNode::Kind::kScalar) {
      words_tried_.clear();
      for (const std::string& word :
           {std::string("odd-word"), node.text + "1", std::string("7"), std::string("31.5%"),
            std::string("2027-03-04"), std::string("8.50"), std::string("990200")}) {
        if (try_word(place, word) && word == "odd-word") break;  // any text will do
      }
    }
    const YamlNode whole = node;
    for (std::size_t i = 0; i < whole.items.size(); ++i) {
      node.items.erase(node.items.begin() + static_cast<std::ptrdiff_t>(i));
      try_change(place, fmt::format("without entry {}", i));
      node = whole;
      if (i == 0) continue;
      std::swap(node.items[i - 1], node.items[i]);
      try_order(place, i);
      node = whole;
    }
    for (std::size_t i = 0; i < whole.members.size(); ++i) {
      node.members.erase(node.members.begin() + static_cast<std::ptrdiff_t>(i));
      if (!is_default(whole.members[i])) try_change(place, "without " + whole.members[i].key);
      node = whole;
    }
  }

  // The order of some lists means nothing; of others it must not get lost.
  void try_order(const Place& place, std::size_t i) {
    const auto book = load(tree_);
    if (!book || fingerprint(*book) == fingerprint_) return;
    EXPECT_TRUE(!compare(book_, *book).empty())
        << copy_ << place.path << ": entries " << i - 1 << " and " << i << " swapped";
  }

  // A key that says what holds without it.
  static bool is_default(const YamlMember& member) {
    static const std::set<std::string> kDefaults = {"not_stated", "12"};
    if (member.key == "emergency_exempt" && member.value.text == "false") return true;
    return member.value.kind == YamlNode::Kind::kScalar && kDefaults.count(member.value.text) != 0;
  }

  std::string copy_;
  YamlNode tree_;
  std::string fingerprint_;
  RuleBook book_;                      // as the file is
  std::set<std::string> words_tried_;  // at one place
  int changes_ = 0;
};

class EveryWord : public ::testing::TestWithParam<std::string> {};

// Whatever can be changed in a policy file is noticed by the fingerprint, which decides whether
// kept accounts are computed anew, and by the statements, which people and `policy diff` read.
TEST_P(EveryWord, OfAPolicyIsInTheFingerprintAndInTheStatements) {
  ChangedCopies(GetParam()).try_all();
}

std::vector<std::string> policy_files() {
  std::vector<std::string> files;
  for (const auto& folder : {kShipped, kMadeUp, kVariants}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const auto name = entry.path().filename();
      if (name != "national.yaml" && name != "areas.yaml") files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, EveryWord, ::testing::ValuesIn(policy_files()), test_name);

TEST(Statements, HaveAPathOfTheirOwn) {
  const auto book = load_rule_book({kShipped, kVariants});
  ASSERT_TRUE(book);
  for (const auto& city : book->cities) {
    std::set<std::string> paths;
    for (const auto& each : statements_of(city, city.versions.front())) {
      EXPECT_TRUE(paths.insert(each.path).second) << city.id << ' ' << each.path;
    }
  }
}

}  // namespace
}  // namespace yujing::thresholds
