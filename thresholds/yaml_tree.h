// A YAML file as a plain tree in which every value knows its file and line.
//
// Only what settings and rules need: maps, lists and scalars kept as text. Anchors, aliases and
// several documents in one file are refused. yaml-cpp is seen by yaml_tree.cc alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "thresholds/result.h"

namespace yujing::thresholds {

inline constexpr std::size_t kYamlFileBytesMax = 4 << 20;
inline constexpr std::size_t kYamlMapKeysMax = 10'000;

struct YamlMember;

struct YamlNode {
  enum class Kind : std::uint8_t { kEmpty, kScalar, kList, kMap };
  Kind kind = Kind::kEmpty;
  std::string file;
  int line = 0;
  std::string text;                 // kScalar, without its quotes
  std::vector<YamlNode> items;      // kList
  std::vector<YamlMember> members;  // kMap, in the order of the file

  // The value under `key`; null where the map has none or this is no map.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  std::string key;
  int line = 0;
  YamlNode value;
};

inline constexpr std::size_t kProblemsMax = 1000;

// All that is wrong with a set of files, kProblemsMax at most. Each problem reads "file:line: what
// is wrong; allowed: …".
class Problems {
 public:
  void add(const YamlNode& at, const std::string& what, const std::string& allowed = {});
  void add(const std::string& file, int line, const std::string& what,
           const std::string& allowed = {});

  [[nodiscard]] bool empty() const { return found_.empty(); }
  // Sorted by file and line, each once.
  [[nodiscard]] std::vector<Error> take();

 private:
  struct Problem {
    std::string file;
    int line;
    std::string message;
  };
  std::vector<Problem> found_;
};

// Reads one file. What cannot be read is added to `problems`; the tree then holds what was read, or
// is empty. Repeated keys are problems, and the first of them stays.
[[nodiscard]] YamlNode read_yaml_file(const std::string& path, Problems& problems);

// The same for text that is already in memory; `name` stands for the file in messages.
[[nodiscard]] YamlNode read_yaml_text(const std::string& text, const std::string& name,
                                      Problems& problems);

}  // namespace yujing::thresholds
