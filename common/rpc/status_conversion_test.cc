#include "common/rpc/status_conversion.h"

#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

TEST(StatusConversionTest, EveryCodeSurvivesTheRoundTrip) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), "ledger.relance").ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
  for (int code = 1; code <= 16; ++code) {
    SCOPED_TRACE(code);
    const absl::Status before = DomainError(static_cast<absl::StatusCode>(code), "SOME_REASON",
                                            "what happened", {{"account", "C001"}, {"empty", ""}});
    const grpc::Status wire = ToGrpcStatus(before, "ledger.relance");
    EXPECT_EQ(static_cast<int>(wire.error_code()), code);
    const absl::Status after = FromGrpcStatus(wire);
    EXPECT_EQ(after.code(), before.code());
    EXPECT_EQ(after.message(), "what happened");
    const ErrorInfo info = ErrorInfoOf(after);
    EXPECT_EQ(info.reason, "SOME_REASON");
    EXPECT_EQ(info.domain, "ledger.relance");
    EXPECT_EQ(info.metadata, (std::map<std::string, std::string>{{"account", "C001"}, {"empty", ""}}));
  }
}

TEST(StatusConversionTest, TheDetailsAreThePublicMessages) {
  const grpc::Status wire = ToGrpcStatus(
      DomainError(absl::StatusCode::kNotFound, "ACCOUNT_NOT_FOUND", "no such account"), "ledger.relance");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), 5);
  EXPECT_EQ(details.message(), "no such account");
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
}

TEST(StatusConversionTest, TheDomainOfAnotherServiceIsKept) {
  const absl::Status foreign =
      WithErrorInfo(absl::UnavailableError("x"), {"RISK_UNAVAILABLE", "risk.relance", {}});
  EXPECT_EQ(ErrorInfoOf(FromGrpcStatus(ToGrpcStatus(foreign, "campaign.relance"))).domain, "risk.relance");
}

TEST(StatusConversionTest, AFailureWithoutReasonGetsOne) {
  EXPECT_EQ(ReasonOf(FromGrpcStatus(ToGrpcStatus(absl::InternalError("x"), "ledger.relance"))),
            kUnclassified);
}

TEST(StatusConversionTest, TheTrailersStayBelowTheLimitOfGrpc) {
  std::map<std::string, std::string> metadata;
  for (int i = 0; i < 100; ++i) metadata[absl::StrCat("key", i)] = std::string(1000, 'x');
  const grpc::Status wire = ToGrpcStatus(
      DomainError(absl::StatusCode::kInternal, std::string(100, 'R'), std::string(5000, 'm'), metadata),
      "l.relance");
  EXPECT_EQ(wire.error_message().size(), kMessageBytesMax);
  EXPECT_EQ(ErrorInfoOf(FromGrpcStatus(wire)).metadata.size(), kMetadataEntriesMax);
  // Base64 makes 4 bytes of 3.
  EXPECT_LT(wire.error_message().size() + wire.error_details().size() * 4 / 3, 8192u);
}

TEST(StatusConversionTest, TextThatIsNotUtf8StillTravels) {
  const absl::Status after = FromGrpcStatus(ToGrpcStatus(
      DomainError(absl::StatusCode::kInvalidArgument, "R", "caf\xE9", {{"name", "\xFF"}}), "l.relance"));
  EXPECT_EQ(after.message(), "caf?");
  EXPECT_EQ(ErrorInfoOf(after).metadata.at("name"), "?");
}

TEST(StatusConversionTest, ForeignStatusesAreTakenAsTheyAre) {
  const absl::Status plain =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"));
  EXPECT_EQ(plain, absl::UnavailableError("connection refused"));
  EXPECT_EQ(ReasonOf(FromGrpcStatus(grpc::Status(grpc::StatusCode::ABORTED, "x", "\xFFnot a message"))), "");
  EXPECT_EQ(FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(30), "x")).code(),
            absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace relance::rpc
