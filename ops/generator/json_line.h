// Writes one JSON value on one line, commas by itself. Takes only text that needs no escaping: all
// strings of the generator are its own constants, ids and dates. Exists for speed: a record costs
// some two microseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ops/generator/calendar.h"

namespace medverka::generator {

class JsonLine {
 public:
  explicit JsonLine(std::string& out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void BeginObject(std::string_view key) { Key(key), Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray(std::string_view key) { Key(key), Open('['); }
  void EndArray() { Close(']'); }

  void Key(std::string_view key) {
    Comma();
    out_ += '"';
    out_ += key;
    out_ += "\":";
    fresh_ = true;
  }
  void Text(std::string_view value) {
    Comma();
    out_ += '"';
    out_ += value;
    out_ += '"';
  }
  void Literal(std::string_view value) { Comma(), out_ += value; }

  void Field(std::string_view key, std::string_view value) { Key(key), Text(value); }
  void FieldLiteral(std::string_view key, std::string_view value) { Key(key), Literal(value); }
  void FieldInteger(std::string_view key, std::int64_t value) {
    Key(key), Literal(std::to_string(value));
  }
  void FieldDate(std::string_view key, Day day) {
    Key(key), Quote(), AppendDate(out_, day), Quoted();
  }
  void FieldUtc(std::string_view key, Seconds at) {
    Key(key), Quote(), AppendUtc(out_, at), Quoted();
  }
  void FieldLocal(std::string_view key, Seconds at) {
    Key(key), Quote(), AppendLocal(out_, at), Quoted();
  }

  // For a value put together by the caller: Quote(), append to the line, Quoted().
  void Quote() { Comma(), out_ += '"'; }
  void Quoted() { out_ += '"'; }
  // The same for a number: Unquoted(), append.
  void Unquoted() { Comma(); }

  // The line was emptied: the next value starts afresh.
  void Restart() { fresh_ = true; }

 private:
  void Comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  void Open(char bracket) {
    Comma();
    out_ += bracket;
    fresh_ = true;
  }
  void Close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }

  std::string& out_;
  bool fresh_ = true;  // nothing stands before the next value in its object or array
};

}  // namespace medverka::generator
