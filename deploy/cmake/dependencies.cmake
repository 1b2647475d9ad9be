# Libraries, all of them Debian 12 packages (deploy/install-dependencies.sh installs them).
# RapidCheck and cpp-httplib come without a usable CMake package and get a target here.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(RocksDB REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka>=2.0.2)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)

# Part of the program where there is an archive of it: a call into the shared library costs more (docs/performance.md).
add_library(yujing_rocksdb INTERFACE)
target_link_libraries(yujing_rocksdb INTERFACE $<IF:$<TARGET_EXISTS:RocksDB::rocksdb>,RocksDB::rocksdb,RocksDB::rocksdb-shared>)

# Debian 12 has 2.0.2, whose defects docs/kafka.md names; a newer one that pkg-config finds first is taken.
message(STATUS "librdkafka ${rdkafka_VERSION}")

add_library(yujing_httplib INTERFACE)
target_link_libraries(yujing_httplib INTERFACE PkgConfig::httplib OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

if(YUJING_TESTS)
  find_package(GTest REQUIRED)
  find_path(RAPIDCHECK_INCLUDE_DIR rapidcheck.h REQUIRED)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  add_library(yujing_rapidcheck INTERFACE)
  target_include_directories(yujing_rapidcheck SYSTEM INTERFACE "${RAPIDCHECK_INCLUDE_DIR}")
  target_link_libraries(yujing_rapidcheck INTERFACE "${RAPIDCHECK_LIBRARY}")
endif()

if(YUJING_BENCH)
  find_package(benchmark REQUIRED)
endif()
