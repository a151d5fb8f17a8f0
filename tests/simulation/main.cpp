#include "tests/simulation/simulation.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

using stepwell::simulation::FaultyDatabase;
using stepwell::simulation::Setting;
using stepwell::simulation::Simulation;

namespace {

struct Options {
    std::uint64_t first = 1;
    std::int64_t count = 1'000;
    bool expectsViolation = false;
    bool isVerbose = false;
    Setting setting;
};

constexpr int violationFound = 1;
constexpr int usageError = 2;

/// Takes from the durability that the engine counts on.
bool weaken(Setting& setting, std::string_view how) {
    if (how == "early")
        setting.acknowledgesEarly = true;
    else if (how == "off")
        setting.synchronous = FaultyDatabase::Synchronous::off;
    else if (how == "disk")
        setting.ignoresSyncs = true;
    else
        return false;
    return true;
}

std::optional<Options> parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        const bool hasValue = i + 1 < argc;
        if (option == "--expect-violation")
            options.expectsViolation = true;
        else if (option == "--verbose")
            options.isVerbose = true;
        else if (option == "--power-cuts")
            options.setting.cutsPower = true;
        else if (option == "--weak" && hasValue) {
            if (!weaken(options.setting, argv[++i])) return std::nullopt;
        } else if (option == "--seed" && hasValue)
            options.first = std::strtoull(argv[++i], nullptr, 10);
        else if (option == "--seeds" && hasValue)
            options.count = std::strtoll(argv[++i], nullptr, 10);
        else
            return std::nullopt;
    }
    return options;
}

struct Totals {
    std::int64_t turns = 0;
    std::int64_t faults = 0;
    std::int64_t cuts = 0;
};

/// A wrong engine may lead the programs that it runs so far astray that they cannot go on, and a wrong disk
/// may leave a database that cannot be opened: that counts as well.
std::optional<std::string> runOf(std::uint64_t seed, const Options& options, Totals& totals) {
    try {
        Simulation simulation(seed, options.setting);
        if (options.isVerbose) simulation.setVerbose();
        auto violation = simulation.run();
        totals.turns += simulation.turns();
        totals.faults += simulation.faults();
        totals.cuts += simulation.powerCuts();
        return violation;
    } catch (const std::exception& exception) {
        return std::string("the simulation cannot go on: ") + exception.what();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    if (!options) {
        std::fprintf(
            stderr,
            "usage: %s [--power-cuts [--weak early|off|disk]] [--seeds N] [--seed FIRST] [--verbose] "
            "[--expect-violation]\n",
            argv[0]);
        return usageError;
    }
    Totals totals;
    for (std::int64_t i = 0; i < options->count; ++i) {
        const auto seed = options->first + static_cast<std::uint64_t>(i);
        const auto violation = runOf(seed, *options, totals);
        if (!violation) continue;
        std::printf("seed %llu: %s\nrepeat it: %s%s --seeds 1 --seed %llu --verbose\n",
                    static_cast<unsigned long long>(seed), violation->c_str(), argv[0],
                    options->setting.cutsPower ? " --power-cuts" : "", static_cast<unsigned long long>(seed));
        return options->expectsViolation ? EXIT_SUCCESS : violationFound;
    }
    std::printf(
        "%lld seeds, %lld turns, %lld faults of disk, engine and clock, %lld power cuts: no violation\n",
        static_cast<long long>(options->count), static_cast<long long>(totals.turns),
        static_cast<long long>(totals.faults), static_cast<long long>(totals.cuts));
    return options->expectsViolation ? violationFound : EXIT_SUCCESS;
}
