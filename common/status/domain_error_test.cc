#include "common/status/domain_error.h"

#include "gtest/gtest.h"

namespace relance {
namespace {

TEST(DomainErrorTest, CarriesReasonAndMetadata) {
  const absl::Status status = DomainError(absl::StatusCode::kNotFound, "ACCOUNT_NOT_FOUND", "no such account",
                                          {{"account", "C001"}, {"tenant", "acme"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("tenant"), "acme");
  EXPECT_EQ(ErrorInfoOf(status).metadata.size(), 2u);
}

TEST(DomainErrorTest, EmptyMetadataValueSurvives) {
  const absl::Status status =
      DomainError(absl::StatusCode::kInvalidArgument, "X", "m", {{"a", ""}, {"b", "1"}});
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("a"), "");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("b"), "1");
}

TEST(DomainErrorTest, PlainStatusHasNoReason) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

TEST(DomainErrorTest, ContextKeepsCodeReasonAndInnermostMetadata) {
  absl::Status status =
      DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "no answer", {{"node", "a"}});
  status = AddContext(status, "reading account", "node", "b");
  status = AddContext(status, "ageing", "tenant", "acme");
  EXPECT_EQ(status.message(), "ageing: reading account: no answer");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("node"), "a");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("tenant"), "acme");
}

}  // namespace
}  // namespace relance
