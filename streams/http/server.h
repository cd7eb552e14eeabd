// A small HTTP/1.1 server for operators and, on loopback, for reading suggestions. Boost.Beast
// inside.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::streams {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // decoded, without the query: "/suggestions/01ab..."
  std::map<std::string, std::string> query;
  bool from_loopback = false;  // the caller is on this machine
};
struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};
// Runs on a thread of the server; must not block for long. Throws nothing.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one; port() tells
  int threads = 1;
};

// Limits are constants in server.cc: 16 KiB and 64 fields of headers, 1 MiB of body, 5 s for a
// header, 15 s for a body, 60 s idle, connections in total and of one caller. Destroyed: takes no
// more, lets answers under way end, then returns.
class HttpServer {
 public:
  static base::Result<std::unique_ptr<HttpServer>> Start(HttpServerOptions options);
  virtual ~HttpServer() = default;  // stops

  // Exact path, or all below it where `path` ends with '/'. HEAD goes to GET's. Other methods: 405
  // with Allow.
  virtual void Handle(std::string method, std::string path, HttpHandler handler) = 0;
  virtual std::uint16_t port() const = 0;
};

}  // namespace medverka::streams
