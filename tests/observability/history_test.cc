// The past of a ledger in the real Prometheus: what ExportHistory gives goes through promtool into blocks,
// and queries answer what GetHistory says.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/projection/projection.h"
#include "common/projection/testing/portfolio.h"
#include "common/rpc/proto_types.h"
#include "common/status/check.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/day.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/ledger/indicators/open_metrics.h"
#include "services/ledger/indicators/reports.h"
#include "tests/support/stack/child_process.h"

namespace relance::testing {
namespace {

using projection::testing::Portfolio;

constexpr char kToday[] = "2025-06-30";

store::Deadline Soon() { return store::After(absl::Seconds(30)); }

double Units(const type::v1::Money& money) {
  return static_cast<double>(money.units()) + static_cast<double>(money.nanos()) / 1e9;
}

// A port that was free a moment ago.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  RELANCE_CHECK(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  socklen_t size = sizeof(address);
  RELANCE_CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  close(fd);
  return ntohs(address.sin_port);
}

std::string RunTool(const std::vector<std::string>& command) {
  const ProgramResult result = RunProgram(command);
  EXPECT_EQ(result.code, 0) << command[0] << ": " << result.err;
  return result.out;
}

// Prometheus over a folder of blocks, on a port of its own.
class Prometheus {
 public:
  explicit Prometheus(const std::string& folder)
      : address_(absl::StrCat("127.0.0.1:", FreePort())),
        process_({RELANCE_PROMETHEUS, "--config.file=" + folder + "/empty.yaml",
                  "--storage.tsdb.path=" + folder + "/data", "--storage.tsdb.retention.time=50y",
                  "--web.listen-address=" + address_},
                 folder + "/prometheus.log") {
    std::ofstream(folder + "/empty.yaml") << "global: {}\n";
    process_.Start();
    RunTool({RELANCE_CURL, "--silent", "--fail", "--retry", "60", "--retry-delay", "1", "--retry-all-errors",
             "--output", "/dev/null", absl::StrCat("http://", address_, "/-/ready")});
  }

  google::protobuf::Value Get(const std::string& path, const std::vector<std::string>& parameters) {
    std::vector<std::string> command = {RELANCE_CURL, "--silent", "--get",
                                        absl::StrCat("http://", address_, path)};
    for (const std::string& parameter : parameters) {
      command.push_back("--data-urlencode");
      command.push_back(parameter);
    }
    google::protobuf::Struct answer;
    const std::string text = RunTool(command);
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &answer).ok()) << text;
    EXPECT_EQ(answer.fields().at("status").string_value(), "success") << text;
    return (*(*answer.mutable_fields())["data"].mutable_struct_value()->mutable_fields())["result"];
  }

  // The one value at a moment; NaN without one.
  double At(const std::string& query, int64_t time) {
    const google::protobuf::Value result =
        Get("/api/v1/query", {"query=" + query, absl::StrCat("time=", time)});
    if (result.list_value().values_size() == 0) return std::nan("");
    EXPECT_EQ(result.list_value().values_size(), 1) << query;
    double value = 0;
    const auto& series = result.list_value().values(0).struct_value().fields();
    EXPECT_TRUE(absl::SimpleAtod(series.at("value").list_value().values(1).string_value(), &value));
    return value;
  }

 private:
  const std::string address_;
  ChildProcess process_;
};

