#include "app/engine/instance_lock.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/log.h"

#include <curl/curl.h>

#include <cstdio>
#include <memory>

namespace stepwell::headless {

namespace {

constexpr const char* usage = "stepwelld healthcheck --data-dir DIR | --url URL [--ca FILE]";
constexpr long patienceMs = 5'000;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

struct Question {
    std::string url;
    std::string ca;
    /// The engine of this machine, found by its folder. Nothing secret is sent, so that its certificate may
    /// be for another name, or of a CA that is not known here.
    bool local = false;
};

/// Empty when all is well.
std::string ask(const Question& question) {
    const Handle handle(curl_easy_init(), curl_easy_cleanup);
    auto* curl = handle.get();
    const auto url = question.url + "/healthz";
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, patienceMs);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (question.local) {
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!question.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, question.ca.c_str());
    curl_easy_setopt(
        curl, CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) return url + " does not answer: " + curl_easy_strerror(code) + ".";
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? std::string() : url + " answers " + std::to_string(status) + ".";
}

std::string withoutSlash(std::string url) {
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url;
}

}  // namespace

int runHealthcheck(const std::vector<std::string>& arguments) {
    const auto given = readArguments(arguments, {"--data-dir", "--url", "--ca"}, usage);
    if (!given || given->count("--data-dir") == given->count("--url")) {
        log(Level::error, given ? std::string("Usage: ") + usage : given.error().message);
        return 2;
    }
    Question question;
    std::string trouble;
    if (const auto url = given->find("--url"); url != given->end()) {
        question.url = withoutSlash(url->second);
        if (const auto ca = given->find("--ca"); ca != given->end()) question.ca = ca->second;
        trouble = ask(question);
    } else {
        const auto& dataDir = given->at("--data-dir");
        const auto running = engine::runningOn(dataDir);
        question.local = true;
        if (!running)
            trouble = "No engine is ready on " + dataDir + ".";
        else {
            question.url = running->urlFromHere();
            trouble = ask(question);
        }
    }
    std::puts(trouble.empty() ? "ok" : trouble.c_str());
    return trouble.empty() ? 0 : 1;
}

}  // namespace stepwell::headless
