// Facts as bytes. What is stored outlives the process, so codes and units go by system and text,
// never by the small integers of the vocabulary. A page is self-contained: a dictionary of its
// codings and texts, then its entries, which point into the dictionary. store/FORMAT.md draws it.
//
// The same entries in the same order give the same bytes, whatever integers the vocabulary uses.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "criteria/fact.h"
#include "criteria/vocabulary.h"
#include "matcher/journal/journal.h"
#include "matcher/patient/shelf.h"
#include "ops/base/bytes.h"
#include "ops/base/result.h"

namespace medverka::matcher {

class PageWriter {
 public:
  // Borrows the vocabulary the facts were read with.
  explicit PageWriter(const criteria::Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  void Put(const ShelfItem& item);
  void Remove(std::string_view id);
  void Decide(std::string_view study, const Decision& decision);
  std::string Take();  // the page; the writer is empty again
  bool empty() const { return entry_count_ == 0; }
  std::size_t bytes() const {
    return codings_.bytes().size() + texts_.bytes().size() + entries_.bytes().size();
  }

 private:
  void Code(criteria::CodeId code);
  void Codes(const std::vector<criteria::CodeId>& codes, std::size_t count);
  void Text(std::string_view text);
  void Write(const criteria::Fact& fact, std::size_t own_codes);
  void Write(const criteria::Value& value);
  void Write(const std::vector<criteria::Attribute>& attributes);

  const criteria::Vocabulary& vocabulary_;
  base::ByteWriter codings_;
  base::ByteWriter texts_;
  base::ByteWriter entries_;
  std::uint64_t entry_count_ = 0;
  std::unordered_map<criteria::CodeId, std::uint64_t> code_index_;
  std::unordered_map<std::string, std::uint64_t> text_index_;
};

struct PageVisitor {
  std::function<void(ShelfItem item)> put;
  std::function<void(std::string_view id)> remove;
  std::function<void(std::string_view study, Decision decision)> decide;
};
// kCorruption: not a page.
base::Result<void> ReadPage(std::string_view bytes, criteria::Vocabulary& vocabulary,
                            const PageVisitor& visit);

// The parts of other rows.
void Write(base::ByteWriter& out, const Version& version);
Version ReadVersion(base::ByteReader& in);
void Write(base::ByteWriter& out, const PersonKey& key);
PersonKey ReadPersonKey(base::ByteReader& in);
void WriteCodes(base::ByteWriter& out, const std::vector<criteria::CodeId>& codes,
                const criteria::Vocabulary& vocabulary);
std::vector<criteria::CodeId> ReadCodes(base::ByteReader& in, criteria::Vocabulary& vocabulary);

}  // namespace medverka::matcher
