// Idea: first the command line is written down as a plain list (words of the command, its options,
// what each takes), then each shell gets that list in its own words.
#include "ops/app/completion_scripts.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "ops/base/format.h"

namespace medverka::app {
namespace {

enum class Takes { kNothing, kFile, kDirectory, kWord, kChoice };

struct CompletedOption {
  std::string flag;  // "--journal"
  std::string description;
  Takes takes = Takes::kNothing;
  std::vector<std::string> choices;
};

struct CompletedCommand {
  std::vector<std::string> words;  // {"store", "inspect"}; the root: none
  std::string description;
  std::vector<CompletedOption> options;
  CompletedOption argument;                                      // what stands after the options
  std::vector<std::pair<std::string, std::string>> subcommands;  // name, description
};

std::vector<std::string> SplitChoices(const std::string& type) {
  std::vector<std::string> choices;
  std::size_t begin = 0;
  for (std::size_t bar = type.find('|'); bar != std::string::npos; bar = type.find('|', begin)) {
    choices.push_back(type.substr(begin, bar - begin));
    begin = bar + 1;
  }
  choices.push_back(type.substr(begin));
  return choices;
}

void DescribeValue(const CLI::Option& option, CompletedOption& completed) {
  // Behind a colon stands what else is checked of it.
  const std::string whole_type = option.get_type_name();
  const std::string type = whole_type.substr(0, whole_type.find(':'));
  completed.description = option.get_description();
  if (option.get_items_expected_max() == 0) return;
  if (type.find('|') != std::string::npos) {
    completed.takes = Takes::kChoice;
    completed.choices = SplitChoices(type);
  } else {
    completed.takes = type == "FILE" || type == "PATH" ? Takes::kFile
                      : type == "DIR"                  ? Takes::kDirectory
                                                       : Takes::kWord;
  }
}

void Collect(const CLI::App& app, std::vector<std::string> words,
             std::vector<CompletedCommand>& all) {
  CompletedCommand command;
  command.words = words;
  command.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    CompletedOption completed;
    DescribeValue(*option, completed);
    if (option->get_positional()) {
      command.argument = completed;
    } else if (!option->get_lnames().empty()) {
      completed.flag = "--" + option->get_lnames().front();
      command.options.push_back(std::move(completed));
    }
  }
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subcommands)
    command.subcommands.emplace_back(sub->get_name(), sub->get_description());
  all.push_back(std::move(command));
  for (const CLI::App* sub : subcommands) {
    auto deeper = words;
    deeper.push_back(sub->get_name());
    Collect(*sub, std::move(deeper), all);
  }
}

std::vector<CompletedCommand> CommandsOf(const CLI::App& root) {
  std::vector<CompletedCommand> all;
  Collect(root, {}, all);
  return all;
}

std::string Join(const std::vector<std::string>& words, const char* between) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : between) + word;
  return joined;
}

// In single quotes every shell takes text as it is, but for the quote itself.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::vector<std::string> WordsOffered(const CompletedCommand& command) {
  std::vector<std::string> words;
  for (const auto& [name, description] : command.subcommands) words.push_back(name);
  for (const CompletedOption& option : command.options) words.push_back(option.flag);
  if (command.argument.takes == Takes::kChoice) {
    words.insert(words.end(), command.argument.choices.begin(), command.argument.choices.end());
  }
  return words;
}

const char* BashFiles(Takes takes) {
  return takes == Takes::kFile        ? "compgen -f -- \"$current\""
         : takes == Takes::kDirectory ? "compgen -d -- \"$current\""
                                      : "";
}

}  // namespace

std::string BashCompletion(const CLI::App& root) {
  const auto commands = CommandsOf(root);
  std::string path_cases;
  std::string value_cases;
  std::string word_cases;
  for (const CompletedCommand& command : commands) {
    const std::string path = Join(command.words, " ");
    for (const auto& [name, description] : command.subcommands) {
      const std::string deeper = path.empty() ? name : path + " " + name;
      path_cases += fmt::format("      \"{}:{}\") path=\"{}\" ;;\n", path, name, deeper);
    }
    for (const CompletedOption& option : command.options) {
      const std::string key = fmt::format("    \"{}:{}\")", path, option.flag);
      if (option.takes == Takes::kChoice) {
        value_cases += fmt::format(
            "{} mapfile -t COMPREPLY < <(compgen -W \"{}\" -- \"$current\"); return ;;\n", key,
            Join(option.choices, " "));
      } else if (option.takes == Takes::kFile || option.takes == Takes::kDirectory) {
        value_cases += fmt::format("{} mapfile -t COMPREPLY < <({}); return ;;\n", key,
                                   BashFiles(option.takes));
      } else if (option.takes == Takes::kWord) {
        value_cases += key + " return ;;\n";
      }
    }
    const std::string files = BashFiles(command.argument.takes);
    word_cases +=
        fmt::format("    \"{}\") words=\"{}\"{} ;;\n", path, Join(WordsOffered(command), " "),
                    files.empty() ? "" : "; mapfile -t found < <(" + files + ")");
  }
  return fmt::format(
      R"(# bash completion for medverka; put it where your shell looks, or: source <(medverka completion bash)
_medverka() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" path="" words="" i
  local -a found=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path:${{COMP_WORDS[i]}}" in
{}    esac
  done
  case "$path:$previous" in
{}  esac
  case "$path" in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  COMPREPLY+=("${{found[@]}}")
}}
complete -o filenames -F _medverka medverka
)",
      path_cases, value_cases, word_cases);
}

