#include "common/documents/document_store.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/documents/errors.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::documents {
namespace {

namespace fs = std::filesystem;

class DocumentStoreTest : public testing::Test {
 protected:
  DocumentStoreTest() {
    std::string pattern = absl::StrCat(testing::TempDir(), "documents_XXXXXX");
    root_ = ::mkdtemp(pattern.data());
  }
  ~DocumentStoreTest() override { fs::remove_all(root_); }
  int FileCount() const {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) count += entry.is_regular_file();
    return count;
  }
  std::string PathOf(const std::string& id) const {
    return absl::StrCat(root_, "/", id.substr(0, 2), "/", id.substr(2));
  }
  std::string root_;
};

TEST(Sha256, KnownValues) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, OnlyLowerCaseHexIsAnId) {
  EXPECT_TRUE(IsSha256Hex(std::string(64, 'a')));
  EXPECT_FALSE(IsSha256Hex(std::string(63, 'a')));
  EXPECT_FALSE(IsSha256Hex(std::string(65, 'a')));
  EXPECT_FALSE(IsSha256Hex(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256Hex("../" + std::string(61, 'a')));
}

TEST_F(DocumentStoreTest, PutIsFoundUnderItsHashAndOnce) {
  const auto store = DocumentStore::Open(root_);
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string bytes("a\0b", 3);
  for (int i = 0; i < 3; ++i) {
    const auto id = store->Put(bytes);
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(*id, Sha256Hex(bytes));
    EXPECT_TRUE(fs::exists(PathOf(*id)));
    EXPECT_TRUE(store->Exists(*id));
    EXPECT_EQ(*store->Get(*id), bytes);
  }
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(DocumentStoreTest, PutAllIsAsManyPuts) {
  const DocumentStore store = *DocumentStore::Open(root_);
  ASSERT_TRUE(store.Put("old").ok());
  const auto ids = store.PutAll(std::vector<absl::string_view>{"one", "two", "", "one", "old"});
  ASSERT_EQ(ids.size(), 5u);
  EXPECT_EQ(*ids[0], Sha256Hex("one"));
  EXPECT_EQ(*ids[1], Sha256Hex("two"));
  EXPECT_EQ(ReasonOf(ids[2].status()), kDocumentSizeRefused);
  EXPECT_EQ(*ids[3], *ids[0]);
  EXPECT_EQ(*ids[4], Sha256Hex("old"));
  EXPECT_EQ(*store.Get(*ids[0]), "one");
  EXPECT_EQ(*store.Get(*ids[1]), "two");
}

TEST_F(DocumentStoreTest, SizesAtTheBounds) {
  const auto store = DocumentStore::Open(root_);
  EXPECT_EQ(ReasonOf(store->Put("").status()), kDocumentSizeRefused);
  EXPECT_TRUE(store->Put("x").ok());
  EXPECT_TRUE(store->Put(std::string(kDocumentBytesMax, 'x')).ok());
  EXPECT_EQ(ReasonOf(store->Put(std::string(kDocumentBytesMax + 1, 'x')).status()), kDocumentSizeRefused);
}

TEST_F(DocumentStoreTest, WhatIsNotThereIsNotFound) {
  const auto store = DocumentStore::Open(root_);
  EXPECT_EQ(ReasonOf(store->Get(std::string(64, '0')).status()), kDocumentNotFound);
  EXPECT_FALSE(store->Exists(std::string(64, '0')));
  EXPECT_EQ(ReasonOf(store->Get("../../etc/passwd").status()), kDocumentIdInvalid);
  EXPECT_FALSE(store->Exists("../../etc/passwd"));
}

TEST_F(DocumentStoreTest, DamageIsSeenAndAPutRepairsIt) {
  const auto store = DocumentStore::Open(root_);
  const std::string id = *store->Put("letter");
  std::ofstream(PathOf(id)) << "lettre";
  EXPECT_EQ(ReasonOf(store->Get(id).status()), kDocumentCorrupt);
  EXPECT_EQ(*store->Put("letter"), id);
  EXPECT_EQ(*store->Get(id), "letter");
}

TEST_F(DocumentStoreTest, AFileSystemThatRefusesIsUnavailable) {
  std::ofstream(absl::StrCat(root_, "/file")) << "in the way";
  EXPECT_EQ(ReasonOf(DocumentStore::Open(absl::StrCat(root_, "/file/store")).status()), kFileSystemError);
}

}  // namespace
}  // namespace relance::documents
