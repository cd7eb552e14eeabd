// Idea: one coroutine-free session per connection, everything of it on one strand of callbacks; a
// limit at every place where a caller could make us wait or hold memory. A caller that is too slow,
// too large or talks something else is answered once where that is possible, and cut off.
#include "streams/http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace medverka::streams {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using std::chrono::seconds;

// Limits of what a caller may cost; reliability of the service for the others rests on them.
constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
constexpr std::size_t kHeaderFieldsMax = 64;
constexpr std::uint64_t kBodyBytesMax = 1024 * 1024;
constexpr seconds kHeaderTimeMax{5};
constexpr seconds kBodyTimeMax{15};
constexpr seconds kWriteTimeMax{15};
constexpr seconds kIdleTimeMax{60};
constexpr std::size_t kConnectionsMax = 512;
constexpr std::size_t kConnectionsPerCallerMax = 128;
// For answers under way when the server stops.
constexpr seconds kStopTimeMax{3};
// After a refusal we read on a little, or the caller would get a reset instead of the answer.
constexpr seconds kLingerTimeMax{1};
constexpr std::size_t kLingerBytesMax = 2 * 1024 * 1024;
constexpr seconds kAcceptPause{1};
constexpr int kBacklog = 256;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

struct Route {
  std::string method, path;
  HttpHandler handler;
};

// What the sessions share. Guarded by its mutex: routes are added while the server runs.
class Routes {
 public:
  void Add(Route route) {
    const std::lock_guard lock(mutex_);
    routes_.push_back(std::make_shared<const Route>(std::move(route)));
  }

  // The handler, or the methods there are for the path; both empty: no such path. A longer path
  // wins.
  struct Found {
    std::shared_ptr<const Route> route;
    std::set<std::string> methods;
  };
  Found Find(const std::string& method, const std::string& path) const {
    const std::lock_guard lock(mutex_);
    Found found;
    std::size_t longest = 0;
    for (const auto& route : routes_) {
      if (!Fits(route->path, path) || route->path.size() < longest) continue;
      if (route->path.size() > longest) found = {};
      longest = route->path.size();
      found.methods.insert(route->method);
      if (route->method == "GET") found.methods.insert("HEAD");
      if (route->method == method || (method == "HEAD" && route->method == "GET")) {
        found.route = route;
      }
    }
    return found;
  }

 private:
  static bool Fits(const std::string& route, const std::string& path) {
    if (!route.empty() && route.back() == '/') return path.compare(0, route.size(), route) == 0;
    return path == route;
  }

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Route>> routes_;
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-decoded; nullopt: a wrong escape, or a zero byte that would end a text somewhere.
std::optional<std::string> Decoded(std::string_view text, bool plus_is_blank) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_blank) c = ' ';
    if (c == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    plain.push_back(c);
  }
  return plain;
}

bool ReadTarget(std::string_view target, HttpRequest& request) {
  if (target.empty() || target.front() != '/') return false;
  const std::size_t mark = target.find('?');
  auto path = Decoded(target.substr(0, mark), false);
  if (!path.has_value()) return false;
  request.path = std::move(*path);
  if (mark == std::string_view::npos) return true;
  for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = Decoded(pair.substr(0, equals), true);
    auto value = Decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name.has_value() || !value.has_value()) return false;
    request.query.emplace(std::move(*name), std::move(*value));
  }
  return true;
}

// Two ways to say how long a body is are one too many: proxies and we could differ.
bool SaysItsLengthTwice(const Request& request) {
  return request.count(http::field::content_length) > 1 ||
         (request.count(http::field::content_length) > 0 &&
          request.count(http::field::transfer_encoding) > 0);
}

HttpResponse Plain(int status, std::string sentence) {
  return {status, "text/plain; charset=utf-8", std::move(sentence) + "\n"};
}

class Session;

