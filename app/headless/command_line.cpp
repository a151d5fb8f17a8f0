#include "app/headless/command_line.h"

#include "app/headless/interruption.h"
#include "app/headless/log.h"

#include <algorithm>
#include <cstdio>

namespace stepwell::headless {

api::Result<std::map<std::string, std::string>> readArguments(const std::vector<std::string>& arguments,
                                                              const std::vector<std::string>& known,
                                                              const std::string& usage) {
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto equals = arguments[i].find('=');
        const auto name = arguments[i].substr(0, equals);
        if (std::find(known.begin(), known.end(), name) == known.end())
            return api::fail(0, 0, "Unknown argument \"" + arguments[i] + "\". Usage: " + usage);
        if (equals == std::string::npos && i + 1 == arguments.size())
            return api::fail(0, 0, name + " needs a value. Usage: " + usage);
        auto value = equals == std::string::npos ? arguments[++i] : arguments[i].substr(equals + 1);
        if (value.empty() || !values.emplace(name, std::move(value)).second)
            return api::fail(0, 0, name + " needs one value. Usage: " + usage);
    }
    return values;
}

bool asksForHelp(const std::vector<std::string>& arguments) {
    return std::any_of(arguments.begin(), arguments.end(),
                       [](const std::string& word) { return word == "--help" || word == "-h"; });
}

void complain(const std::string& message) {
    std::fprintf(stderr, "stepwelld: %s\n", oneLine(message).c_str());
}

int giveUp(const std::string& message) {
    complain(isInterrupted() ? "Interrupted: nothing was left behind." : message);
    return 1;
}

int refuse(const std::string& message) {
    constexpr int badUsage = 2;
    complain(message);
    return badUsage;
}

}  // namespace stepwell::headless
