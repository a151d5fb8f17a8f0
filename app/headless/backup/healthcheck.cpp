#include "app/engine/instance_lock.h"
#include "app/headless/backup/commands.h"
#include "app/headless/command_line.h"
#include "app/headless/log.h"

#include <curl/curl.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

namespace stepwell::headless {

namespace {

constexpr const char* usage = "stepwelld healthcheck --data-dir DIR | --url URL [--ca FILE]";
constexpr const char* help = R"(usage: stepwelld healthcheck --data-dir DIR
       stepwelld healthcheck --url URL [--ca FILE]

  --data-dir DIR          asks the engine that runs on this folder, past any proxy and whatever its certificate
  --url URL               asks the engine there, like https://engine.example.com
  --ca FILE               PEM of the certificate authority that signed its certificate, instead of the system's

Prints one line: ok, or what is wrong. The exit code is 0 when it answers within 5 s, 1 when it does not, and 2
for wrong arguments.
)";
constexpr long patienceMs = 5'000;
constexpr std::size_t largestAnswer = 64 * 1024;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

struct Question {
    std::string url;
    std::string ca;
    /// The engine of this machine, found by its folder. Nothing secret is sent, so that its certificate may
    /// be for another name, or of a CA that is not known here.
    bool local = false;
};

std::string adviceFor(CURLcode code, const Question& question, std::string_view said) {
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        if (said.find("subject name") != std::string_view::npos ||
            said.find("does not match") != std::string_view::npos)
            return ": its certificate is for another name. Ask for it by a name that the certificate has.";
        return question.ca.empty()
                   ? ": its certificate is not trusted. Name the PEM file of the authority that signed "
                     "it with --ca FILE."
                   : ": its certificate was not signed by the authority of --ca " + question.ca + '.';
    case CURLE_SSL_CACERT_BADFILE:
        return ": the file of --ca " + question.ca + " cannot be read, or has no certificate in PEM.";
    case CURLE_SSL_CONNECT_ERROR:
        return ": it does not speak TLS. If plain HTTP is meant, begin the URL with http://.";
    case CURLE_COULDNT_CONNECT:
        return ": nothing listens there.";
    case CURLE_OPERATION_TIMEDOUT:
        return " within 5 s.";
    default:
        return std::string(": ") + curl_easy_strerror(code) + '.';
    }
}

/// Empty when all is well.
std::string ask(const Question& question) {
    const Handle handle(curl_easy_init(), curl_easy_cleanup);
    auto* curl = handle.get();
    const auto url = question.url + "/healthz";
    std::array<char, CURL_ERROR_SIZE> said{};
    std::string body;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said.data());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, patienceMs);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (question.local) {
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!question.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, question.ca.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(
        curl, CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t size, std::size_t count, void* to) {
            auto& text = *static_cast<std::string*>(to);
            if (text.size() < largestAnswer) text.append(data, size * count);
            return size * count;
        });
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) return url + " does not answer" + adviceFor(code, question, said.data());
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 400 && body.find("https://") != std::string::npos && url.starts_with("http://"))
        return url + " speaks TLS: begin the URL with https://.";
    return status == 200 ? std::string() : url + " answers " + std::to_string(status) + ".";
}

bool isHttp(const std::string& url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

std::string withoutSlash(std::string url) {
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    return url;
}

}  // namespace

int runHealthcheck(const std::vector<std::string>& arguments) {
    if (asksForHelp(arguments)) return std::fputs(help, stdout) < 0 ? 1 : 0;
    const auto given = readArguments(arguments, {"--data-dir", "--url", "--ca"}, usage);
    if (!given) return refuse(given.error().message);
    if (given->count("--data-dir") == given->count("--url"))
        return refuse("Either --data-dir or --url is needed, and not both. Usage: " + std::string(usage));
    if (given->contains("--ca") && !given->contains("--url"))
        return refuse("--ca goes with --url: the engine of a folder needs none. Usage: " +
                      std::string(usage));
    if (const auto url = given->find("--url"); url != given->end() && !isHttp(url->second))
        return refuse("--url must begin with https:// or http://, not \"" + url->second + "\".");
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
    std::puts(trouble.empty() ? "ok" : oneLine(trouble).c_str());
    return trouble.empty() ? 0 : 1;
}

}  // namespace stepwell::headless
