#include "consumer/json_tree.h"

#include <array>

#include "consumer/json_scan.h"

namespace yujing::consumer {
namespace {

std::string_view between(const char* begin, const char* end) {
  while (end != begin &&
         (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t')) {
    --end;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

// Appends a node for everything the walk meets.
class JsonTree::Builder {
 public:
  explicit Builder(std::vector<Node>& nodes) : nodes_(nodes) {
    nodes_.clear();
    nodes_.push_back({{}, JsonKind::kObject, {}, {}, 0});
  }

  void scalar(const JsonItem& item) {
    nodes_.push_back(
        {item.key, item.kind, item.text, between(item.begin, item.end), nodes_.size() + 1});
  }
  void open(const JsonItem& item) {
    open_[depth_++] = nodes_.size();
    nodes_.push_back({item.key, item.kind, {}, {item.begin, 1}, 0});
  }
  void close(const char* end) {
    Node& node = nodes_[open_[--depth_]];
    node.raw = between(node.raw.data(), end);
    node.next = nodes_.size();
  }

 private:
  std::vector<Node>& nodes_;
  std::array<std::size_t, kJsonDepthMax> open_{};  // nodes whose end is still to come
  std::size_t depth_ = 0;
};

JsonTree::JsonTree() : scan_(std::make_unique<JsonScan>()) {}
JsonTree::~JsonTree() = default;
JsonTree::JsonTree(JsonTree&&) noexcept = default;
JsonTree& JsonTree::operator=(JsonTree&&) noexcept = default;

std::optional<JsonFault> JsonTree::parse(std::string_view bytes) {
  Builder builder(nodes_);
  if (auto fault = scan_->run(bytes, builder)) return fault;
  nodes_.front().next = nodes_.size();
  return std::nullopt;
}

JsonTree::Members JsonTree::members(const Node& node) const {
  if (node.kind != JsonKind::kObject && node.kind != JsonKind::kArray) return {*this, 0, 0};
  const auto at = static_cast<std::size_t>(&node - nodes_.data());
  return {*this, at + 1, node.next};
}

const JsonTree::Node* JsonTree::find(const Node& object, std::string_view key) const {
  if (object.kind != JsonKind::kObject) return nullptr;
  const Node* found = nullptr;
  for (const Node& member : members(object)) {
    if (member.key == key) found = member.kind == JsonKind::kNull ? nullptr : &member;
  }
  return found;
}

std::string_view JsonTree::text(const Node& object, std::string_view key) const {
  const Node* node = find(object, key);
  if (node == nullptr) return {};
  return node->kind == JsonKind::kString || node->kind == JsonKind::kNumber ? node->text
                                                                            : std::string_view();
}

}  // namespace yujing::consumer
