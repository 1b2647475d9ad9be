// Writes a delivery the way centres do: any shape, spelling and dress, chosen by a number.
#pragma once

#include <cstdint>
#include <string>

#include "monitor/settlement.h"

namespace yujing::tests {

// The same `seed` writes the same text. Nothing that is said twice disagrees where it would matter.
std::string write_event(const monitor::Delivery& delivery, std::uint64_t seed);

}  // namespace yujing::tests
