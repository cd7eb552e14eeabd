// Queries, variants, scores, changes and texts as sentences: what, with which filters, when, and
// the test; then what the study says where nothing is recorded.
#include "criteria/analytes.h"
#include "criteria/internal/read_back_teller.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

using Kind = TimeClause::Kind;

std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + QuotedText(text);
  return out;
}

}  // namespace

// ---- tests

std::string Teller::Test(const ValueTest& test) const {
  const auto scaled = [&](std::string text) {
    if (test.scale)
      text += fmt::format(" {} {}", t_("on the scale", "på skalan"), ScaleLabel(*test.scale));
    return text;
  };
  const std::string_view op = OpWords(t_, test.op);
  std::string text;
  switch (test.kind) {
    case ValueTest::Kind::kCompare:
      text = fmt::format("{} {}", op, LimitWords(test.limit));
      break;
    case ValueTest::Kind::kBetween:
      text = fmt::format("{} {} {} {}", t_("from", "från"), LimitWords(test.limit),
                         t_("up to and including", "till och med"), LimitWords(test.limit2));
      break;
    case ValueTest::Kind::kCompareBySex:
      text = fmt::format("{} {} {}, {} {} {}", op, LimitWords(test.limit), t_("for men", "för män"),
                         op, LimitWords(test.limit2), t_("for women", "för kvinnor"));
      break;
    case ValueTest::Kind::kCompareRange:
      text = fmt::format("{} {} {} {} {}", op, LimitWords(test.limit), t_("times the", "gånger"),
                         test.upper ? t_("upper", "övre") : t_("lower", "nedre"),
                         t_("limit printed with the result", "gränsen som står vid resultatet"));
      break;
    case ValueTest::Kind::kOutsideRange:
      text = fmt::format("{} {}",
                         test.upper ? t_("above the upper", "över den övre")
                                    : t_("below the lower", "under den nedre"),
                         t_("limit printed with the result", "gränsen som står vid resultatet"));
      break;
    case ValueTest::Kind::kIn:
      text = scaled(fmt::format("{} {}", t_("one of", "något av"), Joined(test.words)));
      break;
    case ValueTest::Kind::kIs:
      if (!test.words.empty()) text = Joined(test.words);
      if (test.set) {
        text += fmt::format("{}{} {}", text.empty() ? "" : " ",
                            t_("a code of the list", "en kod i listan"), SetLabel(*test.set));
      }
      text = scaled(std::move(text));
      break;
    case ValueTest::Kind::kPositive:
      text = t_("positive", "positivt");
      break;
    case ValueTest::Kind::kNegative:
      text = t_("negative", "negativt");
      break;
    case ValueTest::Kind::kCompareLevel:
      text = scaled(fmt::format("{} {}", op, Joined(test.words)));
      break;
  }
  if (test.analyte != Analyte::kNone) {
    text += fmt::format(" ({} {})", t_("units are converted as for", "enheter räknas om som för"),
                        Name(test.analyte));
  }
  return text;
}

// ---- time

std::string Teller::BoundWords(const Bound& bound, bool from) const {
  const std::string_view way = from ? t_("from", "från") : t_("to", "till");
  switch (bound.kind) {
    case Bound::Kind::kNone:
      return std::string(from ? t_("from any time", "från vilken tid som helst")
                              : t_("to any time", "till vilken tid som helst"));
    case Bound::Kind::kInstant:
      return fmt::format("{} {}", way, from ? FromWords(bound.instant) : ToWords(bound.instant));
    case Bound::Kind::kNow:
      return fmt::format("{} {}", way, t_("now", "nu"));
    case Bound::Kind::kEvent:
      break;
  }
  if (!bound.shift) {
    return fmt::format("{} {} {}", way,
                       from ? t_("the start of", "början av") : t_("the end of", "slutet av"),
                       EventLabel(bound.event));
  }
  return fmt::format("{} {} {} {}", way, PeriodWords(t_, *bound.shift),
                     bound.before ? t_("before", "före") : t_("after", "efter"),
                     EventLabel(bound.event));
}