// Connections that are open, so that there are not too many of them and the end can be told to all.
class Sessions {
 public:
  bool Add(Session* session, const asio::ip::address& caller) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || open_.size() >= kConnectionsMax ||
        callers_[caller] >= kConnectionsPerCallerMax) {
      if (callers_[caller] == 0) callers_.erase(caller);
      return false;
    }
    ++callers_[caller];
    open_.insert(session);
    return true;
  }
  void Remove(Session* session, const asio::ip::address& caller) {
    const std::lock_guard lock(mutex_);
    open_.erase(session);
    if (--callers_[caller] == 0) callers_.erase(caller);
    if (open_.empty()) none_.notify_all();
  }
  void Stop();  // tells all; idle ones end at once, others after their answer
  bool WaitForNone(std::chrono::steady_clock::duration at_most) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, at_most, [this] { return open_.empty(); });
  }
  bool stopping() const { return stopping_; }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::atomic<bool> stopping_ = false;
  std::set<Session*> open_;
  std::map<asio::ip::address, std::size_t> callers_;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const asio::ip::address& caller, const Routes& routes,
          Sessions& sessions)
      : stream_(std::move(socket)), caller_(caller), routes_(routes), sessions_(sessions) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (counted_) sessions_.Remove(this, caller_);
  }

  void Start() {
    counted_ = sessions_.Add(this, caller_);
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->counted_) {
        self->WaitForRequest(kHeaderTimeMax);  // a new caller talks at once
      } else {
        self->Refuse(Plain(503, "too many connections; try again later"));
      }
    });
  }

  // From any thread, while the sessions' lock keeps it alive.
  std::weak_ptr<Session> Weak() { return weak_from_this(); }
  void EndIfIdle() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->Close();
    });
  }

 private:
  template <typename... Arguments>
  auto Then(void (Session::*step)(Arguments...)) {
    return beast::bind_front_handler(step, shared_from_this());
  }

  // The first byte may take its time; the header behind it may not.
  void WaitForRequest(seconds at_most) {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(kBodyBytesMax);
    if (buffer_.size() > 0) return ReadHeader();  // the next of several that came at once
    if (sessions_.stopping()) return Close();
    idle_ = true;
    stream_.expires_after(at_most);  // closes the connection: nothing was asked, nothing is said
    stream_.async_read_some(buffer_.prepare(kHeaderBytesMax), Then(&Session::OnFirstBytes));
  }

  void OnFirstBytes(Failure failed, std::size_t bytes) {
    idle_ = false;
    if (failed) return Close();
    buffer_.commit(bytes);
    ReadHeader();
  }

  void ReadHeader() {
    SetDeadline(kHeaderTimeMax);
    http::async_read_header(stream_, buffer_, *parser_, Then(&Session::OnHeader));
  }

  // Whatever is being read is given up then, and the caller is told so. The stream's own timer
  // would close without a word.
  void SetDeadline(seconds at_most) {
    stream_.expires_never();
    deadline_.expires_after(at_most);
    deadline_.async_wait([self = shared_from_this(), reading = ++reading_](Failure cancelled) {
      if (cancelled || reading != self->reading_) return;
      self->too_late_ = true;
      self->stream_.cancel();
    });
  }
  void EndDeadline() {
    ++reading_;
    deadline_.cancel();
  }

  void OnHeader(Failure failed, std::size_t) {
    EndDeadline();
    if (failed) return OnUnreadable(failed, "the header");
    const auto fields = std::distance(parser_->get().begin(), parser_->get().end());
    if (static_cast<std::size_t>(fields) > kHeaderFieldsMax) {
      return Refuse(Plain(431, fmt::format("more than {} header fields", kHeaderFieldsMax)));
    }
    if (SaysItsLengthTwice(parser_->get())) {
      return Refuse(Plain(400, "the length of the body is said twice"));
    }
    if (parser_->get().version() >= 11 && parser_->get().count(http::field::host) != 1) {
      return Refuse(Plain(400, "the header must have one Host"));
    }
    if (parser_->is_done()) return Answer();
    SetDeadline(kBodyTimeMax);
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return SayContinue();
    ReadBody();
  }

  void SayContinue() {
    continue_.emplace(http::status::continue_, parser_->get().version());
    http::async_write(stream_, *continue_,
                      [self = shared_from_this()](Failure failed, std::size_t) {
                        if (failed) return self->OnBody(failed, 0);
                        self->ReadBody();
                      });
  }

  void ReadBody() { http::async_read(stream_, buffer_, *parser_, Then(&Session::OnBody)); }

  void OnBody(Failure failed, std::size_t) {
    EndDeadline();
    if (failed) return OnUnreadable(failed, "the body");
    Answer();
  }

  void OnUnreadable(Failure failed, std::string_view what) {
    if (failed == http::error::end_of_stream) return Close();
    if (too_late_) return Refuse(Plain(408, fmt::format("{} came too slowly", what)));
    if (failed == http::error::header_limit) {
      return Refuse(Plain(431, fmt::format("the header is larger than {} bytes", kHeaderBytesMax)));
    }
    if (failed == http::error::body_limit) {
      return Refuse(Plain(413, fmt::format("the body is larger than {} bytes", kBodyBytesMax)));
    }
    if (failed.category() == http::make_error_code(http::error::bad_method).category()) {
      return Refuse(Plain(400, fmt::format("{} is not HTTP/1.1", what)));
    }
    Close();
  }

  void Answer() {
    const Request& request = parser_->get();
    version_ = request.version();
    head_ = request.method() == http::verb::head;
    keep_ = request.keep_alive() && !sessions_.stopping();
    Send(Handle(request));
  }

  HttpResponse Handle(const Request& request) {
    HttpRequest asked;
    asked.method = std::string(request.method_string());
    asked.from_loopback = caller_.is_loopback();
    if (!ReadTarget({request.target().data(), request.target().size()}, asked)) {
      return Plain(400, "the path or the query cannot be read");
    }
    const Routes::Found found = routes_.Find(asked.method, asked.path);
    allow_.clear();
    if (found.route != nullptr) return Ask(*found.route, asked);
    if (found.methods.empty()) return Plain(404, "there is nothing here");
    for (const std::string& method : found.methods) {
      allow_ += (allow_.empty() ? "" : ", ") + method;
    }
    return Plain(405, fmt::format("only {} here", allow_));
  }

  static HttpResponse Ask(const Route& route, const HttpRequest& request) {
    try {
      return route.handler(request);
    } catch (const std::exception&) {
      // Handlers throw nothing of their own; memory may still run out.
      return Plain(500, "this should not have happened");
    }
  }

  void Refuse(HttpResponse response) {
    keep_ = false;
    linger_ = true;
    Send(std::move(response));
  }

  void Send(HttpResponse answer) {
    response_ = {};
    response_.version(version_);
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    if (!allow_.empty() && answer.status == 405) response_.set(http::field::allow, allow_);
    response_.keep_alive(keep_);
    response_.content_length(answer.body.size());
    if (!head_) response_.body() = std::move(answer.body);
    stream_.expires_after(kWriteTimeMax);
    if (head_) {
      // The length is that of the body that GET would give, which is not sent.
      head_serializer_.emplace(response_);
      http::async_write_header(stream_, *head_serializer_, Then(&Session::OnSent));
    } else {
      http::async_write(stream_, response_, Then(&Session::OnSent));
    }
  }

  void OnSent(Failure failed, std::size_t) {
    if (failed) return Close();
    if (keep_) return WaitForRequest(kIdleTimeMax);
    Failure ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (!linger_) return Close();
    stream_.expires_after(kLingerTimeMax);
    Linger();
  }

  void Linger() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kHeaderBytesMax), Then(&Session::OnLingering));
  }
  void OnLingering(Failure failed, std::size_t bytes) {
    lingered_ += bytes;
    if (failed || lingered_ > kLingerBytesMax) return Close();
    Linger();
  }

  void Close() {
    Failure ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  beast::tcp_stream stream_;
  const asio::ip::address caller_;
  const Routes& routes_;
  Sessions& sessions_;
  bool counted_ = false;
  // Of the request at hand; touched on the session's strand only.
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> continue_;
  Response response_;
  std::optional<http::response_serializer<http::string_body>> head_serializer_;
  std::string allow_;
  unsigned version_ = 11;
  asio::steady_timer deadline_{stream_.get_executor()};
  std::uint64_t reading_ = 0;  // which reading the deadline is for
  bool too_late_ = false;
  bool head_ = false, keep_ = false, linger_ = false, idle_ = false;
  std::size_t lingered_ = 0;
};

