// Deploys as the window does, without it, and prints what that takes: tests/bench/pages/deploy.mjs compares.
//   bench_deploy hash FOLDER
//   bench_deploy deploy FOLDER API ACCOUNT TOKEN PROJECT KEYS [new]
// KEYS: where keys of files are kept from one deploy to the next, as the window keeps them in the user's
// cache.
#include "models/site/key_store.h"
#include "models/site/site_hashing.h"
#include "models/site/uploader.h"
#include "models/site/warnings.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

using namespace stepwell;
using namespace stepwell::site;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of this process so far.
double peakMegabytes() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

int fail(const std::string& why) {
    std::fprintf(stderr, "bench_deploy: %s\n", why.c_str());
    return 1;
}

/// `recall` brings back what is known of the files, while the folder is looked through.
template <class Recall>
std::shared_ptr<LocalSite> read(const std::string& folder, KeyCache& cache, HashProgress& progress,
                                Recall recall) {
    Stop stop = false;
    std::thread recalling(recall);
    auto scanned = scanSite({folder}, stop);
    recalling.join();
    if (!scanned) return nullptr;
    auto site = std::make_shared<LocalSite>(std::move(*scanned));
    hashFiles(*site, cache, progress, stop);
    return site;
}

int hash(const std::string& folder) {
    HashProgress progress;
    KeyCache unused;
    const auto nothing = [] {};
    read(folder, unused, progress, nothing);  // so that the files are in memory
    const auto start = std::chrono::steady_clock::now();
    HashProgress measured;
    KeyCache cache;
    const auto site = read(folder, cache, measured, nothing);
    if (!site) return fail("the folder cannot be read");
    const double seconds = secondsSince(start);
    std::printf("{\"files\":%zu,\"bytes\":%lld,\"seconds\":%.4f,\"cores\":%u}\n", site->files.size(),
                static_cast<long long>(site->bytes), seconds, std::thread::hardware_concurrency());
    return 0;
}

int deploy(const std::string& folder, const SiteAddress& address, const std::string& project,
           const KeyStore& keys, bool isNew) {
    const auto start = std::chrono::steady_clock::now();
    HashProgress progress;
    KeyCache cache;
    const auto site = read(folder, cache, progress, [&] { keys.load(folder, cache); });
    if (!site) return fail("the folder cannot be read");
    std::jthread keeping([&] { keys.save(folder, *site, cache); });
    const double hashed = secondsSince(start);
    DeployOrder order;
    order.files = chosenFiles(*site, {});
    order.site = site;
    order.project = project;
    order.isNew = isNew;
    order.productionBranch = order.branch = "main";
    Uploader uploader(address, std::move(order));
    const auto outcome = uploader.run();
    if (outcome.kind != DeployOutcome::Kind::published) return fail(outcome.reason);
    keeping.join();
    std::printf("{\"seconds\":%.4f,\"hashing\":%.4f,\"checking\":%.4f,\"uploaded\":%lld,\"skipped\":%lld,"
                "\"keys_known\":%lld,\"peak_mb\":%.1f}\n",
                secondsSince(start), hashed, static_cast<double>(outcome.checkTook.count()) / 1000,
                static_cast<long long>(outcome.uploaded), static_cast<long long>(outcome.alreadyThere),
                static_cast<long long>(progress.known.load()), peakMegabytes());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> given(argv + 1, argv + argc);
    if (given.size() == 2 && given[0] == "hash") return hash(given[1]);
    const bool isNew = given.size() == 8 && given[7] == "new";
    if ((given.size() == 7 || isNew) && given[0] == "deploy")
        return deploy(given[1], {given[2], given[3], given[4]}, given[5], KeyStore(given[6]), isNew);
    return fail("usage: bench_deploy hash FOLDER | deploy FOLDER API ACCOUNT TOKEN PROJECT KEYS [new]");
}
