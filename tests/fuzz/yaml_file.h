// The one file that a fuzzer of YAML files writes its input to, in memory where the machine can.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace yujing::fuzz {

class YamlFile {
 public:
  YamlFile() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ignored;
    const auto folder = std::filesystem::is_directory(memory, ignored)
                            ? memory
                            : std::filesystem::temp_directory_path();
    path_ = folder / ("yujing-fuzz-" + std::to_string(::getpid()) + ".yaml");
  }
  ~YamlFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  YamlFile(const YamlFile&) = delete;
  YamlFile& operator=(const YamlFile&) = delete;

  // Its path, now holding these bytes.
  std::string with(const std::uint8_t* data, std::size_t size) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path_.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace yujing::fuzz
