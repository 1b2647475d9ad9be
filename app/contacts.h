// Names, id numbers and phones of some insured persons, read from the persons file when a list or
// an application is made. They go into what staff asked for and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/lists/list_column.h"
#include "thresholds/result.h"

namespace yujing::app {

class Contacts {
 public:
  // Of `psn_nos` alone, which are sorted, each once, and outlive this; `path` "": none are known.
  // Of several records of a person the one with the latest updt_time counts, of equal ones the
  // last. Errors: kInput when the file cannot be read.
  [[nodiscard]] static thresholds::Result<Contacts> read(const std::string& path,
                                                         const std::vector<std::string>& psn_nos);

  // nullopt: not in the file.
  [[nodiscard]] std::optional<alerts::Contact> find(std::string_view psn_no) const;

 private:
  struct Known {
    thresholds::BeijingTime updt_time;
    std::size_t at = std::string::npos;  // of name, id number and phone in texts_; npos: none
  };
  explicit Contacts(const std::vector<std::string>& psn_nos)
      : psn_nos_(&psn_nos), known_(psn_nos.size()) {}

  const std::vector<std::string>* psn_nos_;
  std::vector<Known> known_;  // as psn_nos_
  std::string texts_;         // as monitor/bytes.h puts them
};

}  // namespace yujing::app
