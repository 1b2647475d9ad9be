#include "tests/consumer/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <zlib.h>

#include "thresholds/result.h"

namespace yujing::tests {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "yujing-test-XXXXXX").string();
  CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::write(std::string_view name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary | std::ios::trunc) << content;
  return path(name);
}

void TemporaryFolder::append(std::string_view name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary | std::ios::app) << content;
}

std::string TemporaryFolder::read(std::string_view name) const {
  std::ifstream file(path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string gzip(std::string_view content) {
  z_stream state{};
  constexpr int kGzip = 16;
  CHECK(deflateInit2(&state, 6, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&state, content.size()) + 64, '\0');
  std::string in(content);
  state.next_in = reinterpret_cast<Bytef*>(in.data());
  state.avail_in = static_cast<uInt>(in.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&state, Z_FINISH) == Z_STREAM_END);
  out.resize(state.total_out);
  deflateEnd(&state);
  return out;
}

}  // namespace yujing::tests
