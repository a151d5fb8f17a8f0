#include "models/analytics/page_rows.h"

#include "models/analytics/chart.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::analytics {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::array<api::Milliseconds, 12> binWidths = {1min, 5min, 10min, 15min, 30min, 1h,
                                                         2h,   3h,   6h,    12h,   24h,   48h};
constexpr std::size_t bucketsAtMost = 50'000;  // a month by minute, and some

const json& at(const json& object, const std::string& key) {
    static const json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

api::Time floored(api::Time time, api::Milliseconds step) {
    auto over = time.time_since_epoch() % step;
    if (over.count() < 0) over += step;
    return time - over;
}

/// The edge of local time at or before `time`; days begin at midnight.
api::Time localEdge(api::Time time, api::Milliseconds width) {
    const auto local = toQt(time).toLocalTime();
    const auto midnight = api::Time{api::Milliseconds{local.date().startOfDay().toMSecsSinceEpoch()}};
    if (width >= 24h) return midnight;
    return midnight + (time - midnight) / width * width;
}

api::Milliseconds binWidth(api::Milliseconds width, api::Milliseconds length, std::size_t binsAtMost) {
    const auto fits = [&](api::Milliseconds bin) {
        return bin >= width && bin % width == 0ms && static_cast<std::size_t>(length / bin) <= binsAtMost;
    };
    const auto found = std::find_if(binWidths.begin(), binWidths.end(), fits);
    return found == binWidths.end() ? binWidths.back() : *found;
}

}  // namespace

const json& accountOf(const json& answer) {
    static const json nothing;
    const json* here = &answer;
    for (const char* key : {"data", "viewer", "accounts"}) {
        if (!here->is_object() || !here->contains(key)) return nothing;
        here = &(*here)[key];
    }
    return here->is_array() && !here->empty() ? here->front() : nothing;
}

const json& Rows::of(const std::string& alias) const {
    static const json none = json::array();
    const auto& rows = at(account_, alias);
    return rows.is_array() ? rows : none;
}

double countOf(const json& row) {
    const auto& value = at(row, "count");
    return value.is_number() ? value.get<double>() : 0;
}

double numberOf(const json& row, const std::string& field) {
    const auto split = field.find('_');
    const auto& value = at(at(row, field.substr(0, split)), field.substr(split + 1));
    return value.is_number() ? value.get<double>() : gap;
}

std::string dimensionOf(const json& row, const std::string& name) {
    const auto& value = at(at(row, "dimensions"), name);
    if (value.is_string()) return value.get<std::string>();
    return value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : std::string();
}

Grid::Grid(const Window& window, api::Milliseconds width, std::size_t binsAtMost)
    : length_(window.length())
    , width_(binsAtMost == 0 ? width : binWidth(width, window.length(), binsAtMost)) {
    auto start = width_ == width ? floored(window.from, width) : localEdge(window.from, width_);
    for (; start < window.to && starts_.size() < bucketsAtMost; start += width_)
        starts_.push_back(start);
}

std::optional<std::size_t> Grid::indexOf(const json& row, bool before) const {
    const auto& text = at(at(row, "dimensions"), "t");
    if (!text.is_string() || starts_.empty()) return std::nullopt;
    auto time = api::fromIso(text.get_ref<const std::string&>());
    if (!time) return std::nullopt;
    if (before) *time += length_;
    if (*time < starts_.front() || *time >= starts_.back() + width_) return std::nullopt;
    return static_cast<std::size_t>((*time - starts_.front()) / width_);
}

bool Grid::isOpen(api::Time now) const {
    return !starts_.empty() && starts_.back() <= now && starts_.back() + width_ > now;
}

std::vector<double> Grid::gaps() const {
    return std::vector<double>(size(), gap);
}

QString perWords(api::Milliseconds width) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(width).count();
    if (minutes == 1) return QObject::tr("per minute");
    if (minutes < 60) return QObject::tr("per %1 minutes").arg(minutes);
    if (minutes == 60) return QObject::tr("per hour");
    if (minutes < 24 * 60) return QObject::tr("per %1 hours").arg(minutes / 60);
    return minutes == 24 * 60 ? QObject::tr("per day") : QObject::tr("per %1 days").arg(minutes / 60 / 24);
}

}  // namespace stepwell::analytics
