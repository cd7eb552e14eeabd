// The HTTP server as callers meet it, well-behaved and otherwise: raw bytes over loopback.
#include "streams/http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "ops/base/format.h"

namespace medverka::streams {
namespace {

// Long enough for any of the server's own limits on a machine that is busy.
constexpr std::chrono::seconds kPatience{60};

class Caller {
 public:
  explicit Caller(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets' own interface
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Caller(Caller&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        got_(std::move(other.got_)) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  Caller& operator=(Caller&&) = delete;
  ~Caller() {
    if (socket_ >= 0) close(socket_);
  }

  bool connected() const { return connected_; }
  // False: the server has closed.
  bool Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void EndOfSending() const { shutdown(socket_, SHUT_WR); }

  // One answer: header and as much body as it says. "" or less: the server closed before.
  std::string Answer(bool body = true) {
    while (got_.find("\r\n\r\n") == std::string::npos) {
      if (!More()) return std::exchange(got_, "");
    }
    std::size_t end = got_.find("\r\n\r\n") + 4;
    const std::size_t length = got_.find("Content-Length: ");
    if (body && length < end) end += std::strtoul(got_.c_str() + length + 16, nullptr, 10);
    while (got_.size() < end && More()) {
    }
    std::string answer = got_.substr(0, end);
    got_.erase(0, end);
    return answer;
  }
  // All that comes until the server closes.
  std::string Rest() {
    while (More()) {
    }
    return std::exchange(got_, "");
  }
  // Whether something, or the end, can be read now.
  bool Readable(int within_ms) const {
    pollfd waiting{socket_, POLLIN, 0};
    return poll(&waiting, 1, within_ms) == 1;
  }

 private:
  bool More() {
    constexpr int kPatienceMs = std::chrono::milliseconds(kPatience).count();
    if (!Readable(kPatienceMs)) {
      ADD_FAILURE() << "the server says nothing and does not close; so far: " << got_;
      return false;
    }
    char bytes[64 * 1024];
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    got_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_ = -1;
  bool connected_ = false;
  std::string got_;
};

std::string Get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}
bool Is(const std::string& answer, int status) {
  return answer.rfind(fmt::format("HTTP/1.1 {} ", status), 0) == 0;
}
std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override { StartServer(); }

  void StartServer() {
    auto started = HttpServer::Start({"127.0.0.1", 0, 2});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = std::move(*started);
    server_->Handle("GET", "/livez", [](const HttpRequest&) {
      return HttpResponse{200, "text/plain", "ok\n"};
    });
    server_->Handle("GET", "/echo/", [](const HttpRequest& request) {
      std::string body = request.path + (request.from_loopback ? " near" : " far");
      for (const auto& [name, value] : request.query) body += fmt::format(" {}={}", name, value);
      return HttpResponse{200, "text/plain", body};
    });
    server_->Handle("GET", "/echo/deep/", [](const HttpRequest&) {
      return HttpResponse{200, "text/plain", "deep"};
    });
    server_->Handle("POST", "/post", [](const HttpRequest&) { return HttpResponse{202, "", ""}; });
    server_->Handle("GET", "/large", [](const HttpRequest&) {
      return HttpResponse{200, "text/plain", std::string(64 << 20, 'x')};
    });
    server_->Handle("GET", "/throws",
                    [](const HttpRequest&) -> HttpResponse { throw std::bad_alloc(); });
  }
  Caller Call() const { return Caller(server_->port()); }
  std::string Ask(const std::string& bytes) const {
    Caller caller = Call();
    caller.Send(bytes);
    return caller.Answer();
  }
  void ExpectStillThere() const { EXPECT_TRUE(Is(Ask(Get("/livez")), 200)); }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersOneAfterAnotherOnOneConnection) {
  Caller caller = Call();
  for (int i = 0; i < 3; ++i) {
    caller.Send(Get("/livez"));
    const std::string answer = caller.Answer();
    EXPECT_TRUE(Is(answer, 200)) << answer;
    EXPECT_NE(answer.find("Content-Type: text/plain\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Cache-Control: no-store\r\n"), std::string::npos);
    EXPECT_EQ(BodyOf(answer), "ok\n");
  }
}

TEST_F(HttpServerTest, ClosesWhenTheCallerWantsIt) {
  Caller caller = Call();
  caller.Send(Get("/livez", "Connection: close\r\n"));
  EXPECT_EQ(BodyOf(caller.Rest()), "ok\n");
  Caller old = Call();
  old.Send("GET /livez HTTP/1.0\r\n\r\n");
  const std::string answer = old.Rest();
  EXPECT_EQ(answer.rfind("HTTP/1.0 200 ", 0), 0U) << answer;
}

TEST_F(HttpServerTest, RequestsThatComeAtOnceAreAnsweredInOrder) {
  Caller caller = Call();
  caller.Send(Get("/echo/1") + "POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" +
              Get("/echo/2") + Get("/echo/3"));
  EXPECT_EQ(BodyOf(caller.Answer()), "/echo/1 near");
  EXPECT_TRUE(Is(caller.Answer(), 202));
  EXPECT_EQ(BodyOf(caller.Answer()), "/echo/2 near");
  EXPECT_EQ(BodyOf(caller.Answer()), "/echo/3 near");
}

TEST_F(HttpServerTest, HeadSaysTheLengthAndSendsNoBody) {
  Caller caller = Call();
  caller.Send("HEAD /livez HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/echo/after"));
  const std::string head = caller.Answer(false);
  EXPECT_TRUE(Is(head, 200));
  EXPECT_NE(head.find("Content-Length: 3\r\n"), std::string::npos) << head;
  EXPECT_EQ(BodyOf(caller.Answer()), "/echo/after near");
}

TEST_F(HttpServerTest, WhatIsNotThereIsNotFoundAndWhatIsNotAllowedIsSaid) {
  EXPECT_TRUE(Is(Ask(Get("/")), 404));
  EXPECT_TRUE(Is(Ask(Get("/livez/")), 404));
  EXPECT_TRUE(Is(Ask(Get("/ech")), 404));
  const std::string refused = Ask("DELETE /livez HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Is(refused, 405));
  EXPECT_NE(refused.find("Allow: GET, HEAD\r\n"), std::string::npos) << refused;
  EXPECT_NE(Ask(Get("/post")).find("Allow: POST\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, TheLongestPathWinsAndEscapesAreRead) {
  EXPECT_EQ(BodyOf(Ask(Get("/echo/deep/x"))), "deep");
  EXPECT_EQ(BodyOf(Ask(Get("/echo/a%20b%2Fc?x=1%263&y&z=a+b&x=2"))),
            "/echo/a b/c near x=1&3 y= z=a b");
  for (const char* target : {"/echo/%", "/echo/%2", "/echo/%zz", "/echo/%00", "/echo/a?b=%0",
                             "http://elsewhere/livez", "*"}) {
    EXPECT_TRUE(Is(Ask(Get(target)), 400)) << target;
  }
}

TEST_F(HttpServerTest, AHandlerThatFailsIsTheServersFault) {
  EXPECT_TRUE(Is(Ask(Get("/throws")), 500));
  ExpectStillThere();
}

TEST_F(HttpServerTest, HeadersThatAreTooLargeAreRefused) {
  EXPECT_TRUE(Is(Ask(Get("/livez", "X: " + std::string(20'000, 'x') + "\r\n")), 431));
  EXPECT_TRUE(Is(Ask(Get("/" + std::string(20'000, 'x'))), 431));
  std::string many;
  for (int i = 0; i < 100; ++i) many += fmt::format("X-{}: 1\r\n", i);
  EXPECT_TRUE(Is(Ask(Get("/livez", many)), 431));
  ExpectStillThere();
}

TEST_F(HttpServerTest, BodiesThatAreTooLargeAreRefused) {
  const std::string post = "POST /post HTTP/1.1\r\nHost: h\r\n";
  EXPECT_TRUE(Is(Ask(post + "Content-Length: 1048577\r\n\r\n"), 413));
  EXPECT_TRUE(Is(Ask(post + "Content-Length: 1048576\r\n\r\n" + std::string(1 << 20, 'x')), 202));
  std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(Is(Ask(chunked + "5\r\nhello\r\n0\r\n\r\n"), 202));
  for (int i = 0; i < 20; ++i) chunked += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  EXPECT_TRUE(Is(Ask(chunked), 413));
  ExpectStillThere();
}

TEST_F(HttpServerTest, ACallerThatWaitsForLeaveGetsIt) {
  Caller caller = Call();
  caller.Send(
      "POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(Is(caller.Answer(), 100));
  caller.Send("hello");
  EXPECT_TRUE(Is(caller.Answer(), 202));
}

TEST_F(HttpServerTest, WhatCouldBeReadInTwoWaysIsRefused) {
  for (const char* header :
       {"Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: -1\r\n",
        "Content-Length: 5x\r\n", "Content-Length: 99999999999999999999\r\n"}) {
    const std::string answer =
        Ask(fmt::format("POST /post HTTP/1.1\r\nHost: h\r\n{}\r\nhello", header));
    EXPECT_TRUE(Is(answer, 400) || Is(answer, 413)) << header << answer;
  }
  EXPECT_TRUE(Is(Ask("GET /livez HTTP/1.1\r\n\r\n"), 400));
  EXPECT_TRUE(Is(Ask("GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400));
  ExpectStillThere();
}

TEST_F(HttpServerTest, NonsenseIsRefusedAndHarmsNobody) {
  for (const char* bytes :
       {"\r\n\r\n\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /livez HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01\x02\x00\x01"}) {
    Caller caller = Call();
    caller.Send(bytes);
    caller.EndOfSending();
    const std::string answer = caller.Rest();
    EXPECT_TRUE(answer.empty() || Is(answer, 400)) << answer;
  }
  std::minstd_rand random(20261122);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = Get("/echo/x?y=z", "Content-Length: 3\r\n") + "abc";
    for (int i = 0; i < 5; ++i) bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    Caller caller = Call();
    caller.Send(bytes);
    caller.EndOfSending();
    caller.Rest();
  }
  ExpectStillThere();
}

TEST_F(HttpServerTest, ACallerWhoGoesAwayInTheMiddleIsForgotten) {
  for (int i = 0; i < 300; ++i) {
    const Caller caller = Call();
    caller.Send("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhal");
  }
  ExpectStillThere();
}

// A byte now and then, never the end of the header; and one who asks for much and reads nothing.
TEST_F(HttpServerTest, SlowCallersAreCutOffAndOthersDoNotWaitForThem) {
  std::vector<Caller> deaf;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(Call());
    deaf.back().Send(Get("/large"));
  }
  Caller slow = Call();
  slow.Send("GET /livez HTTP/1.1\r\nHost: h\r\nX: ");
  while (!slow.Readable(100) && slow.Send("x")) ExpectStillThere();
  EXPECT_TRUE(Is(slow.Answer(), 408));
  EXPECT_EQ(slow.Rest(), "");
}

TEST_F(HttpServerTest, ManyConnectionsAreServedAndTooManyAreTold) {
  constexpr int kEnough = 100, kTooMany = 200;
  std::vector<Caller> callers;
  for (int i = 0; i < kEnough; ++i) {
    callers.push_back(Call());
    ASSERT_TRUE(callers.back().connected());
  }
  for (Caller& caller : callers) caller.Send(Get("/livez"));
  for (Caller& caller : callers) EXPECT_TRUE(Is(caller.Answer(), 200));
  int refused = 0;
  for (int i = kEnough; i < kTooMany; ++i) {
    callers.push_back(Call());
    callers.back().Send(Get("/livez"));
    const std::string answer = callers.back().Answer();
    EXPECT_TRUE(Is(answer, 200) || Is(answer, 503)) << answer;
    refused += Is(answer, 503) ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE([&] {
    callers.front().Send(Get("/livez"));
    return Is(callers.front().Answer(), 200);
  }());
  callers.clear();
  // Those who left make room; the server sees it in a moment.
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!Is(Ask(Get("/livez")), 200)) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST_F(HttpServerTest, StoppingLetsAnAnswerEndAndTakesNoMore) {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false, answer_now = false;
  server_->Handle("GET", "/slow", [&](const HttpRequest&) {
    std::unique_lock lock(mutex);
    asked = true;
    changed.notify_all();
    changed.wait(lock, [&] { return answer_now; });
    return HttpResponse{200, "text/plain", "done"};
  });
  const std::uint16_t port = server_->port();
  Caller idle = Call(), busy = Call();
  idle.Send(Get("/livez"));
  EXPECT_TRUE(Is(idle.Answer(), 200));
  busy.Send(Get("/slow"));
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return asked; }));
  }
  std::thread stop([this] { server_.reset(); });
  EXPECT_EQ(idle.Rest(), "");  // closed without a word
  {
    const std::lock_guard lock(mutex);
    answer_now = true;
    changed.notify_all();
  }
  const std::string answer = busy.Rest();
  EXPECT_TRUE(Is(answer, 200)) << answer;
  EXPECT_EQ(BodyOf(answer), "done");
  stop.join();
  EXPECT_FALSE(Caller(port).connected());
}

TEST_F(HttpServerTest, AnAddressThatCannotBeHadIsSaid) {
  const auto taken = HttpServer::Start({"127.0.0.1", server_->port(), 1});
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(taken.error().message.find(std::to_string(server_->port())), std::string::npos);
  const auto nonsense = HttpServer::Start({"localhost", 0, 1});
  ASSERT_FALSE(nonsense.has_value());
  EXPECT_EQ(nonsense.error().code, base::ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace medverka::streams
