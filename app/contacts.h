// Names, id numbers and phones of some insured persons, read from the persons file when a list or
// an application is made. They go into what staff asked for and nowhere else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/lists/list_column.h"
#include "thresholds/result.h"

namespace yujing::app {

class Contacts {
 public:
  // Of `psn_nos` alone; `path` "": none are known. Of several records of a person the one with the
  // latest updt_time counts, of equal ones the last. Errors: kInput when the file cannot be read.
  [[nodiscard]] static thresholds::Result<Contacts> read(const std::string& path,
                                                         std::vector<std::string> psn_nos);

  // Null: not in the file.
  [[nodiscard]] const alerts::Contact* find(std::string_view psn_no) const;

 private:
  struct Known {
    bool found = false;
    thresholds::BeijingTime updt_time;
    alerts::Contact contact;
  };
  std::vector<std::string> psn_nos_;  // sorted
  std::vector<Known> known_;          // as psn_nos_
};

}  // namespace yujing::app
