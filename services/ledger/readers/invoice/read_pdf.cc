#include "services/ledger/readers/invoice/read_pdf.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "services/ledger/readers/invoice/pdf/find_attachment.h"
#include "services/ledger/readers/invoice/pdf/pdf_exit.h"
#include "services/ledger/readers/invoice/reasons.h"
#include "services/ledger/readers/refusal.h"

namespace relance::ledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kMagicWithinBytes = 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  int* address() { return &fd_; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

absl::Status CannotStart(absl::string_view what) {
  return DomainError(
      absl::StatusCode::kUnavailable, kPdfReaderFailed,
      absl::StrCat("the program that reads PDFs cannot be used: ", what, ": ", std::strerror(errno)));
}

std::string ProgramBesideThis() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  if (length <= 0) return kPdfProgram;
  const absl::string_view self(path, static_cast<size_t>(length));
  return absl::StrCat(self.substr(0, self.rfind('/') + 1), kPdfProgram);
}

// One child: killed and reaped when this ends, if it has not ended by itself.
class Child {
 public:
  ~Child() {
    if (pid_ > 0) Kill();
  }

  // Standard input and output of the child are `in` and `out`; nothing else is inherited.
  absl::Status Start(const std::string& program, int in, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string name = program;
    char* arguments[] = {name.data(), nullptr};
    char* no_environment[] = {nullptr};
    const int error = posix_spawn(&pid_, program.c_str(), &actions, &attributes, arguments, no_environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
      pid_ = -1;
      errno = error;
      return CannotStart("posix_spawn");
    }
    return absl::OkStatus();
  }

  // Waits for its end until `until`, else kills it. Returns the status as waitpid tells it.
  int End(SteadyClock::time_point until) {
    Descriptor ended(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    pollfd wanted{ended.get(), POLLIN, 0};
    int ready = 0;
    do {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now());
      ready = ended.get() < 0 ? 0 : poll(&wanted, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    } while (ready < 0 && errno == EINTR);
    if (ready != 1) return Kill();
    return Reap();
  }

  int Kill() {
    kill(pid_, SIGKILL);
    return Reap();
  }

 private:
  int Reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  pid_t pid_ = -1;
};

// Sends the PDF and collects the answer, until the child closes its output. False: out of time or too much.
bool Exchange(absl::string_view pdf, Descriptor& in, Descriptor& out, SteadyClock::time_point until,
              std::string* xml) {
  char piece[64 * 1024];
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now());
    if (left.count() <= 0) return false;
    pollfd wanted[2] = {{out.get(), POLLIN, 0}, {in.get(), POLLOUT, 0}};
    const int ready = poll(wanted, in.get() < 0 ? 1 : 2, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    if (in.get() >= 0 && wanted[1].revents != 0) {
      const ssize_t sent = send(in.get(), pdf.data(), pdf.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) pdf.remove_prefix(static_cast<size_t>(sent));
      // A child that reads no further has its reason; its exit status tells.
      const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
      if (pdf.empty() || broken) in.Close();
    }
    if (wanted[0].revents != 0) {
      const ssize_t got = read(out.get(), piece, sizeof(piece));
      if (got == 0) return true;
      if (got < 0 && errno != EINTR) return false;
      if (got > 0) xml->append(piece, static_cast<size_t>(got));
      if (xml->size() > kPdfXmlBytesMax) return false;
    }
  }
}

absl::Status Verdict(int status, absl::string_view file) {
  const auto refuse = [&](absl::string_view reason, absl::string_view message) {
    return RefuseFile(file, 1, "", reason, message);
  };
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU || signal == SIGKILL) {
      return refuse(kPdfTooExpensive, "the PDF takes too much time to read");
    }
    return refuse(kPdfUnreadable, "the PDF is damaged");
  }
  switch (WEXITSTATUS(status)) {
    case 0:
      return absl::OkStatus();
    case kPdfExitWithoutInvoice:
      return refuse(kPdfWithoutInvoice,
                    "the PDF has no factur-x.xml, zugferd-invoice.xml or xrechnung.xml attached");
    case kPdfExitTooExpensive:
      return refuse(kPdfTooExpensive, "the PDF takes too much memory to read, or its XML is too large");
    case kPdfExitEncrypted:
      return refuse(kPdfEncrypted, "the PDF is protected by a password");
    case kPdfExitUnreadable:
      return refuse(kPdfUnreadable, "the PDF is damaged, or is none");
    default:
      // 127: posix_spawn could not execute it.
      return DomainError(absl::StatusCode::kUnavailable, kPdfReaderFailed,
                         "the program that reads PDFs could not run");
  }
}

}  // namespace

bool LooksLikePdf(absl::string_view first_bytes) {
  return absl::StrContains(first_bytes.substr(0, kMagicWithinBytes), "%PDF-");
}

absl::StatusOr<std::string> ReadPdfInvoice(absl::string_view pdf, absl::string_view file,
                                           const PdfOptions& options) {
  if (pdf.size() > kPdfBytesMax) {
    return RefuseFile(file, 1, "", kPdfTooExpensive,
                      absl::StrCat("a PDF of at most ", kPdfBytesMax, " bytes is read"));
  }
  if (!LooksLikePdf(pdf)) return RefuseFile(file, 1, "", kPdfUnreadable, "it does not begin as a PDF");
  const auto until = SteadyClock::now() + absl::ToChronoMilliseconds(options.time_max);
  // A socket, since a pipe whose reader is gone would raise SIGPIPE.
  int in[2], out[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) return CannotStart("socketpair");
  Descriptor to_child(in[0]), child_in(in[1]);
  if (pipe2(out, O_CLOEXEC) != 0) return CannotStart("pipe");
  Descriptor from_child(out[0]), child_out(out[1]);
  Child child;
  const std::string program = options.program.empty() ? ProgramBesideThis() : options.program;
  absl::Status started = child.Start(program, child_in.get(), child_out.get());
  if (!started.ok()) return started;
  child_in.Close();
  child_out.Close();

  std::string xml;
  if (!Exchange(pdf, to_child, from_child, until, &xml)) {
    child.Kill();
    return RefuseFile(file, 1, "", kPdfTooExpensive, "the PDF takes too much time to read");
  }
  to_child.Close();
  absl::Status verdict = Verdict(child.End(until), file);
  if (!verdict.ok()) return verdict;
  return xml;
}

}  // namespace relance::ledger
