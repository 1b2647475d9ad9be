# The functions that make rooms, the program, tests, benches and fuzzers.
#
# Floors are kept by the compiler, not by good will: the top of the tree is no include directory. Each room gets a folder of its
# own in the build tree holding one link to the room (include/monitor/monitor -> monitor), and only that room's target exports
# it. `#include "consumer/codec.h"` therefore fails wherever `consumer` is not linked, as in `alerts`.
#
# A call without SOURCES is fine: the room is then there for others to link, with nothing in it.

# Where the compiler looks for "<name>/…".
function(yujing_view name folder result)
  set(view "${PROJECT_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${view}")
  file(CREATE_LINK "${folder}" "${view}/${name}" SYMBOLIC)
  set(${result} "${view}" PARENT_SCOPE)
endfunction()

function(yujing_refuse_unknown what)
  if(ARGN)
    message(FATAL_ERROR "${what}: do not know what to do with `${ARGN}`; SOURCES, LIBS, PUBLIC … come before their values.")
  endif()
endfunction()

# Precompiles standard headers for a target of several files. The tidy preset builds without them, so a missing include shows.
function(yujing_precompile target)
  if(YUJING_PCH)
    target_precompile_headers(
      ${target} PRIVATE <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
      <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp> ${ARGN})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
  endif()
endfunction()

# yujing_room(NAME SOURCES file… PUBLIC lower rooms and libraries… PRIVATE libraries… [DEFINITIONS NAME=value…])
# One static library per room. PUBLIC is what its headers show, PRIVATE what only its .cc files use.
function(yujing_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;PUBLIC;PRIVATE;DEFINITIONS")
  yujing_refuse_unknown("yujing_room(${name})" ${room_UNPARSED_ARGUMENTS})
  yujing_view(${name} "${CMAKE_CURRENT_SOURCE_DIR}" view)
  set(compiled ${room_SOURCES})
  list(FILTER compiled INCLUDE REGEX "\\.cc$")
  if(compiled)
    add_library(${name} STATIC ${room_SOURCES})
    target_include_directories(${name} PUBLIC "${view}")
    target_link_libraries(${name} PUBLIC ${room_PUBLIC} PRIVATE ${room_PRIVATE})
    target_compile_definitions(${name} PRIVATE ${room_DEFINITIONS})
    target_compile_options(${name} PRIVATE "-fmacro-prefix-map=${view}/=")
    yujing_precompile(${name})
  else()
    message(STATUS "Room ${name} has no sources yet")
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${view}")
    target_link_libraries(${name} INTERFACE ${room_PUBLIC})
  endif()
endfunction()

# yujing_program(NAME SOURCES file… LIBS libraries…)
function(yujing_program name)
  cmake_parse_arguments(PARSE_ARGV 1 program "" "" "SOURCES;LIBS")
  yujing_refuse_unknown("yujing_program(${name})" ${program_UNPARSED_ARGUMENTS})
  if(NOT program_SOURCES)
    message(STATUS "Program ${name} has no sources yet")
    return()
  endif()
  add_executable(${name} ${program_SOURCES})
  target_link_libraries(${name} PRIVATE ${program_LIBS})
  yujing_precompile(${name})
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# Lets a program of tests/ include "tests/…" and find files of the tree by YUJING_SOURCE_DIR.
function(yujing_see_tests name)
  yujing_view(tests "${PROJECT_SOURCE_DIR}/tests" view)
  target_include_directories(${name} PRIVATE "${view}")
  target_compile_definitions(${name} PRIVATE YUJING_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
endfunction()

# yujing_test(NAME SOURCES file… LIBS room and libraries… [LABELS unit|…] [TIMEOUT seconds] [WHOLE])
# GoogleTest with its main, RapidCheck at hand; every TEST becomes a ctest entry "NAME.Suite.Case", or, with WHOLE, all of them one
# entry NAME, where what they share is dear. The label is `unit` unless said otherwise; the tests run with the top of the tree as
# working directory.
function(yujing_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "WHOLE" "TIMEOUT" "SOURCES;LIBS;LABELS")
  yujing_refuse_unknown("yujing_test(${name})" ${test_UNPARSED_ARGUMENTS})
  if(NOT YUJING_TESTS OR NOT test_SOURCES)
    return()
  endif()
  if(NOT test_LABELS)
    set(test_LABELS unit)
  endif()
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 300)
  endif()
  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE ${test_LIBS} GTest::gmock GTest::gtest_main yujing_rapidcheck)
  yujing_see_tests(${name})
  target_compile_options(${name} PRIVATE ${YUJING_TEST_FLAGS})
  yujing_precompile(${name} <gmock/gmock.h> <gtest/gtest.h>)
  if(test_WHOLE)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
    return()
  endif()
  gtest_discover_tests(
    ${name}
    TEST_PREFIX "${name}."
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${test_LABELS}" TIMEOUT ${test_TIMEOUT})
endfunction()

# yujing_bench(NAME SOURCES file… LIBS libraries…): a Google Benchmark program, built where YUJING_BENCH is on.
function(yujing_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 bench "" "" "SOURCES;LIBS")
  yujing_refuse_unknown("yujing_bench(${name})" ${bench_UNPARSED_ARGUMENTS})
  if(NOT YUJING_BENCH OR NOT bench_SOURCES)
    return()
  endif()
  add_executable(${name} ${bench_SOURCES})
  target_link_libraries(${name} PRIVATE ${bench_LIBS} benchmark::benchmark benchmark::benchmark_main)
  yujing_see_tests(${name})
endfunction()

# yujing_fuzz(NAME SOURCES file… LIBS libraries…): a libFuzzer program, built where YUJING_FUZZ is on.
function(yujing_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 fuzz "" "" "SOURCES;LIBS")
  yujing_refuse_unknown("yujing_fuzz(${name})" ${fuzz_UNPARSED_ARGUMENTS})
  if(NOT YUJING_FUZZ OR NOT fuzz_SOURCES)
    return()
  endif()
  add_executable(${name} ${fuzz_SOURCES})
  target_link_libraries(${name} PRIVATE ${fuzz_LIBS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  yujing_see_tests(${name})
endfunction()
