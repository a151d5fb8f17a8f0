#include "app/engine/graphql/execute.h"

#include "app/engine/graphql/introspection.h"
#include "app/engine/graphql/print.h"

#include <array>
#include <charconv>
#include <cmath>

namespace stepwell::engine::graphql {

namespace {

/// How a body ends whose request had no errors.
constexpr std::string_view noErrors = R"(,"errors":null})";

template <class Number>
void appendNumber(std::string& out, Number number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void appendLocations(std::string& out, const std::vector<Location>& locations) {
    bool any = false;
    for (const auto& location : locations) {
        if (location == Location{}) continue;
        out += any ? "," : R"("locations":[)";
        any = true;
        out += R"({"line":)" + std::to_string(location.line) + R"(,"column":)" +
               std::to_string(location.column) + '}';
    }
    if (any) out += "],";
}

/// Indexes of lists are strings, as the documented errors have them.
void appendPath(std::string& out, const std::vector<PathStep>& path) {
    if (path.empty()) {
        out += "null";
        return;
    }
    out += '[';
    for (const auto& step : path) {
        if (out.back() != '[') out += ',';
        if (const auto* key = std::get_if<std::string>(&step))
            appendQuoted(out, *key);
        else
            out += '"' + std::to_string(std::get<std::size_t>(step)) + '"';
    }
    out += ']';
}

void appendErrors(std::string& out, const std::vector<Error>& errors, api::Time now) {
    if (errors.empty()) {
        out += "null";
        return;
    }
    auto timestamp = api::toIso(now);
    timestamp.insert(timestamp.size() - 1, "000000");  // to the nanosecond, as documented
    out += '[';
    for (const auto& error : errors) {
        if (out.back() != '[') out += ',';
        out += R"({"message":)";
        appendQuoted(out, error.message);
        out += ',';
        appendLocations(out, error.locations);
        out += R"("path":)";
        appendPath(out, error.path);
        out += R"(,"extensions":{"timestamp":")" + timestamp + '"';
        if (!error.code.empty()) {
            out += R"(,"code":)";
            appendQuoted(out, error.code);
        }
        out += "}}";
    }
    out += ']';
}

int gravest(const std::vector<Error>& errors) {
    int http = 200;
    for (const auto& error : errors)
        http = std::max(http, error.http);
    return http;
}

bool isNull(const Output& value) {
    const auto* real = std::get_if<double>(&value);
    return std::holds_alternative<std::monostate>(value) || (real != nullptr && !std::isfinite(*real));
}

}  // namespace

/// Writes front to back. What becomes null later is cut off again, so that nothing is kept per object.
class Execution {
  public:
    Execution(const Schema& schema, const Limits& limits)
        : schema_(schema)
        , limits_(limits) {}

    Answer run(const std::vector<Selected>& plan, Source& root, api::Time now) {
        text_ = R"({"data":)";
        const auto start = text_.size();
        if (!object(plan, {&root, 0})) {
            text_.resize(start);
            text_ += "null";
        }
        text_ += R"(,"errors":)";
        appendErrors(text_, errors_, now);
        text_ += '}';
        return {gravest(errors_), std::move(text_)};
    }

  private:
    // Each of these answers whether something was written; if not, an error was reported and the caller
    // becomes null.
    bool object(const std::vector<Selected>& fields, ObjectRef object);
    bool field(const Selected& selected, ObjectRef object);
    bool complete(const Output& value, std::string_view wraps, const Selected& selected);
    bool list(ListRef list, std::string_view item, const Selected& selected);

    Result<Output> valueOf(const Selected& selected, ObjectRef object);
    void leaf(const Output& value);
    bool tooLong(const Selected& selected);
    void report(Error error, const Selected& selected);

