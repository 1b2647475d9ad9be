#include "thresholds/yaml_tree.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace yujing::thresholds {
namespace {

// Builds the tree from the parser's events. The open maps and lists lie on a stack; a scalar or a
// closed collection goes to the one on top.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    put(make(YamlNode::Kind::kEmpty, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    problems_.add(file_, mark.line + 1, "a reference (*) to text elsewhere: write the text out");
    put(make(YamlNode::Kind::kEmpty, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    auto node = make(YamlNode::Kind::kScalar, mark);
    node.text = value;
    put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    refuse_anchor(mark, anchor);
    open_.push_back({make(YamlNode::Kind::kList, mark), {}});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    refuse_anchor(mark, anchor);
    open_.push_back({make(YamlNode::Kind::kMap, mark), {}});
  }
  void OnMapEnd() override { close(); }

 private:
  // `key` is set between a map's key and its value.
  struct Open {
    YamlNode node;
    std::vector<YamlNode> key;
  };

  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) const {
    YamlNode node;
    node.kind = kind;
    node.file = file_;
    node.line = mark.line + 1;
    return node;
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    problems_.add(file_, mark.line + 1, "a name (&) for text to be used elsewhere: not known here");
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  void put(YamlNode&& node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& top = open_.back();
    if (top.node.kind == YamlNode::Kind::kList) {
      top.node.items.push_back(std::move(node));
    } else if (top.key.empty()) {
      top.key.push_back(std::move(node));
    } else {
      put_member(top, std::move(node));
    }
  }

  void put_member(Open& top, YamlNode&& value) {
    const YamlNode key = std::move(top.key.back());
    top.key.clear();
    if (key.kind != YamlNode::Kind::kScalar) {
      problems_.add(file_, key.line, "a key has to be a word");
      return;
    }
    const auto first = std::find_if(top.node.members.begin(), top.node.members.end(),
                                    [&](const YamlMember& m) { return m.key == key.text; });
    if (first != top.node.members.end()) {
      problems_.add(file_, key.line,
                    fmt::format("`{}` is said twice, first in line {}", key.text, first->line));
      return;
    }
    if (top.node.members.size() == kYamlMapKeysMax) {
      problems_.add(file_, top.node.line, "a map has too many keys",
                    fmt::format("{}", kYamlMapKeysMax));
      return;
    }
    if (value.kind == YamlNode::Kind::kEmpty) value.line = key.line;
    top.node.members.push_back({key.text, key.line, std::move(value)});
  }

  const std::string& file_;
  Problems& problems_;
  std::vector<Open> open_;
  YamlNode root_;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

void Problems::add(const YamlNode& at, const std::string& what, const std::string& allowed) {
  add(at.file, at.line, what, allowed);
}

void Problems::add(const std::string& file, int line, const std::string& what,
                   const std::string& allowed) {
  if (found_.size() == kProblemsMax) return;
  auto message =
      line > 0 ? fmt::format("{}:{}: {}", file, line, what) : fmt::format("{}: {}", file, what);
  if (!allowed.empty()) message += "; allowed: " + allowed;
  found_.push_back({file, line, std::move(message)});
}

std::vector<Error> Problems::take() {
  const auto order = [](const Problem& p) { return std::tie(p.file, p.line, p.message); };
  std::sort(found_.begin(), found_.end(),
            [&](const Problem& a, const Problem& b) { return order(a) < order(b); });
  std::vector<Error> errors;
  for (auto& problem : found_) {
    if (!errors.empty() && errors.back().message == problem.message) continue;
    errors.push_back({ErrorCode::kConfiguration, std::move(problem.message)});
  }
  found_.clear();
  return errors;
}

namespace {

// The first line that a tab indents, which YAML does not allow and does not say well; 0: none.
int line_indented_by_tab(std::string_view text) {
  int number = 1;
  while (true) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto indented = line.substr(0, line.find_first_not_of(" \t"));
    if (indented.size() < line.size() && indented.find('\t') != std::string_view::npos)
      return number;
    if (end == std::string_view::npos) return 0;
    text.remove_prefix(end + 1);
    ++number;
  }
}

}  // namespace

YamlNode read_yaml_file(const std::string& path, Problems& problems) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    problems.add(path, 0, "is a folder: name a file in it");
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    problems.add(path, 0, fmt::format("cannot be read: {}", std::strerror(errno)));
    return {};
  }
  std::ostringstream text;
  if (!(text << file.rdbuf())) {  // so says the library of a file without a byte
    problems.add(path, 0, "is empty");
    return {};
  }
  return read_yaml_text(text.str(), path, problems);
}

YamlNode read_yaml_text(const std::string& text, const std::string& name, Problems& problems) {
  if (text.size() > kYamlFileBytesMax) {
    problems.add(name, 0, fmt::format("has {} bytes", text.size()),
                 fmt::format("{}", kYamlFileBytesMax));
    return {};
  }
  TreeBuilder builder(name, problems);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      problems.add(name, 1, "says nothing");
      return {};
    }
    YamlNode root = builder.take_root();
    if (parser.HandleNextDocument(builder)) {
      problems.add(name, 1, "holds several documents (---): one a file");
    }
    return root;
  } catch (const YAML::Exception& error) {
    const int tab = line_indented_by_tab(text);
    if (tab == 0) {
      problems.add(name, error.mark.line + 1, "not YAML: " + error.msg);
    } else {
      problems.add(name, tab, "not YAML: a tab in the indentation; use blanks");
    }
  } catch (const std::exception& error) {
    problems.add(name, 0, fmt::format("cannot be read: {}", error.what()));
  }
  return {};
}

}  // namespace yujing::thresholds
