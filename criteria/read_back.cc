#include "criteria/read_back.h"

#include "criteria/internal/read_back_teller.h"
#include "ops/base/format.h"
#include "ops/base/json.h"

namespace medverka::criteria {

using internal::QuotedText;
using internal::Teller;
using internal::Tongue;

namespace {

class Page {
 public:
  Page(const Program& program, Language language)
      : program_(program), t_{language}, teller_(program, language) {}

  ReadBack Run() {
    ReadBack out;
    out.title = fmt::format("{}: {}", program_.study.id, Own(program_.study.title));
    Study(Section(out, "The study", "Studien"));
    if (!program_.cohorts.empty()) Cohorts(Section(out, "Its parts", "Studiens delar"));
    ReadBackSection criteria = Headed("Who can take part", "Vem kan delta");
    for (std::size_t i = 0; i < program_.criteria.size(); ++i)
      criteria.items.push_back(Criterion(i));
    ReadBackSection events =
        Headed("Moments that times are counted from", "Tidpunkter som tider räknas från");
    for (EventIndex event = 0; event < program_.events.size(); ++event) {
      if (!teller_.IsPlain(event)) events.items.push_back(teller_.TellEvent(event));
    }
    ReadBackSection parts = Headed("Parts that are referred to", "Delar som det hänvisas till");
    for (Told part; teller_.NextPart(part);) parts.items.push_back(part);
    for (ReadBackSection* section : {&criteria, &parts, &events}) {
      if (!section->items.empty()) out.sections.push_back(std::move(*section));
    }
    if (!program_.scales.empty()) {
      ReadBackSection& scales = Section(out, "Scales", "Skalor");
      for (std::uint32_t i = 0; i < program_.scales.size(); ++i)
        scales.items.push_back(teller_.TellScale(i));
    }
    if (!program_.sets.empty()) {
      ReadBackSection& sets = Section(out, "Lists of codes", "Listor av koder");
      for (SetIndex i = 0; i < program_.sets.size(); ++i) sets.items.push_back(teller_.TellSet(i));
    }
    OtherLanguage(out);
    HowToRead(Section(out, "How to read this", "Hur detta ska läsas"));
    return out;
  }

  Told Criterion(std::size_t index) {
    const criteria::Criterion& criterion = program_.criteria[index];
    Told told{QuotedText(criterion.name), {}};
    const std::string& label = Own(criterion.label);
    if (!label.empty()) told.text += fmt::format(", {}", QuotedText(label));
    told.text += fmt::format(": {}", Wanted(criterion));
    if (criterion.cohort) {
      told.text += fmt::format(" {} {}.", t_("Only in the part", "Bara i delen"),
                               CohortLabel(*criterion.cohort));
    }
    told.parts.push_back(teller_.TellNode(criterion.root));
    if (criterion.asked_if) {
      told.parts.push_back(
          {std::string(t_("Asked unless it is settled that this does not hold:",
                          "Frågan ställs om det inte är klart att detta inte gäller:")),
           {teller_.TellNode(*criterion.asked_if)}});
    }
    if (!criterion.because.empty()) {
      told.parts.push_back(
          {fmt::format("{} {}", t_("The reason:", "Skälet:"), QuotedText(criterion.because)), {}});
    }
    return told;
  }

 private:
  const std::string& Own(const Bilingual& text) const {
    return t_.language == Language::kEnglish ? text.en : text.sv;
  }
  const std::string& Other(const Bilingual& text) const {
    return t_.language == Language::kEnglish ? text.sv : text.en;
  }

  ReadBackSection Headed(std::string_view en, std::string_view sv) const {
    return {std::string(t_(en, sv)), {}};
  }
  ReadBackSection& Section(ReadBack& out, std::string_view en, std::string_view sv) const {
    out.sections.push_back(Headed(en, sv));
    return out.sections.back();
  }

  std::string Wanted(const criteria::Criterion& criterion) const {
    std::string_view text;
    switch (criterion.kind) {
      case CriterionKind::kInclude:
        text = t_("this must hold.", "detta ska gälla.");
        break;
      case CriterionKind::kExclude:
        text = t_("whoever this holds for cannot take part.",
                  "den som detta gäller för kan inte delta.");
        break;
      case CriterionKind::kAsk:
        text = t_("only a person can answer.", "bara en person kan svara.");
        break;
    }
    std::string out(text);
    if (criterion.must_be_no) out += t_(" The answer must be no.", " Svaret ska vara nej.");
    return out;
  }