    const Schema& schema_;
    const Limits& limits_;
    std::string text_;
    std::vector<Error> errors_;
    /// Keys of fields and numbers of items that lead to what is being written.
    std::vector<std::variant<const Selected*, std::size_t>> path_;
    Arena arena_;
    bool ended_ = false;
};

void Execution::report(Error error, const Selected& selected) {
    if (errors_.size() >= limits_.errors) return;
    if (error.locations.empty()) error.locations = {selected.location};
    error.path.clear();
    for (const auto& step : path_) {
        if (const auto* const* field = std::get_if<const Selected*>(&step))
            error.path.emplace_back((*field)->key);
        else
            error.path.emplace_back(std::get<std::size_t>(step));
    }
    errors_.push_back(std::move(error));
}

bool Execution::tooLong(const Selected& selected) {
    if (ended_) return true;
    if (text_.size() <= limits_.responseBytes) return false;
    ended_ = true;
    report({"query consumed excessive resources: its answer is longer than " +
                std::to_string(limits_.responseBytes) + " bytes; ask for less, or in parts",
            {},
            {},
            429,
            {}},
           selected);
    return true;
}

bool Execution::object(const std::vector<Selected>& fields, ObjectRef object) {
    text_ += '{';
    for (const auto& selected : fields) {
        if (text_.back() != '{') text_ += ',';
        text_ += selected.prefix;
        path_.emplace_back(&selected);
        const auto kept = arena_.sources_.size();
        const bool written = field(selected, object);
        arena_.sources_.resize(kept);
        path_.pop_back();
        if (!written) return false;
    }
    text_ += '}';
    return true;
}

Result<Output> Execution::valueOf(const Selected& selected, ObjectRef object) {
    if (schema_.isIntrospection(*selected.field)) return introspect(schema_, selected, arena_);
    return object.source->value(object.index, selected, arena_);
}

bool Execution::field(const Selected& selected, ObjectRef object) {
    if (tooLong(selected)) return false;
    auto value = valueOf(selected, object);
    if (value) return complete(*value, selected.field->type.wraps, selected);
    report(std::move(value.error()), selected);
    if (selected.field->type.nonNull()) return false;
    text_ += "null";
    return true;
}

bool Execution::complete(const Output& value, std::string_view wraps, const Selected& selected) {
    const bool nonNull = wraps.starts_with('!');
    if (isNull(value)) {
        if (nonNull)
            report({"Internal server error: there is no value where one must be", {}, {}, 500, {}}, selected);
        else
            text_ += "null";
        return !nonNull;
    }
    if (nonNull) wraps.remove_prefix(1);
    const auto start = text_.size();
    bool written = true;
    if (wraps.starts_with('['))
        written = list(std::get<ListRef>(value), wraps.substr(1), selected);
    else if (const auto* reference = std::get_if<ObjectRef>(&value))
        written = object(selected.fields, *reference);
    else
        leaf(value);
    if (written || nonNull || ended_) return written;
    text_.resize(start);
    text_ += "null";
    return true;
}

bool Execution::list(ListRef list, std::string_view item, const Selected& selected) {
    text_ += '[';
    for (std::size_t i = 0; i < list.size; ++i) {
        if (i > 0) text_ += ',';
        path_.emplace_back(i);
        const bool written = !tooLong(selected) && complete(list.source->item(i), item, selected);
        path_.pop_back();
        if (!written) return false;
    }
    text_ += ']';
    return true;
}

void Execution::leaf(const Output& value) {
    if (const auto* truth = std::get_if<bool>(&value))
        text_ += *truth ? "true" : "false";
    else if (const auto* whole = std::get_if<std::int64_t>(&value))
        appendNumber(text_, *whole);
    else if (const auto* natural = std::get_if<std::uint64_t>(&value))
        appendNumber(text_, *natural);
    else if (const auto* real = std::get_if<double>(&value))
        appendNumber(text_, *real);
    else if (const auto* text = std::get_if<std::string_view>(&value))
        appendQuoted(text_, *text);
}

Answer execute(const Schema& schema, const std::vector<Selected>& plan, Source& root, const Limits& limits,
               api::Time now) {
    return Execution(schema, limits).run(plan, root, now);
}

std::string withoutNoErrors(std::string body) {
    if (body.ends_with(noErrors)) body.replace(body.size() - noErrors.size(), noErrors.size(), "}");
    return body;
}

Answer failure(const std::vector<Error>& errors, api::Time now) {
    Answer answer{gravest(errors), R"({"data":null,"errors":)"};
    appendErrors(answer.body, errors, now);
    answer.body += '}';
    return answer;
}

}  // namespace stepwell::engine::graphql