class HistoryInPrometheus : public ::testing::Test {
 protected:
  HistoryInPrometheus()
      : tenants_(&portfolio_.ledger(), [] { return absl::UnixEpoch(); }),
        projection_(&portfolio_.ledger()),
        reports_(&portfolio_.ledger(), &projection_, &tenants_) {
    std::string path = (std::filesystem::temp_directory_path() / "relance-history-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    std::filesystem::create_directory(folder_ + "/data");
  }
  ~HistoryInPrometheus() override { std::filesystem::remove_all(folder_); }

  // Two and a half years of two currencies: some pay in time, some late, some never.
  void MakeBooks() {
    portfolio_.Tenant("verger", "EUR", kToday);
    const absl::CivilDay end = *ParseIsoDay(kToday);
    int n = 0;
    for (absl::CivilDay day(2023, 1, 10); day < end; day += 9, ++n) {
      const store::AccountKey account{"verger", absl::StrCat("C", n % 7)};
      const std::string currency = n % 5 == 4 ? "USD" : "EUR";
      const uint64_t invoice =
          portfolio_.Invoice(account, 1000'00 + 37 * n, FormatIsoDay(day), FormatIsoDay(day + 30), currency);
      if (n % 7 == 3) continue;
      const absl::CivilDay paid = day + 20 + 11 * (n % 7);
      if (paid < end) portfolio_.Pay(account, 900'00 + 37 * n, FormatIsoDay(paid), invoice);
    }
    portfolio_.Pay({"verger", "~unidentified"}, 12'34, "2024-02-05");
  }

  std::string Export() {
    ledger::v1::ExportHistoryRequest request;
    request.set_tenant_id("verger");
    std::string text;
    const absl::Status status = reports_.ExportHistory(request, Soon(), [&](const auto& piece) {
      text += piece.text();
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return text;
  }

  Portfolio portfolio_;
  TenantDirectory tenants_;
  projection::Projection projection_;
  ledger::Reports reports_;
  std::string folder_;
};

double Dso(const ledger::v1::HistoryPoint& point, const std::string& method) {
  for (const auto& dso : point.dso()) {
    if (dso.method() == method) return dso.days();
  }
  return std::nan("");
}

void ExpectSame(double found, double wanted, const std::string& what) {
  if (std::isnan(wanted)) {
    EXPECT_TRUE(std::isnan(found)) << what << " is " << found;
  } else {
    EXPECT_NEAR(found, wanted, 1e-9 * std::max(1.0, std::abs(wanted))) << what;
  }
}

TEST_F(HistoryInPrometheus, ThePastIsThereOnDayOne) {
  MakeBooks();
  const std::string file = folder_ + "/history.om";
  std::ofstream(file) << Export();
  RunTool({RELANCE_PROMTOOL, "tsdb", "create-blocks-from", "openmetrics", file, folder_ + "/data"});
  Prometheus prometheus(folder_);

  ledger::v1::GetHistoryRequest request;
  request.set_tenant_id("verger");
  const auto history = reports_.GetHistory(request, Soon());
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->currencies_size(), 2);
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Paris", &zone));
  int compared = 0;
  for (const auto& currency : history->currencies()) {
    const std::string labels =
        absl::StrCat("{tenant=\"verger\",currency=\"", currency.currency_code(), "\",job=\"relance-ledger\"");
    ASSERT_EQ(currency.points_size(), currency.currency_code() == "EUR" ? 30 : 29);
    for (const auto& point : currency.points()) {
      const absl::CivilDay day = *rpc::DayFromProto(point.as_of_date(), "date");
      if (day == *ParseIsoDay(kToday)) continue;  // scraped, not exported
      SCOPED_TRACE(FormatIsoDay(day));
      const int64_t time = ledger::LastSecond(day, zone);
      const auto same = [&](const std::string& name, const std::string& more, double wanted) {
        ExpectSame(prometheus.At(absl::StrCat("relance_ledger_", name, labels, more, "}"), time), wanted,
                   name + more);
        ++compared;
      };
      const auto optional = [](bool has, double value) { return has ? value : std::nan(""); };
      same("receivables", "", Units(point.receivables()));
      same("overdue", ",bucket=\"1-30\"", Units(point.buckets(1).amount()));
      same("overdue", ",bucket=\"over-90\"", Units(point.buckets(4).amount()));
      same("unapplied", "", Units(point.unapplied()));
      same("dso", ",method=\"countback\"", Dso(point, "countback"));
      same("dso", ",method=\"true\"", Dso(point, "true"));
      same("rolling_dso", ",months=\"12\"", Dso(point, "rolling_12"));
      same("collection_effectiveness_ratio", "",
           optional(point.has_collection_effectiveness(), point.collection_effectiveness()));
      same("roll_rate_ratio", ",bucket=\"1-30\"",
           optional(point.roll_rates(1).has_cohort(), point.roll_rates(1).cohort()));
      same("payment_lateness", "", optional(point.has_weighted_days_late(), point.weighted_days_late()));
      same("overdue_accounts", "", point.overdue_accounts());
    }
    // What the dashboard "history" draws: one line without gaps, each month end until the next.
    const auto& points = currency.points();
    const int64_t first = ledger::LastSecond(*rpc::DayFromProto(points[0].as_of_date(), "date"), zone);
    const int64_t last =
        ledger::LastSecond(*rpc::DayFromProto(points[points.size() - 2].as_of_date(), "date"), zone);
    const google::protobuf::Value line = prometheus.Get(
        "/api/v1/query_range",
        {absl::StrCat("query=max by (tenant, currency) (relance_ledger_receivables", labels,
                      "}) or max by (tenant, currency) (last_over_time(relance_ledger_receivables", labels,
                      ",instance=\"\"}[5y]))"),
         absl::StrCat("start=", first), absl::StrCat("end=", last), "step=1d"});
    ASSERT_EQ(line.list_value().values_size(), 1);
    const auto& values =
        line.list_value().values(0).struct_value().fields().at("values").list_value().values();
    EXPECT_EQ(values.size(), (last - first) / 86'400 + 1);
    int at = 0;
    for (const auto& value : values) {
      const int64_t time = static_cast<int64_t>(value.list_value().values(0).number_value());
      while (at + 1 < points.size() - 1 &&
             ledger::LastSecond(*rpc::DayFromProto(points[at + 1].as_of_date(), "date"), zone) <= time) {
        ++at;
      }
      double drawn = 0;
      ASSERT_TRUE(absl::SimpleAtod(value.list_value().values(1).string_value(), &drawn));
      EXPECT_NEAR(drawn, Units(points[at].receivables()), 1e-6) << time;
    }
  }
  EXPECT_GT(compared, 600);
}

}  // namespace
}  // namespace relance::testing
