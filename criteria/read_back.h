// A compiled study in plain sentences, Swedish or English: what the machine understood, for the
// author to hold against the protocol. Made from the program alone, never from its source, and
// complete: two programs that mean different things never read the same. No sentence names a
// person.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "criteria/program.h"

namespace medverka::criteria {

enum class Language : std::uint8_t { kSwedish, kEnglish };

// A sentence, and what stands under it: "All of these hold:" with its parts.
struct Told {
  std::string text;
  std::vector<Told> parts;
};

struct ReadBackSection {
  std::string heading;
  std::vector<Told> items;
};

struct ReadBack {
  std::string title;
  std::vector<ReadBackSection> sections;
};

ReadBack ReadBackOf(const Program& program, Language language);
// Indented text, no line broken; ends with a line end.
std::string RenderText(const ReadBack& read_back);
// {"title", "language", "hash", "sections":[{"heading","items":[{"text","parts":[...]}]}]}
std::string RenderJson(const Program& program, const ReadBack& read_back, Language language);

// One criterion by its index, as RenderText shows it. For an editor's hover.
std::string ReadBackCriterion(const Program& program, std::size_t criterion, Language language);

}  // namespace medverka::criteria