std::string Teller::Window(const TimeClause& time) const {
  const std::string near = PeriodWords(t_, time.near);
  const std::string far = PeriodWords(t_, time.far);
  const auto of = [&](std::string_view en, std::string_view sv) {
    return fmt::format("{} {}", t_(en, sv), EventLabel(time.event));
  };
  const auto amount_of = [&](std::string_view en, std::string_view sv, std::string_view amount,
                             std::string_view en_after, std::string_view sv_after) {
    return fmt::format("{} {} {}", t_(en, sv), amount, of(en_after, sv_after));
  };
  switch (time.kind) {
    case Kind::kWithinLast:
      return fmt::format("{} {}", t_("within", "inom"), LastWords(t_, time.far));
    case Kind::kAtLeastAgo:
      return t_.language == Language::kEnglish ? fmt::format("at least {} ago", near)
                                               : fmt::format("för minst {} sedan", near);
    case Kind::kBetweenAgo:
      return t_.language == Language::kEnglish
                 ? fmt::format("between {} and {} ago", near, far)
                 : fmt::format("för mellan {} och {} sedan", near, far);
    case Kind::kFixed: {
      std::string text;
      if (time.from) text = fmt::format("{} {}", t_("from", "från"), FromWords(*time.from));
      if (time.to) {
        text += fmt::format("{}{} {}", text.empty() ? "" : " ",
                            t_("up to and including", "till och med"), ToWords(*time.to));
      }
      if (time.to_now || text.empty()) {
        text += fmt::format(
            "{}{}", text.empty() ? "" : " ",
            time.to_now ? t_("up to now", "fram till nu") : t_("at any time", "när som helst"));
      }
      return text;
    }
    case Kind::kWithinAfter:
      return amount_of("from 0 to", "från 0 till", far, "after", "efter");
    case Kind::kWithinBefore:
      return amount_of("from 0 to", "från 0 till", far, "before", "före");
    case Kind::kWithinOf:
      return amount_of("at most", "högst", far, "before or after", "före eller efter");
    case Kind::kAtLeastBefore:
      return amount_of("at least", "minst", near, "before", "före");
    case Kind::kAtLeastAfter:
      return amount_of("at least", "minst", near, "after", "efter");
    case Kind::kBetweenBefore:
      return fmt::format("{} {} {} {} {}", t_("between", "mellan"), near, t_("and", "och"), far,
                         of("before", "före"));
    case Kind::kBetweenAfter:
      return fmt::format("{} {} {} {} {}", t_("between", "mellan"), near, t_("and", "och"), far,
                         of("after", "efter"));
    case Kind::kBefore:
      return of("before", "före");
    case Kind::kAfter:
      return of("after", "efter");
    case Kind::kOnOrBefore:
      return of("no later than the day of", "senast samma dag som");
    case Kind::kOnOrAfter:
      return of("no earlier than the day of", "tidigast samma dag som");
    case Kind::kOnSameDay:
      return of("on the same day as", "samma dag som");
    case Kind::kDuring:
      return of("during", "under");
    case Kind::kOverlapping:
      return of("at some time together with", "någon tid samtidigt med");
    case Kind::kSpan:
      return fmt::format("{} {}", BoundWords(time.from_bound, true),
                         BoundWords(time.to_bound, false));
  }
  return "";
}

std::string Teller::Times(const std::vector<TimeClause>& times) const {
  std::string text;
  for (const TimeClause& time : times) {
    std::string_view side;
    switch (time.side) {
      case Side::kAny:
        side = t_("", "");
        break;
      case Side::kStarting:
        side = t_("starting ", "med början ");
        break;
      case Side::kEnding:
        side = t_("ending ", "med slut ");
        break;
      case Side::kOngoing:
        side = t_("going on ", "pågående ");
        break;
      case Side::kRecorded:
        side = t_("recorded ", "dokumenterat ");
        break;
    }
    text += fmt::format(", {}{}", side, Window(time));
  }
  return text;
}

// ---- queries

std::string Teller::WordsOrSets(const std::vector<std::string>& words,
                                const std::vector<SetIndex>& sets) const {
  std::string text;
  if (!words.empty()) text = Joined(words);
  if (!sets.empty()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : fmt::format(" {} ", t_("or", "eller")),
                        t_("a code of the list", "en kod i listan"), Sets(sets));
  }
  return text;
}

