# Helpers that keep every CMakeLists.txt to a few lines.
#
# relance_library(NAME [GRPC] DEPS...)   all *.cc of the folder but main.cc, *_main.cc, *_test.cc and testing/
# relance_tests(NAME LABEL unit|redis|e2e|soak DEPS...)  one binary of all *_test.cc of the folder
# relance_binary(NAME SOURCE DEPS...)
#
# GRPC on a library or test chooses the precompiled header that also holds gRPC and protobuf.

set(RELANCE_WARNINGS -Wall -Wextra -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely where it inlines std::string (GCC PR 105329, 105651), depending even on how long the
  # source path is. They stay visible, they do not end a build.
  list(APPEND RELANCE_WARNINGS -Wno-error=array-bounds -Wno-error=restrict -Wno-error=stringop-overflow
       -Wno-error=stringop-overread)
endif()
set(RELANCE_SANITIZE_FLAGS "")
if(RELANCE_SANITIZE)
  set(RELANCE_SANITIZE_FLAGS -fsanitize=${RELANCE_SANITIZE} -fno-omit-frame-pointer)
  # gcc's own diagnostics are unreliable under sanitizers.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND RELANCE_WARNINGS -Wno-maybe-uninitialized -Wno-tsan)
  endif()
endif()
# hiredis asks for it; a precompiled header wants the same for everybody.
add_compile_definitions(_FILE_OFFSET_BITS=64)
add_compile_options(${RELANCE_SANITIZE_FLAGS})
add_link_options(${RELANCE_SANITIZE_FLAGS})
find_program(RELANCE_MOLD mold)
if(RELANCE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(RELANCE_PCH)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/pch)
  file(WRITE ${CMAKE_BINARY_DIR}/pch/empty.cc.in "// Carries the precompiled header.\n")
  configure_file(${CMAKE_BINARY_DIR}/pch/empty.cc.in ${CMAKE_BINARY_DIR}/pch/base.cc COPYONLY)
  configure_file(${CMAKE_BINARY_DIR}/pch/empty.cc.in ${CMAKE_BINARY_DIR}/pch/grpc.cc COPYONLY)
  configure_file(${CMAKE_BINARY_DIR}/pch/empty.cc.in ${CMAKE_BINARY_DIR}/pch/test.cc COPYONLY)
  set(_base <algorithm> <cstdint> <functional> <map> <memory> <mutex> <optional> <string> <unordered_map> <vector>
      <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
      <absl/strings/str_split.h> <absl/strings/string_view.h> <absl/time/civil_time.h> <absl/time/time.h>
      <absl/container/flat_hash_map.h>)
  set(_grpc ${_base} <google/protobuf/message.h> <grpcpp/grpcpp.h>)
  add_library(pch_base STATIC ${CMAKE_BINARY_DIR}/pch/base.cc)
  target_link_libraries(pch_base PRIVATE absl::statusor absl::strings absl::time absl::flat_hash_map Threads::Threads)
  target_precompile_headers(pch_base PRIVATE ${_base})
  add_library(pch_grpc STATIC ${CMAKE_BINARY_DIR}/pch/grpc.cc)
  target_link_libraries(pch_grpc PRIVATE gRPC::grpc++ protobuf::libprotobuf absl::statusor absl::strings absl::time absl::flat_hash_map Threads::Threads)
  target_precompile_headers(pch_grpc PRIVATE ${_grpc})
  add_library(pch_test STATIC ${CMAKE_BINARY_DIR}/pch/test.cc)
  target_link_libraries(pch_test PRIVATE gRPC::grpc++ protobuf::libprotobuf GTest::gmock absl::statusor absl::strings absl::time absl::flat_hash_map Threads::Threads)
  target_precompile_headers(pch_test PRIVATE ${_grpc} <gmock/gmock.h> <gtest/gtest.h>)
endif()

function(_relance_common target pch)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${RELANCE_WARNINGS})
  target_link_libraries(${target} PUBLIC absl::status absl::statusor absl::strings absl::str_format absl::time
                        absl::flat_hash_map Threads::Threads)
  if(RELANCE_PCH)
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
endfunction()

function(relance_library name)
  cmake_parse_arguments(A "GRPC" "" "DEPS" ${ARGN})
  file(GLOB srcs CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER srcs EXCLUDE REGEX "(_test|/main|_main)\\.cc$")
  if(NOT srcs)
    return()
  endif()
  add_library(${name} STATIC ${srcs})
  if(A_GRPC)
    _relance_common(${name} pch_grpc)
    target_link_libraries(${name} PUBLIC relance_protos gRPC::grpc++ protobuf::libprotobuf)
  else()
    _relance_common(${name} pch_base)
  endif()
  target_link_libraries(${name} PUBLIC ${A_DEPS})
endfunction()

function(relance_tests name)
  cmake_parse_arguments(A "" "LABEL;TIMEOUT" "DEPS" ${ARGN})
  file(GLOB srcs CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(NOT srcs)
    return()
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${name} ${srcs})
  _relance_common(${name} pch_test)
  target_link_libraries(${name} PRIVATE ${A_DEPS} gRPC::grpc++ protobuf::libprotobuf GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE RELANCE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" RELANCE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABEL}" TIMEOUT ${A_TIMEOUT})
endfunction()

function(relance_binary name source)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  file(GLOB srcs CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  if(NOT srcs)
    return()
  endif()
  add_executable(${name} ${srcs})
  _relance_common(${name} pch_grpc)
  target_link_libraries(${name} PRIVATE ${A_DEPS} gRPC::grpc++ protobuf::libprotobuf)
  # Takes the place of libc's malloc; a sanitizer brings its own.
  if(NOT RELANCE_SANITIZE)
    target_link_libraries(${name} PRIVATE PkgConfig::JEMALLOC)
  endif()
endfunction()
