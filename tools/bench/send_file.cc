#include "tools/bench/send_file.h"

#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tools/bench/bench_world.h"

namespace relance::bench {

namespace v1 = ledger::v1;

absl::StatusOr<v1::ImportReport> SendFile(v1::LedgerService::Stub& stub, const std::string& format,
                                          const std::string& path) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kCallMax));
  v1::ImportFileResponse response;
  const auto stream = stub.ImportFile(&context, &response);
  v1::ImportFileRequest request;
  request.mutable_header()->set_tenant_id(kTenant);
  request.mutable_header()->set_format(format);
  request.mutable_header()->set_file_name(path.substr(path.rfind('/') + 1));
  bool open = stream->Write(request);
  std::ifstream file(path, std::ios::binary);
  while (open && file) {
    std::string& piece = *request.mutable_content();
    piece.resize(1 << 20);
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<size_t>(file.gcount()));
    if (piece.empty()) break;
    open = stream->Write(request);
  }
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return absl::InternalError(absl::StrCat("ImportFile: ", status.error_message()));
  return response.report();
}

}  // namespace relance::bench
