#include "app/office_command_line.h"

#include <string>

#include "app/command_parts.h"

namespace yujing::app {
namespace {

void add_lists(CLI::App& app, const OfficeCommandLine& line) {
  auto& command = add_command(
      app, "lists", "Monthly lists for the offices, XLSX and CSV; works beside a running monitor",
      "  yujing lists --month 2026-03 --out lists --config settings.yaml\n"
      "  yujing lists --month 2026-03 --out lists --config settings.yaml --json | jq .lists\n"
      "  yujing lists --month 2026-03 --out lists --config settings.yaml --correct");
  auto& options = line.options.lists;
  command.add_option("--month", options.month, "The lists' month, such as 2026-03")
      ->required()
      ->type_name("MONTH");
  command.add_option("--out", options.folder, "Folder for the files; made when it is not there")
      ->required()
      ->type_name("DIR");
  add_settings(command, options.settings,
               {"store", "cities", "policies", "reference", "source.persons"});
  command.add_flag("--correct", options.correct,
                   "Published lists that have other rows now: issue corrections beside them");
  command.add_flag("--json", options.json, "What was written as JSON on standard output");
  command.callback([&options, &action = line.action] {
    action = [&options](Talk& talk) { return make_lists(options, talk); };
  });
}

void add_application(CLI::App& app, const OfficeCommandLine& line) {
  auto& command = add_command(
      app, "application", "A person's application for assistance, filled in and ready to sign",
      "  yujing application --person P1 --on 2026-08-15 --config settings.yaml\n"
      "  yujing application --person P1 --on 2026-08-15 --out P1.xlsx --config settings.yaml");
  auto& options = line.options.application;
  command.add_option("--person", options.person, "psn_no of a person in the store")
      ->required()
      ->type_name("PSN_NO");
  command.add_option("--on", options.on, "Day of the application")->required()->type_name("DATE");
  command
      .add_option("--out", options.file,
                  "The form, an XLSX file (default: application-PSN_NO-DATE.xlsx)")
      ->type_name("FILE");
  add_settings(command, options.settings,
               {"store", "cities", "policies", "reference", "source.persons"});
  command.callback([&options, &action = line.action] {
    action = [&options](Talk& talk) { return make_application(options, talk); };
  });
}

void add_decide(CLI::App& app, const OfficeCommandLine& line) {
  auto& command = add_command(
      app, "decide", "Record what the office decided in the decisions file or topic",
      "  yujing decide --person P1 --application 2026-08-15 --config settings.yaml\n"
      "  yujing decide --person P1 --category illness_poverty --from 2026-08-15 --until 2026-12-31 "
      "\\\n"
      "                --certified-by civil_affairs --config settings.yaml");
  auto& options = line.options.decide;
  command.add_option("--person", options.person, "psn_no")->required()->type_name("PSN_NO");
  auto* const category =
      command.add_option("--category", options.category, "Category approved, by its code");
  auto* const from = command.add_option("--from", options.from, "First day of the category");
  auto* const until =
      command.add_option("--until", options.until, "Last day of the category (default: open)");
  auto* const application =
      command.add_option("--application", options.application, "Day of the approved application");
  auto* const office =
      command.add_option("--certified-by", options.certified_by, "Office that certified");
  command.add_option("--at", options.at, "Time of the decision, Beijing time (default: now)")
      ->type_name("TIME");
  category->type_name("CODE")->needs(from);
  from->type_name("DATE")->needs(category);
  until->type_name("DATE")->needs(category);
  application->type_name("DATE");
  office->type_name("OFFICE")->needs(category);
  add_settings(command, options.settings, {"cities", "policies", "reference", "source.decisions"});
  command.callback([&options, &action = line.action] {
    if (options.category.empty() && options.application.empty()) {
      throw CLI::RequiredError("what was decided: --category CODE --from DATE, --application DATE");
    }
    action = [&options](Talk& talk) { return decide(options, talk); };
  });
}

}  // namespace

void add_office_commands(CLI::App& app, const OfficeCommandLine& line) {
  add_lists(app, line);
  add_application(app, line);
  add_decide(app, line);
}

}  // namespace yujing::app
