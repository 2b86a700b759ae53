#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace relance::rpc {

// A stream of answers that may last for days, for a handler that waits for what to say. Made by a method of
// the callback API, so that it takes no thread of the synchronous server:
//
//   grpc::ServerWriteReactor<Response>* Watch(grpc::CallbackServerContext* context,
//                                             const Request* request) override {
//     return WriteStream<Response>::Run(context, [=, this](auto& stream) { return ...; });
//   }
//
// The handler has a thread of its own and ends the call with what it returns. Write is for that thread alone,
// the rest for any. The object deletes itself when the call is over.
template <typename Response>
class WriteStream final : public grpc::ServerWriteReactor<Response> {
 public:
  using Handler = std::function<grpc::Status(WriteStream& stream)>;

  static WriteStream* Run(grpc::CallbackServerContext* context, Handler handler) {
    auto* stream = new WriteStream(context);
    // A server waits for its calls when it shuts down, and a call for this thread's Finish: its last act.
    std::thread([stream, handler = std::move(handler)] { stream->Finish(handler(*stream)); }).detach();
    return stream;
  }

  // Waits until the message has left: a slow caller holds the handler back, and nothing piles up. False: the
  // caller has gone.
  bool Write(const Response& response) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (cancelled_) return false;
      written_.reset();
    }
    this->StartWrite(&response);
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return written_.has_value(); });
    return *written_;
  }

  // Calls `wake` once when the caller goes, now if it has gone already. Null takes it off: it does not run
  // after that. It must not call this object.
  void WhenCancelled(std::function<void()> wake) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_ = std::move(wake);
    if (cancelled_ && wake_) wake_();
  }

  // Ends a Write that waits for a caller who does not read, and the call. Not after the handler has returned.
  void Cancel() { context_->TryCancel(); }

  // Of gRPC's threads.
  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    written_ = ok;
    changed_.notify_all();
  }
  void OnCancel() override {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    if (wake_) wake_();
  }
  void OnDone() override { delete this; }

 private:
  explicit WriteStream(grpc::CallbackServerContext* context) : context_(context) {}
  ~WriteStream() override = default;

  grpc::CallbackServerContext* const context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> wake_;
  bool cancelled_ = false;
  std::optional<bool> written_;
};

}  // namespace relance::rpc