  std::string CohortLabel(std::uint32_t index) const {
    return fmt::format("{} {}", index + 1, QuotedText(program_.cohorts[index].name));
  }

  void Cohorts(ReadBackSection& section) const {
    for (std::uint32_t i = 0; i < program_.cohorts.size(); ++i) {
      const Cohort& cohort = program_.cohorts[i];
      std::string text = CohortLabel(i);
      if (!cohort.title.empty()) text += ", " + QuotedText(cohort.title);
      text += cohort.open ? t_(": open.", ": öppen.")
                          : t_(": closed, and nobody is suggested for it.",
                               ": stängd, och ingen föreslås för den.");
      section.items.push_back({std::move(text), {}});
    }
  }

  void Study(ReadBackSection& section) const {
    const StudyHeader& study = program_.study;
    const auto line = [&](std::string_view en, std::string_view sv, std::string_view text) {
      section.items.push_back({fmt::format("{}: {}", t_(en, sv), text), {}});
    };
    const auto quoted = [&](std::string_view en, std::string_view sv, const std::string& text) {
      if (!text.empty()) line(en, sv, QuotedText(text));
    };
    quoted("Short name", "Kortnamn", study.id);
    quoted("Title", "Titel", Own(study.title));
    quoted("Title in Swedish", "Titel på engelska", Other(study.title));
    for (const auto& [name, id] : study.ids)
      line("Registered", "Registrerad", fmt::format("{} {}", name, QuotedText(id)));
    quoted("Phase", "Fas", study.phase);
    line("Status", "Status", internal::StatusWords(t_, study.status));
    const std::string_view usual = internal::StatusWords({Language::kEnglish}, study.status);
    if (study.status_word.empty()) {
      line("Status as written", "Status som den är skriven", t_("not said", "inte angiven"));
    } else if (study.status_word != usual) {
      quoted("Status as written", "Status som den är skriven", study.status_word);
    }
    quoted("Period", "Period", study.period);
    quoted("Sponsor", "Sponsor", study.sponsor);
    quoted("Contact", "Kontakt", study.contact);
    if (study.target != 0)
      line("Patients wanted", "Patienter som söks", fmt::format("{}", study.target));
    for (const Site& site : study.sites) {
      std::string text = QuotedText(site.name);
      if (!site.region.empty()) text += fmt::format(", {} {}", t_("region", "region"), site.region);
      if (!site.hsa_id.empty()) text += fmt::format(", HSA-id {}", QuotedText(site.hsa_id));
      line("Site", "Ort", text);
    }
    section.items.push_back({std::string(SuggestedWhen(study.suggest_when)), {}});
    section.items.push_back({study.decline_silences
                                 ? fmt::format("{} {}.",
                                               t_("After a no it is not suggested again for",
                                                  "Efter ett nej föreslås den inte igen på"),
                                               internal::PeriodWords(t_, *study.decline_silences))
                                 : std::string(t_("After a no it is never suggested again.",
                                                  "Efter ett nej föreslås den aldrig igen.")),
                             {}});
    for (const auto& [key, text] : study.other)
      line("Also", "Dessutom", fmt::format("{} {}", key, QuotedText(text)));
  }

  std::string_view SuggestedWhen(Grade grade) const {
    switch (grade) {
      case Grade::kEligible:
        return t_("Suggested when everything is settled in favour.",
                  "Föreslås när allt är klart och talar för.");
      case Grade::kLikely:
        return t_("Suggested when nothing is against and only questions to a person are open.",
                  "Föreslås när inget talar emot och bara frågor till en person är öppna.");
      case Grade::kPossible:
        return t_("Suggested when nothing is against, whatever is not known.",
                  "Föreslås när inget talar emot, vad som än är okänt.");
      case Grade::kIneligible:
        return t_("Suggested in every case.", "Föreslås i varje fall.");
    }
    return "";
  }

