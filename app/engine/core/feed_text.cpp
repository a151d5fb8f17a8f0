#include "app/engine/core/feed_text.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

/// Members that the events of one instance begin with.
struct Subject {
    std::string workflow, instance;
    std::string json;

    explicit Subject(std::string_view line) {
        const auto tab = line.find('\t');
        workflow = line.substr(0, tab);
        if (tab != std::string_view::npos) instance = line.substr(tab + 1);
        json = ",\"workflow\":\"" + workflow + '"';
        if (!instance.empty()) json += ",\"instance\":\"" + instance + '"';
    }
};

FeedLine lineOf(Sequence sequence, const std::string& time, const Subject& subject, std::string_view text) {
    const auto type = text.substr(0, text.find(','));
    FeedLine line{sequence, subject.workflow, subject.instance, {}};
    line.json.reserve(text.size() + subject.json.size() + 96);
    line.json = "{\"seq\":";
    line.json += std::to_string(sequence.value);
    line.json += ",\"time\":\"";
    line.json += time;
    line.json += "\",\"type\":\"";
    line.json += type;
    line.json += '"';
    line.json += subject.json;
    line.json += text.substr(type.size());
    line.json += '}';
    return line;
}

}  // namespace

void Feed::startSubject(std::string_view workflow, std::string_view instance) {
    lines += '@';
    lines += workflow;
    lines += '\t';
    lines += instance;
    lines += '\n';
}

std::vector<FeedLine> expand(const Feed& feed, Sequence cursor) {
    std::vector<FeedLine> all;
    const auto time = api::toIso(feed.time);
    Subject subject("");
    auto sequence = feed.first;
    const std::string_view text = feed.lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with('@')) {
            subject = Subject(line.substr(1));
            continue;
        }
        if (sequence > cursor) all.push_back(lineOf(sequence, time, subject, line));
        ++sequence.value;
    }
    return all;
}

}  // namespace stepwell::engine
