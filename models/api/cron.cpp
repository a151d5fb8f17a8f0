#include "models/api/cron.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace stepwell::api {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::size_t longestText = 256;
constexpr days farthest{30 * 366};

struct Field {
    const char* name;
    int least;
    int greatest;
    std::string_view names;  ///< three letters each; the first stands for `least`
};
constexpr Field minute{"minute", 0, 59, {}};
constexpr Field hour{"hour", 0, 23, {}};
constexpr Field monthDay{"day of the month", 1, 31, {}};
constexpr Field month{"month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"};
constexpr Field weekday{"day of the week", 1, 7, "SUNMONTUEWEDTHUFRISAT"};

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string_view> fieldsOf(std::string_view text) {
    auto parts = split(text, ' ');
    std::erase_if(parts, [](std::string_view part) { return part.empty(); });
    return parts;
}

std::optional<int> numberIn(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || text.front() == '-')
        return std::nullopt;
    return value;
}

std::optional<int> valueOf(std::string_view text, const Field& field) {
    if (const auto number = numberIn(text))
        return *number >= field.least && *number <= field.greatest ? number : std::nullopt;
    if (text.size() != 3) return std::nullopt;
    for (std::size_t at = 0; at < field.names.size(); at += 3)
        if (field.names.substr(at, 3) == text) return field.least + static_cast<int>(at / 3);
    return std::nullopt;
}

/// `*`, `a`, `a-b`, each perhaps with `/step`.
template <std::size_t Size>
bool addRange(std::string_view item, const Field& field, std::bitset<Size>& set) {
    const auto slash = item.find('/');
    const auto range = item.substr(0, slash);
    const auto step = slash == std::string_view::npos ? std::optional(1) : numberIn(item.substr(slash + 1));
    if (!step || *step < 1 || *step > field.greatest + 1) return false;
    int first = field.least;
    int last = field.greatest;
    if (range != "*") {
        const auto dash = range.find('-');
        const auto from = valueOf(range.substr(0, dash), field);
        const auto to = dash == std::string_view::npos ? from : valueOf(range.substr(dash + 1), field);
        if (!from || !to) return false;
        first = *from;
        // A step after a single value counts up to the end of the field.
        last = dash == std::string_view::npos && slash != std::string_view::npos ? field.greatest : *to;
    }
    const int size = field.greatest - field.least + 1;
    const int span = last >= first ? last - first : last - first + size;  // FRI-MON goes round
    for (int i = 0; i <= span; i += *step)
        set.set(static_cast<std::size_t>((first - field.least + i) % size + field.least));
    return true;
}

tl::unexpected<Error> invalid(std::string message) {
    return fail(400, code::badBody, std::move(message));
}

unsigned lastDayOf(year_month_day date) {
    return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
}

/// 1 is Sunday.
unsigned weekdayOf(sys_days date) {
    return std::chrono::weekday(date).c_encoding() + 1;
}

bool isWeekend(sys_days date) {
    const auto number = weekdayOf(date);
    return number == 1 || number == 7;
}

/// The weekday nearest to a day, within its month.
sys_days nearestWeekday(year_month_day date) {
    const sys_days wanted(date);
    const auto number = static_cast<unsigned>(date.day());
    if (weekdayOf(wanted) == 7) return number == 1 ? wanted + days(2) : wanted - days(1);
    if (weekdayOf(wanted) == 1) return number == lastDayOf(date) ? wanted - days(2) : wanted + days(1);
    return wanted;
}

}  // namespace

struct Cron::Parser {
    Cron cron;

    template <std::size_t Size>
    Result<void> read(std::string_view text, const Field& field, std::bitset<Size>& set) {
        for (const auto item : split(text, ','))
            if (!addRange(item, field, set) && !special(item, field)) return wrong(text, field);
        return {};
    }

    static tl::unexpected<Error> wrong(std::string_view text, const Field& field) {
        std::string what = std::to_string(field.least) + " to " + std::to_string(field.greatest);
        if (!field.names.empty())
            what += " or " + std::string(field.names.substr(0, 3)) + " to " +
                    std::string(field.names.substr(field.names.size() - 3));
        if (&field == &weekday) what += " (1 is SUN)";
        return invalid("The " + std::string(field.name) + " \"" + std::string(text) +
                       "\" of the cron expression is not understood; it takes " + what +
                       ", ranges, steps and lists of them.");
    }

    bool special(std::string_view item, const Field& field) {
        if (&field == &monthDay) return specialDay(item);
        return &field == &weekday && specialWeekday(item);
    }

    bool specialDay(std::string_view item) {
        if (item == "L") return cron.m_daysFromLast.set(0), true;
        if (item == "LW" || item == "WL") return cron.m_lastWeekday = true;
        if (item.substr(0, 2) == "L-") {
            const auto back = numberIn(item.substr(2));
            if (!back || *back < 1 || *back > 30) return false;
            return cron.m_daysFromLast.set(static_cast<std::size_t>(*back)), true;
        }
        if (item.empty() || item.back() != 'W') return false;
        const auto near = valueOf(item.substr(0, item.size() - 1), monthDay);
        return near && (cron.m_weekdaysNear.set(static_cast<std::size_t>(*near)), true);
    }