  // Labels stand above in one language only; here are the others.
  void OtherLanguage(ReadBack& out) const {
    ReadBackSection section = Headed("Labels in Swedish", "Rubriker på engelska");
    for (const criteria::Criterion& criterion : program_.criteria) {
      const std::string& other = Other(criterion.label);
      if (other.empty()) continue;
      section.items.push_back(
          {fmt::format("{}: {}", QuotedText(criterion.name), QuotedText(other)), {}});
    }
    if (!section.items.empty()) out.sections.push_back(std::move(section));
  }

  void HowToRead(ReadBackSection& section) const {
    const auto say = [&](std::string_view en, std::string_view sv) {
      section.items.push_back({std::string(t_(en, sv)), {}});
    };
    say("Where nothing is said about it: a diagnosis, procedure, medication, allergy, vaccination, "
        "device, visit or participation that is not recorded counts as none; a result, gene "
        "variant, report, calculated value or disease in the family that is not recorded counts as "
        "not known.",
        "Om inget annat sägs: en diagnos, åtgärd, ett läkemedel, en allergi, vaccination, ett "
        "hjälpmedel, en vårdkontakt eller ett deltagande som inte är dokumenterat räknas som att "
        "det inte finns; ett resultat, en genvariant, ett utlåtande, ett beräknat värde eller en "
        "sjukdom i släkten som inte är dokumenterad räknas som okänt.");
    say("Days and longer are counted on the calendar in Swedish time, hours and shorter by the "
        "clock. The first and the last day are included.",
        "Dagar och längre räknas i kalendern efter svensk tid, timmar och kortare efter klockan. "
        "Första och sista dagen räknas med.");
    say("A code with all below stands for itself and every code that begins with it.",
        "En kod med allt under står för sig själv och varje kod som börjar med den.");
  }

  const Program& program_;
  Tongue t_;
  Teller teller_;
};

constexpr std::size_t kIndent = 3;

// "1. ", "a) ", "- " by depth.
std::string Mark(std::size_t depth, std::size_t index) {
  constexpr std::size_t kLetters = 26;
  if (depth == 0) return fmt::format("{}. ", index + 1);
  if (depth % 2 == 0) return fmt::format("{}) ", index + 1);
  std::string letters(1, static_cast<char>('a' + index % kLetters));
  for (index /= kLetters; index > 0; index /= kLetters)
    letters.insert(letters.begin(), static_cast<char>('a' + (index - 1) % kLetters));
  return letters + ") ";
}

void Render(const std::vector<Told>& items, std::size_t depth, std::string& out) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool marked = depth == 0 || items.size() > 1;
    out.append(depth * kIndent, ' ');
    out += marked ? Mark(depth, i) : "";
    out += items[i].text;
    out += '\n';
    Render(items[i].parts, depth + 1, out);
  }
}

base::json::array JsonOf(const std::vector<Told>& items) {
  base::json::array out;
  for (const Told& item : items) {
    base::json::object one;
    one["text"] = item.text;
    if (!item.parts.empty()) one["parts"] = JsonOf(item.parts);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

ReadBack ReadBackOf(const Program& program, Language language) {
  return Page(program, language).Run();
}

std::string RenderText(const ReadBack& read_back) {
  std::string out = read_back.title + "\n";
  for (const ReadBackSection& section : read_back.sections) {
    out += "\n" + section.heading + "\n\n";
    Render(section.items, 0, out);
  }
  return out;
}

std::string RenderJson(const Program& program, const ReadBack& read_back, Language language) {
  base::json::object out;
  out["title"] = read_back.title;
  out["language"] = language == Language::kEnglish ? "en" : "sv";
  const base::Digest hash = HashOf(program);
  out["hash"] = base::Hex(base::AsBytes(hash));
  base::json::array sections;
  for (const ReadBackSection& section : read_back.sections) {
    base::json::object one;
    one["heading"] = section.heading;
    one["items"] = JsonOf(section.items);
    sections.push_back(std::move(one));
  }
  out["sections"] = std::move(sections);
  return base::ToPrettyJson(out);
}

std::string ReadBackCriterion(const Program& program, std::size_t criterion, Language language) {
  const Told told = Page(program, language).Criterion(criterion);
  std::string out;
  Render({told}, 1, out);
  return out;
}

}  // namespace medverka::criteria
