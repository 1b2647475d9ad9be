# Compiler and linker flags of everything built here. Third-party headers are system headers and stay silent.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # RD_KAFKA_V_… of librdkafka are statement expressions.
  add_compile_options(-Wthread-safety -Wno-gnu-statement-expression)
else()
  # g++ 12 sees overruns in std::string of its own library that are not there (GCC bugs 105329, 105651); clang and the
  # sanitizers look for real ones.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(YUJING_WERROR)
  add_compile_options(-Werror)
endif()

# What the program says about itself names files from the top of the tree, wherever the tree stands.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(YUJING_SANITIZE)
  list(JOIN YUJING_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
  # Instrumented code confuses this warning of g++ 12; the other presets keep it.
  add_compile_options(-Wno-maybe-uninitialized)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options(-Wno-unknown-warning-option)
  endif()
endif()

# Tests are most of what is compiled, and what they test keeps the preset's own flags. g++ takes three times as long for test code that
# is optimised and looks at every pointer twice; addresses are checked there as everywhere. Inline functions of a room that a test
# uses, too, may be linked from the test.
set(YUJING_TEST_FLAGS -O1)
if(YUJING_SANITIZE)
  set(YUJING_TEST_FLAGS -O0)
  if("undefined" IN_LIST YUJING_SANITIZE)
    list(APPEND YUJING_TEST_FLAGS -fno-sanitize=null,alignment,object-size,vptr,nonnull-attribute,returns-nonnull-attribute)
  endif()
endif()

if(YUJING_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "YUJING_FUZZ needs clang: configure with `cmake --preset fuzz`.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(YUJING_HARDEN)
  add_compile_options(-fstack-protector-strong -fPIE)
  add_link_options(-pie -Wl,-z,relro -Wl,-z,now)
  if(NOT YUJING_SANITIZE)
    # Fortify works only on optimised code and gets in the way of the sanitizers.
    add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
  endif()
endif()

find_program(CCACHE ccache)
if(YUJING_CCACHE AND CCACHE)
  # Precompiled headers need the sloppiness.
  set(launcher
      "${CMAKE_COMMAND}" -E env "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()
