// Holds one bug for each sanitizer, so that a build whose sanitizers do not reach the tests is
// noticed.
#include <cstring>
#include <limits>
#include <memory>

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "heap") == 0) {
    const auto bytes = std::make_unique<char[]>(static_cast<std::size_t>(count));
    return bytes.get()[count * 8];
  }
  volatile int biggest = std::numeric_limits<int>::max();
  return biggest + count > 0 ? 0 : 1;
}
