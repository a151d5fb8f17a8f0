#include "models/api/time.h"

namespace stepwell::api {

namespace {

/// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> takeNumber(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Milliseconds> takeFraction(std::string_view& text) {
    if (!take(text, '.')) return Milliseconds{0};
    int value = 0;
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 3) value = value * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits)
        value *= 10;
    return Milliseconds{value};
}

std::optional<std::chrono::minutes> takeZone(std::string_view& text) {
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return std::chrono::minutes{0};
    const bool negative = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hours = takeNumber(text, 2);
    take(text, ':');
    const auto minutes = takeNumber(text, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const std::chrono::minutes offset{*hours * 60 + *minutes};
    return negative ? -offset : offset;
}

std::optional<std::chrono::sys_days> takeDate(std::string_view& text) {
    const auto year = takeNumber(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = takeNumber(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = takeNumber(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

constexpr int lastPlainYear = 9'999;

/// With leading zeros. Answers hold very many times: a formatter would take ten times as long.
void appendDigits(std::string& text, unsigned value, std::size_t digits) {
    const auto start = text.size();
    text.resize(start + digits, '0');
    for (auto at = start + digits; at > start; value /= 10)
        text[--at] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string toIso(Time time) {
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{days};
    const std::chrono::hh_mm_ss<Milliseconds> clock{time - days};
    const int year = static_cast<int>(date.year());
    std::string text;
    text.reserve(std::string_view("2026-01-01T00:00:00.000Z").size());
    if (year < 0 || year > lastPlainYear)
        text = std::to_string(year);
    else
        appendDigits(text, static_cast<unsigned>(year), 4);
    appendDigits(text += '-', static_cast<unsigned>(date.month()), 2);
    appendDigits(text += '-', static_cast<unsigned>(date.day()), 2);
    appendDigits(text += 'T', static_cast<unsigned>(clock.hours().count()), 2);
    appendDigits(text += ':', static_cast<unsigned>(clock.minutes().count()), 2);
    appendDigits(text += ':', static_cast<unsigned>(clock.seconds().count()), 2);
    appendDigits(text += '.', static_cast<unsigned>(clock.subseconds().count()), 3);
    return text += 'Z';
}

std::optional<Time> fromIso(std::string_view text) {
    const auto date = takeDate(text);
    if (!date) return std::nullopt;
    if (text.empty()) return Time{*date};
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
    const auto hours = takeNumber(text, 2);
    if (!hours || !take(text, ':')) return std::nullopt;
    const auto minutes = takeNumber(text, 2);
    if (!minutes) return std::nullopt;
    int seconds = 0;
    Milliseconds fraction{0};
    if (take(text, ':')) {
        const auto read = takeNumber(text, 2);
        if (!read) return std::nullopt;
        seconds = *read;
        const auto part = takeFraction(text);
        if (!part) return std::nullopt;
        fraction = *part;
    }
    if (*hours > 23 || *minutes > 59 || seconds > 59) return std::nullopt;
    const auto zone = takeZone(text);
    if (!zone || !text.empty()) return std::nullopt;
    return Time{*date} + std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
           std::chrono::seconds{seconds} + fraction - *zone;
}

}  // namespace stepwell::api