void Sessions::Stop() {
  std::vector<std::shared_ptr<Session>> open;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Session* session : open_) {
      if (auto alive = session->Weak().lock(); alive != nullptr) open.push_back(std::move(alive));
    }
  }
  for (const auto& session : open) session->EndIfIdle();
}

class BeastServer final : public HttpServer {
 public:
  ~BeastServer() override {
    asio::post(acceptor_.get_executor(), [this] {
      Failure ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    sessions_.Stop();
    sessions_.WaitForNone(kStopTimeMax);
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  base::Result<void> Start(const HttpServerOptions& options) {
    const auto failed = [&](const Failure& why) {
      return base::Fail(base::ErrorCode::kUnavailable,
                        "cannot listen on {} port {}: {}; is another process there?",
                        options.address, options.port, why.message());
    };
    Failure why;
    const auto address = asio::ip::make_address(options.address, why);
    if (why) {
      return base::Fail(base::ErrorCode::kInvalidArgument, "{} is not an address to listen on",
                        options.address);
    }
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), why);
    if (!why) acceptor_.set_option(asio::socket_base::reuse_address(true), why);
    if (!why) acceptor_.bind(endpoint, why);
    if (!why) acceptor_.listen(kBacklog, why);
    if (why) return failed(why);
    port_ = acceptor_.local_endpoint(why).port();
    if (why) return failed(why);
    asio::post(acceptor_.get_executor(), [this] { Accept(); });
    for (int i = 0; i < std::max(options.threads, 1); ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return {};
  }

  void Handle(std::string method, std::string path, HttpHandler handler) override {
    routes_.Add({std::move(method), std::move(path), std::move(handler)});
  }
  std::uint16_t port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](Failure failed, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (failed) return Pause();
      const auto caller = socket.remote_endpoint(failed).address();
      if (!failed) {
        std::make_shared<Session>(std::move(socket), caller, routes_, sessions_)->Start();
      }
      Accept();
    });
  }

  // No descriptors left, most likely: others must end first.
  void Pause() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](Failure) {
      if (acceptor_.is_open()) Accept();
    });
  }

  Routes routes_;
  Sessions sessions_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ =
      asio::make_work_guard(context_);
  tcp::acceptor acceptor_{asio::make_strand(context_)};
  asio::steady_timer pause_{acceptor_.get_executor()};
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options) {
  auto server = std::make_unique<BeastServer>();
  MEDVERKA_TRY(server->Start(options));
  return server;
}

}  // namespace medverka::streams
