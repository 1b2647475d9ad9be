// A whole JSON object in memory, for what is read seldom: person records and payout cases. Numbers
// stay text. Not thread-safe; what it hands out is valid until the next parse.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "consumer/json_item.h"

namespace yujing::consumer {

class JsonScan;

class JsonTree {
 public:
  struct Node {
    std::string_view key;  // in an object
    JsonKind kind = JsonKind::kNull;
    std::string_view text;  // as in JsonItem
    std::string_view raw;   // the JSON text of the value
    std::size_t next = 0;   // of the node behind this one's members
  };

  // The members of an object or list, in order.
  class Members {
   public:
    class Iterator {
     public:
      Iterator(const JsonTree& tree, std::size_t at) : tree_(&tree), at_(at) {}
      const Node& operator*() const { return tree_->nodes_[at_]; }
      Iterator& operator++() {
        at_ = tree_->nodes_[at_].next;
        return *this;
      }
      bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
      const JsonTree* tree_;
      std::size_t at_;
    };
    Members(const JsonTree& tree, std::size_t begin, std::size_t end)
        : tree_(tree), begin_(begin), end_(end) {}
    [[nodiscard]] Iterator begin() const { return {tree_, begin_}; }
    [[nodiscard]] Iterator end() const { return {tree_, end_}; }

   private:
    const JsonTree& tree_;
    std::size_t begin_;
    std::size_t end_;
  };

  JsonTree();
  ~JsonTree();
  JsonTree(JsonTree&&) noexcept;
  JsonTree& operator=(JsonTree&&) noexcept;

  // Reads `bytes`, which must hold one JSON object.
  [[nodiscard]] std::optional<JsonFault> parse(std::string_view bytes);

  // REQUIRES of all below: the last parse found no fault.
  [[nodiscard]] const Node& root() const { return nodes_.front(); }
  [[nodiscard]] Members members(const Node& node) const;
  // The last member of that name; nullptr where there is none, or where it is null.
  [[nodiscard]] const Node* find(const Node& object, std::string_view key) const;
  // A string, or a number as it was written; "" for anything else.
  [[nodiscard]] std::string_view text(const Node& object, std::string_view key) const;

 private:
  class Builder;

  std::unique_ptr<JsonScan> scan_;
  std::vector<Node> nodes_;  // each before its members
};

}  // namespace yujing::consumer