namespace {

// In _arguments and _describe a colon and brackets have a meaning.
std::string ZshText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string ZshAction(const CompletedOption& option) {
  switch (option.takes) {
    case Takes::kNothing:
      return "";
    case Takes::kFile:
      return ":file:_files";
    case Takes::kDirectory:
      return ":directory:_files -/";
    case Takes::kChoice:
      return ":choice:(" + Join(option.choices, " ") + ")";
    case Takes::kWord:
      return ":value: ";
  }
  return "";
}

std::string ZshFunctionName(const CompletedCommand& command) {
  return "_medverka" + (command.words.empty() ? "" : "_" + Join(command.words, "_"));
}

std::string ZshFunction(const CompletedCommand& command) {
  std::string specs;
  for (const CompletedOption& option : command.options) {
    specs += fmt::format(" \\\n    {}",
                         Quoted(fmt::format("{}[{}]{}", option.flag, ZshText(option.description),
                                            ZshAction(option))));
  }
  if (command.subcommands.empty()) {
    if (command.argument.takes != Takes::kNothing)
      specs += " \\\n    " + Quoted("*" + ZshAction(command.argument));
    return fmt::format("{}() {{\n  _arguments{}\n}}\n", ZshFunctionName(command), specs);
  }
  std::string names;
  std::string calls;
  for (const auto& [name, description] : command.subcommands) {
    names += "\n    " + Quoted(fmt::format("{}:{}", ZshText(name), ZshText(description)));
    CompletedCommand sub;
    sub.words = command.words;
    sub.words.push_back(name);
    calls += fmt::format("        {}) {} ;;\n", name, ZshFunctionName(sub));
  }
  return fmt::format(R"({}() {{
  local context state line
  local -a names=({}
  )
  _arguments -C{} \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command names ;;
    argument)
      case $line[1] in
{}      esac ;;
  esac
}}
)",
                     ZshFunctionName(command), names, specs, calls);
}

}  // namespace

std::string ZshCompletion(const CLI::App& root) {
  std::string script =
      "#compdef medverka\n# zsh completion for medverka; put it as _medverka into a folder of "
      "$fpath\n";
  for (const CompletedCommand& command : CommandsOf(root)) script += ZshFunction(command);
  return script +
         "if [ \"$funcstack[1]\" = \"_medverka\" ]; then _medverka \"$@\"; else compdef _medverka "
         "medverka; fi\n";
}

std::string FishCompletion(const CLI::App& root) {
  std::string script =
      "# fish completion for medverka; put it as medverka.fish into ~/.config/fish/completions\n";
  script += "complete -c medverka -f\n";
  for (const CompletedCommand& command : CommandsOf(root)) {
    std::string here = "__fish_use_subcommand";
    if (!command.words.empty()) {
      here.clear();
      for (const std::string& word : command.words) {
        here += (here.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + word;
      }
    }
    // Inside `store`, `inspect` is offered until it stands there.
    std::string offered_while = here;
    for (const auto& [name, description] : command.subcommands) {
      if (!command.words.empty()) offered_while += "; and not __fish_seen_subcommand_from " + name;
    }
    for (const auto& [name, description] : command.subcommands) {
      script += fmt::format("complete -c medverka -n {} -a {} -d {}\n", Quoted(offered_while), name,
                            Quoted(description));
    }
    if (command.argument.takes == Takes::kChoice) {
      script += fmt::format("complete -c medverka -n {} -a {}\n", Quoted(here),
                            Quoted(Join(command.argument.choices, " ")));
    } else if (command.argument.takes == Takes::kFile ||
               command.argument.takes == Takes::kDirectory) {
      script += fmt::format("complete -c medverka -n {} -F\n", Quoted(here));
    }
    for (const CompletedOption& option : command.options) {
      std::string value;
      if (option.takes == Takes::kChoice) value = " -x -a " + Quoted(Join(option.choices, " "));
      if (option.takes == Takes::kFile || option.takes == Takes::kDirectory) value = " -r -F";
      if (option.takes == Takes::kWord) value = " -x";
      script += fmt::format("complete -c medverka -n {} -l {}{} -d {}\n", Quoted(here),
                            option.flag.substr(2), value, Quoted(option.description));
    }
  }
  return script;
}

}  // namespace medverka::app
