#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace relance::rpc {

// What is read ahead of a handler. Beyond it the caller is held back by gRPC's flow control; a message that
// is on its way may still come.
struct ReadAheadLimits {
  size_t messages = 32;
  size_t bytes = 8 << 20;
};

// A bidirectional stream whose messages are read while earlier ones are worked, for a handler that takes
// several at once and may block. Made by a method of the callback API, which returns it to gRPC:
//
//   grpc::ServerBidiReactor<Request, Response>* Sync(grpc::CallbackServerContext* context) override {
//     return ReadAheadStream<Request, Response>::Run({}, [this, context](auto& stream) { return ...; });
//   }
//
// The handler has a thread of its own and ends the call with what it returns, read or unread messages
// notwithstanding. Read and Write are for that thread alone. The object deletes itself when the call is over.
template <typename Request, typename Response>
class ReadAheadStream final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  using Handler = std::function<grpc::Status(ReadAheadStream& stream)>;

  static ReadAheadStream* Run(ReadAheadLimits limits, Handler handler) {
    auto* stream = new ReadAheadStream(limits);
    stream->StartRead(&stream->incoming_);
    // A server waits for its calls when it shuts down, and a call for this thread's Finish: its last act.
    std::thread([stream, handler = std::move(handler)] { stream->Finish(handler(*stream)); }).detach();
    return stream;
  }

  // Waits for a message and takes all that are there, in their order. False: the caller has sent its last
  // one, or has gone.
  bool Read(std::vector<Request>* messages) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !messages_.empty() || no_more_; });
    if (messages_.empty()) return false;
    messages->assign(std::make_move_iterator(messages_.begin()), std::make_move_iterator(messages_.end()));
    messages_.clear();
    bytes_ = 0;
    const bool resume = held_back_;
    held_back_ = false;
    lock.unlock();
    if (resume) this->StartRead(&incoming_);
    return true;
  }

  // Waits until the message has left. False: the caller has gone.
  bool Write(const Response& response) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      written_.reset();
    }
    this->StartWrite(&response);
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return written_.has_value(); });
    return *written_;
  }

  // Of gRPC's threads.
  void OnReadDone(bool ok) override {
    bool next = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!ok) {
        no_more_ = true;
      } else {
        bytes_ += incoming_.ByteSizeLong();
        messages_.push_back(std::move(incoming_));
        incoming_.Clear();
        next = messages_.size() < limits_.messages && bytes_ < limits_.bytes;
        held_back_ = !next;
      }
      changed_.notify_all();
    }
    if (next) this->StartRead(&incoming_);
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    written_ = ok;
    changed_.notify_all();
  }
  void OnDone() override { delete this; }

 private:
  explicit ReadAheadStream(ReadAheadLimits limits) : limits_(limits) {}
  ~ReadAheadStream() override = default;

  const ReadAheadLimits limits_;
  Request incoming_;  // of the read under way

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> messages_;
  size_t bytes_ = 0;
  bool held_back_ = false;  // nothing is being read: too much is there
  bool no_more_ = false;
  std::optional<bool> written_;
};

}  // namespace relance::rpc