std::string Teller::FieldFilters(const std::vector<FieldFilter>& fields) const {
  std::string text;
  for (const FieldFilter& field : fields) {
    std::string one = fmt::format(
        ", {} {}", t_("with", "med"),
        field.value ? t_("a value that is", "ett värde som är") : FieldWords(t_, field.field));
    const std::string named = WordsOrSets(field.words, field.sets);
    if (!named.empty()) one += " " + named;
    if (field.test) one += " " + Test(*field.test);
    text += one;
  }
  return text;
}

std::string Teller::Lengths(const criteria::Query& query) const {
  std::string text;
  const auto add = [&](const std::optional<base::Period>& period, std::string_view en,
                       std::string_view sv) {
    if (period) text += fmt::format(", {} {}", t_(en, sv), PeriodWords(t_, *period));
  };
  add(query.lasting, "lasting at least", "som varar minst");
  add(query.lasting_at_most, "lasting at most", "som varar högst");
  add(query.total, "lasting in all at least", "som sammanlagt varar minst");
  add(query.gaps, "where gaps do not count that are at most",
      "där uppehåll inte räknas som är högst");
  return text;
}

std::string Teller::Filters(const criteria::Query& query) const {
  std::string text;
  const auto add = [&](bool there, std::string_view en, std::string_view sv) {
    if (there) text += fmt::format(", {}", t_(en, sv));
  };
  add(query.current, "going on now", "pågående nu");
  if (query.step) text += fmt::format(", {}", StepWords(t_, *query.step));
  add(query.main_diagnosis, "as main diagnosis", "som huvuddiagnos");
  add(query.regularly, "taken regularly", "som tas regelbundet");
  add(query.suspected_too, "suspected or confirmed", "misstänkt eller bekräftat");
  text += FieldFilters(query.fields);
  if (!query.visit_unit.empty())
    text += fmt::format(", {} {}", t_("at the unit", "vid enheten"), QuotedText(query.visit_unit));
  text += Lengths(query);
  if (query.of_event != kNoEvent) {
    text += fmt::format(", {} {}", t_("namely", "nämligen"), EventLabel(query.of_event));
  }
  return text;
}

// What all counted facts, or the two of a change, have to be to one another.
std::string Teller::Together(const criteria::Query& query) const {
  std::string text;
  if (query.different) text += t_(", each with a code of its own", ", var och en med egen kod");
  if (query.consecutive) text += t_(", in a row", ", i följd");
  if (query.apart) {
    text += fmt::format(", {} {} {}", t_("at least", "med minst"), PeriodWords(t_, *query.apart),
                        t_("apart", "emellan"));
  }
  if (query.different_days != 0) {
    text += fmt::format(", {} {} {}", t_("on at least", "på minst"), query.different_days,
                        t_("different days", "olika dagar"));
  }
  if (query.within_any) {
    text += fmt::format(", {} {}", t_("all within any", "alla inom loppet av"),
                        PeriodWords(t_, *query.within_any));
  }
  return text;
}

std::string Teller::Nouns(const criteria::Query& query, std::string_view noun) const {
  std::string text(noun);
  if (query.component) {
    text += fmt::format(" {} {}", t_("for the part", "för delen"), Sets(query.components));
    if (!query.sets.empty()) text += fmt::format(" {} {}", t_("of", "av"), Sets(query.sets));
  } else if (!query.sets.empty()) {
    text += " " + Sets(query.sets);
  }
  if (!query.visit_classes.empty()) {
    std::vector<std::string> classes;
    for (const std::string& code : query.visit_classes)
      classes.push_back(VisitClassWords(t_, code));
    text += fmt::format(" ({})", ListedTexts(classes, t_("or", "eller")));
  }
  if (query.interventional) text += t_(" with an intervention", " med intervention");
  if (!query.study.empty()) text += " " + QuotedText(query.study);
  return text;
}

std::string Teller::AbsenceWords(Absence absence, bool stated, Absence usual) const {
  if (!stated && absence == usual) return "";
  const std::string_view counts =
      absence == Absence::kNo
          ? t_("Nothing recorded counts as none.",
               "Inget dokumenterat räknas som att det inte finns.")
          : t_("Nothing recorded counts as not known.", "Inget dokumenterat räknas som okänt.");
  return fmt::format(" {}{}", stated ? t_("The study says: ", "Studien säger: ") : "", counts);
}

