#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

// What the tests of the outputs share: golden files and poppler's tools.
namespace relance::scenario::render {

// Compares `actual` with golden/<name>; UPDATE_GOLDEN=1 rewrites it.
inline void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = absl::StrCat(RELANCE_SOURCE_DIR, "/services/scenario/render/golden/", name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(actual, expected.str()) << path;
}

// What `command` prints, with the path of a file holding `bytes` in the place of %. A command that fails, or
// is not installed, fails the test.
inline std::string RunOn(const std::string& bytes, const std::string& command) {
  std::string path = absl::StrCat(testing::TempDir(), "letter_XXXXXX");
  const int fd = ::mkstemp(path.data());
  EXPECT_GE(fd, 0);
  std::FILE* const file = ::fdopen(fd, "wb");
  EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  std::fclose(file);
  std::FILE* const pipe = ::popen(absl::StrReplaceAll(command, {{"%", path}}).c_str(), "r");
  std::string output;
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) output.append(buffer, n);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  std::remove(path.c_str());
  return output;
}

// The text of a PDF as a reader sees it, spaces that do not break made ordinary.
inline std::string PdfText(const std::string& pdf, const std::string& options = "-layout") {
  return absl::StrReplaceAll(RunOn(pdf, absl::StrCat("pdftotext ", options, " % -")),
                             {{"\u00a0", " "}, {"\u202f", " "}});
}

// The same with every run of spaces and line breaks made one space: sentences in one piece.
inline std::string Flowed(const std::string& text) {
  std::string flowed;
  for (char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\f';
    if (space && (flowed.empty() || flowed.back() == ' ')) continue;
    flowed += space ? ' ' : c;
  }
  return flowed;
}

inline int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace relance::scenario::render
