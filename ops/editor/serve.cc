#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "ops/editor/messages.h"
#include "ops/editor/server.h"

namespace medverka::editor {
namespace {

// A pause in typing after which diagnostics are worth their time.
constexpr int kPauseMilliseconds = 120;

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Bytes that came, 0 at the end of the stream, -1 after a pause.
ssize_t ReadSome(int fd, std::array<char, 65536>& chunk, bool may_pause) {
  pollfd waiting{fd, POLLIN, 0};
  while (true) {
    const int ready = ::poll(&waiting, 1, may_pause ? kPauseMilliseconds : -1);
    if (ready == 0) return -1;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t read = ::read(fd, chunk.data(), chunk.size());
    if (read < 0 && errno == EINTR) continue;
    return read < 0 ? 0 : read;
  }
}

}  // namespace

int Serve(int in, int out, criteria::UseLoader load, const std::string& version) {
  bool writable = true;
  Server server(
      [&](const std::string& content) { writable = writable && WriteAll(out, Framed(content)); },
      std::move(load), version);
  MessageReader reader;
  std::array<char, 65536> chunk{};
  while (writable) {
    const ssize_t read = ReadSome(in, chunk, server.has_work());
    if (read == 0) break;
    if (read < 0) {
      server.Idle();
      continue;
    }
    reader.Feed({chunk.data(), static_cast<std::size_t>(read)});
    while (reader.HasMessage()) {
      const MessageReader::Message message = reader.Take();
      if (message.problem.empty()) {
        server.Handle(message.content);
      } else {
        server.Refuse(message.problem);
      }
      if (server.exit_code()) return *server.exit_code();
    }
  }
  // The client went away without a word.
  return 1;
}

}  // namespace medverka::editor