std::string Teller::Frame(const criteria::Query& query, bool no) const {
  const KindWords words = WordsOf(t_, query.kind);
  const std::string when = Times(query.times);
  const std::string filters = Filters(query) + Together(query);
  const std::string value =
      query.test ? fmt::format(", {} {}", t_("with a value", "med värdet"), Test(*query.test)) : "";
  // A clause that stands before the verb is closed by a comma.
  const std::string_view comma = (filters + when).empty() ? "" : ",";
  const std::string test =
      query.test ? fmt::format("{} {} {}", comma, t_("is", "är"), Test(*query.test))
                 : fmt::format("{} {}", comma, t_("is recorded", "finns dokumenterat"));
  const auto chosen = [&](std::string_view en, std::string_view sv) {
    if (!query.ever)
      return fmt::format("{} {}{}{}{}", t_(en, sv), Nouns(query, words.one), filters, when, test);
    // ", starting within ..." goes on without its comma.
    const std::string is = (when + value).empty() ? std::string(t_("recorded", "dokumenterad"))
                                                  : (when + value).substr(2);
    return fmt::format("{} {}{}, {} {}", t_(en, sv), Nouns(query, words.one), filters,
                       t_("chosen among all ever recorded, is one",
                          "vald bland alla som någonsin dokumenterats, är en"),
                       is);
  };
  const auto counted = [&](std::string_view en, std::string_view sv) {
    return fmt::format("{} {} {}{}{}{} {}", t_(en, sv), query.count, Nouns(query, words.many),
                       filters, when, value, t_("are recorded", "finns dokumenterade"));
  };
  const auto average = [&](std::string_view en, std::string_view sv) {
    const std::string last = query.count == 0
                                 ? std::string(t_("all", "alla"))
                                 : fmt::format("{} {}", t_("the last", "de senaste"), query.count);
    return fmt::format("{} {} {}{}{}{}", t_(en, sv), last, Nouns(query, words.many), filters, when,
                       test);
  };
  std::string text;
  switch (query.selector) {
    case Selector::kThereIs:
      text = no ? fmt::format("{} {} {}{}{}{}", t_("There is", "Det finns"), words.none,
                              Nouns(query, words.one), filters, when, value)
                : fmt::format("{} {}{}{}{}", t_("There is", "Det finns"), Nouns(query, words.a),
                              filters, when, value);
      break;
    case Selector::kNo:
      text = fmt::format("{} {}{}{}{}", t_("None of:", "Ingen av:"), Nouns(query, words.many),
                         filters, when, value);
      break;
    case Selector::kAny: {
      const std::string_view any =
          t_("Any", words.none == "inget" ? std::string_view("Något") : "Någon");
      text = fmt::format("{} {}{}{}{}", any, Nouns(query, words.one), filters, when, test);
      break;
    }
    case Selector::kEvery:
      text = fmt::format("{} {}{}{}{}", t_("There is one, and every", "Det finns, och varje"),
                         Nouns(query, words.one), filters, when, test);
      break;
    case Selector::kAtLeast:
      text = counted("At least", "Minst");
      break;
    case Selector::kAtMost:
      text = counted("At most", "Högst");
      break;
    case Selector::kExactly:
      text = counted("Exactly", "Exakt");
      break;
    case Selector::kLatest:
      text = chosen("The latest", "Senaste");
      break;
    case Selector::kFirst:
      text = chosen("The first", "Första");
      break;
    case Selector::kLowest:
      text = chosen("The lowest", "Lägsta");
      break;
    case Selector::kHighest:
      text = chosen("The highest", "Högsta");
      break;
    case Selector::kAverage:
      text = average("The average of", "Medelvärdet av");
      break;
    case Selector::kMedian:
      text = average("The median of", "Medianen av");
      break;
  }
  return text + ".";
}

void Teller::AddWhere(const criteria::Query& query, Told& told, int depth) {
  if (!query.where) return;
  told.text +=
      t_(" Only those count for which this holds:", " Bara de räknas för vilka detta gäller:");
  Node holder;
  holder.children = {*query.where};
  told.parts = List("", holder, depth).parts;
}

Told Teller::Query(const criteria::Query& query, bool no, int depth) {
  Told told{Frame(query, no), {}};
  told.text += AbsenceWords(query.absence, query.absence_stated, UsualAbsence(query.kind));
  AddWhere(query, told, depth);
  return told;
}

}  // namespace medverka::criteria::internal