    bool specialWeekday(std::string_view item) {
        // Alone it is the last day of the week.
        if (item == "L") return cron.m_weekdays.set(7), true;
        if (const auto hash = item.find('#'); hash != std::string_view::npos) {
            const auto which = valueOf(item.substr(0, hash), weekday);
            const auto nth = numberIn(item.substr(hash + 1));
            if (!which || !nth || *nth < 1 || *nth > 5) return false;
            return cron.m_nthWeekdays.set(static_cast<std::size_t>(*which * 8 + *nth)), true;
        }
        if (item.empty() || item.back() != 'L') return false;
        const auto last = valueOf(item.substr(0, item.size() - 1), weekday);
        return last && (cron.m_lastWeekdays.set(static_cast<std::size_t>(*last)), true);
    }
};

Result<Cron> Cron::parse(std::string_view text) {
    if (text.size() > longestText) return invalid("A cron expression has at most 256 characters.");
    const auto shouted = upper(text);
    const auto fields = fieldsOf(shouted);
    if (fields.size() != 5)
        return invalid("The cron expression \"" + std::string(text) + "\" has " +
                       std::to_string(fields.size()) +
                       " fields; it needs five: minute, hour, day of the month, month, day of the week.");
    Parser parser;
    auto& cron = parser.cron;
    if (auto ok = parser.read(fields[0], minute, cron.m_minutes); !ok) return tl::unexpected(ok.error());
    if (auto ok = parser.read(fields[1], hour, cron.m_hours); !ok) return tl::unexpected(ok.error());
    if (auto ok = parser.read(fields[2], monthDay, cron.m_days); !ok) return tl::unexpected(ok.error());
    if (auto ok = parser.read(fields[3], month, cron.m_months); !ok) return tl::unexpected(ok.error());
    if (auto ok = parser.read(fields[4], weekday, cron.m_weekdays); !ok) return tl::unexpected(ok.error());
    cron.m_anyDay = fields[2] == "*";
    cron.m_anyWeekday = fields[4] == "*";
    return cron;
}

bool Cron::matchesMonthDay(year_month_day date) const {
    const auto number = static_cast<unsigned>(date.day());
    const auto last = lastDayOf(date);
    if (m_days.test(number) || m_daysFromLast.test(last - number)) return true;
    const sys_days today(date);
    if (m_lastWeekday) {
        sys_days weekday(date.year() / date.month() / day(last));
        while (isWeekend(weekday))
            weekday -= days(1);
        if (today == weekday) return true;
    }
    for (unsigned near = 1; near <= last; ++near)
        if (m_weekdaysNear.test(near) && nearestWeekday(date.year() / date.month() / day(near)) == today)
            return true;
    return false;
}

bool Cron::matchesWeekday(year_month_day date) const {
    const auto which = weekdayOf(sys_days(date));
    const auto number = static_cast<unsigned>(date.day());
    if (m_weekdays.test(which)) return true;
    if (m_lastWeekdays.test(which) && number + 7 > lastDayOf(date)) return true;
    return m_nthWeekdays.test(which * 8 + (number + 6) / 7);
}

bool Cron::matchesDay(year_month_day date) const {
    if (!m_months.test(static_cast<unsigned>(date.month()))) return false;
    if (m_anyDay) return m_anyWeekday || matchesWeekday(date);
    if (m_anyWeekday) return matchesMonthDay(date);
    return matchesMonthDay(date) || matchesWeekday(date);
}

std::optional<Time> Cron::next(Time time) const {
    using namespace std::chrono;
    const auto first = floor<minutes>(time) + minutes(1);
    const auto firstDay = floor<days>(first);
    for (auto date = firstDay; date <= firstDay + farthest; date += days(1)) {
        if (!matchesDay(date)) continue;
        const auto start = date == firstDay ? static_cast<std::size_t>((first - date).count()) : 0;
        for (std::size_t i = start; i < 24 * 60; ++i)
            if (m_hours.test(i / 60) && m_minutes.test(i % 60)) return Time(date + minutes(i));
    }
    return std::nullopt;
}

Result<void> checkCrons(std::span<const std::string> crons, Time now) {
    for (std::size_t i = 0; i < crons.size(); ++i) {
        const auto cron = Cron::parse(crons[i]);
        if (!cron) return tl::unexpected(cron.error());
        const auto says = "The cron \"" + crons[i] + "\" ";
        if (!cron->next(now)) return fail(400, code::badBody, says + "never runs: there is no such day.");
        if (std::find(crons.begin(), crons.begin() + static_cast<std::ptrdiff_t>(i), crons[i]) !=
            crons.begin() + static_cast<std::ptrdiff_t>(i))
            return fail(400, code::badBody, says + "is listed twice.");
    }
    return {};
}

}  // namespace stepwell::api
