#include "thresholds/tier_exceptions.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "thresholds/policy_words.h"
#include "thresholds/yaml_reader.h"

namespace yujing::thresholds {
namespace {

constexpr std::string_view kKey = "exceptions";

std::string text_of(const YamlNode& map, std::string_view key) {
  const YamlNode* node = map.find(key);
  return node == nullptr ? std::string() : node->text;
}

void put(YamlNode& map, const YamlMember& member) {
  const auto same = std::find_if(map.members.begin(), map.members.end(),
                                 [&](const YamlMember& each) { return each.key == member.key; });
  if (same == map.members.end()) {
    map.members.push_back(member);
  } else {
    *same = member;
  }
}

void put_text(YamlNode& map, const std::string& key, std::string text) {
  const YamlNode* old = map.find(key);
  YamlNode value;
  value.kind = YamlNode::Kind::kScalar;
  value.file = map.file;
  value.line = old == nullptr ? map.line : old->line;
  value.text = std::move(text);
  put(map, {key, value.line, value});
}

// One tier that has exceptions.
class Writer {
 public:
  Writer(const YamlNode& document, const YamlNode& tier, Problems& problems)
      : document_(document), tier_(tier), problems_(problems) {}

  std::vector<YamlNode> write() {
    const YamlNode* categories = tier_.find("categories");
    if (categories == nullptr || categories->items.empty()) {
      return {without_exceptions()};  // who reads the tier says what is wrong
    }
    const auto& exceptions = read_list(*tier_.find(kKey), what(), problems_);
    for (const YamlNode& exception : exceptions)
      check(exception);
    std::vector<YamlNode> written;
    for (std::size_t i = 0; i < categories->items.size();) {
      const YamlNode* exception = exception_of(exceptions, categories->items[i].text);
      YamlNode run = *categories;
      run.items.clear();
      for (; i < categories->items.size(); ++i) {
        if (exception_of(exceptions, categories->items[i].text) != exception) break;
        run.items.push_back(categories->items[i]);
      }
      written.push_back(part(run, exception, written.empty()));
    }
    return written;
  }

 private:
  [[nodiscard]] std::string what() const {
    return fmt::format("`{}` of tier {}", kKey, text_of(tier_, "id"));
  }

  [[nodiscard]] YamlNode without_exceptions() const {
    YamlNode tier = tier_;
    std::erase_if(tier.members, [](const YamlMember& each) { return each.key == kKey; });
    return tier;
  }

  void check(const YamlNode& exception) {
    MapReader map(exception, "an entry of " + what(), problems_);
    for (const YamlMember& member : exception.members)
      static_cast<void>(map.find(member.key));  // who reads the tier looks at the others
    static_cast<void>(map.require("cite"));
    for (const std::string_view key : {"id", "name", "exceptions"}) {
      if (exception.find(key) == nullptr) continue;
      problems_.add(
          exception, fmt::format("{} cannot say `{}`", map.what(), key),
          "categories, cite, and what differs: deductible, cap, allowances, cover, floor, "
          "tilt");
    }
    const YamlNode* own = map.require("categories");
    if (own == nullptr) return;
    const auto& of_tier = tier_.find("categories")->items;
    std::vector<std::string> known;
    for (const YamlNode& each : of_tier)
      known.push_back(each.text);
    for (const YamlNode& category : read_list(*own, map.name_of("categories"), problems_)) {
      if (std::find(known.begin(), known.end(), category.text) == known.end()) {
        problems_.add(category,
                      fmt::format("{} names `{}`", map.name_of("categories"), category.text),
                      listed(known));
      }
    }
  }

  // The first that names the category; null: none.
  [[nodiscard]] static const YamlNode* exception_of(const std::vector<YamlNode>& exceptions,
                                                    const std::string& category) {
    for (const YamlNode& exception : exceptions) {
      const YamlNode* categories = exception.find("categories");
      if (categories == nullptr) continue;
      for (const YamlNode& each : categories->items) {
        if (each.text == category) return &exception;
      }
    }
    return nullptr;
  }

  // The tier as it is for these categories. All but the first are named after their categories.
  [[nodiscard]] YamlNode part(const YamlNode& categories, const YamlNode* exception,
                              bool first) const {
    YamlNode tier = without_exceptions();
    put(tier, {"categories", categories.line, categories});
    if (exception != nullptr) {
      for (const YamlMember& member : exception->members) {
        if (member.key != "categories") put(tier, member);
      }
    }
    if (first) return tier;
    put_text(tier, "id", text_of(tier_, "id") + "-" + categories.items.front().text);
    put_text(tier, "name", fmt::format("{}（{}）", text_of(tier_, "name"), names_of(categories)));
    return tier;
  }

  [[nodiscard]] std::string names_of(const YamlNode& categories) const {
    const YamlNode* declared = document_.find("categories");
    std::vector<std::string> names;
    for (const YamlNode& each : categories.items) {
      const YamlNode* category = declared == nullptr ? nullptr : declared->find(each.text);
      names.push_back(category == nullptr ? each.text : text_of(*category, "name"));
    }
    return fmt::format("{}", fmt::join(names, "、"));
  }

  const YamlNode& document_;
  const YamlNode& tier_;
  Problems& problems_;
};

}  // namespace

void write_out_exceptions(YamlNode& document, Problems& problems) {
  const auto tiers = std::find_if(document.members.begin(), document.members.end(),
                                  [](const YamlMember& member) { return member.key == "tiers"; });
  if (tiers == document.members.end()) return;
  std::vector<YamlNode> written;
  for (const YamlNode& tier : tiers->value.items) {
    if (not_stated(tier.find(kKey))) {
      written.push_back(tier);
      continue;
    }
    for (YamlNode& part : Writer(document, tier, problems).write())
      written.push_back(std::move(part));
  }
  tiers->value.items = std::move(written);
}

}  // namespace yujing::thresholds
