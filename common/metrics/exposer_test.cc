#include "common/metrics/exposer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/metrics/metrics.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::metrics {
namespace {

using ::testing::HasSubstr;

std::string Get(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string reply;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n");
    char buffer[4096];
    ssize_t got = send(fd, request.data(), request.size(), 0);
    while (got > 0 && (got = recv(fd, buffer, sizeof(buffer), 0)) > 0) reply.append(buffer, got);
  }
  close(fd);
  return reply;
}

// One test: a process serves its metrics once.
TEST(ExposerTest, ServesTheRegistryAndTheProcessOnceAndNamesABadAddress) {
  EXPECT_EQ(ReasonOf(ServeMetrics("192.0.2.1:1").status()), "METRICS_ADDRESS_IN_USE")
      << "not an address of ours";
  CounterFamily("relance_exposer_test_total", "Test").With().Increment();
  const absl::StatusOr<int> port = ServeMetrics("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  const std::string reply = Get(*port, "/metrics");
  EXPECT_THAT(reply, HasSubstr("200 OK"));
  EXPECT_THAT(reply, HasSubstr("relance_exposer_test_total 1\n"));
  EXPECT_THAT(reply, HasSubstr("process_resident_memory_bytes "));
  EXPECT_EQ(ReasonOf(ServeMetrics("127.0.0.1:0").status()), "METRICS_ALREADY_SERVED");
}

}  // namespace
}  // namespace relance::metrics
