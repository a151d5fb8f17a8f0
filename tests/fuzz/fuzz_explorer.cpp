// What the GraphQL explorer makes of a text while it is written: completion and documentation with the cursor
// everywhere, formatting, and the same bytes as a schema and as an answer.
#include "models/graphql/answer.h"
#include "models/graphql/completion.h"
#include "models/graphql/prettify.h"
#include "tests/models/graphql/sample_schema.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell::graphql;

namespace {

constexpr std::size_t longest = 2'000;
constexpr std::size_t positionsAtMost = 64;

void require(bool holds) {
    if (!holds) std::abort();
}

const Schema& schema() {
    static const Schema made = *Schema::fromIntrospection(stepwell::test::sampleIntrospection());
    return made;
}

void checkPosition(std::string_view text, std::size_t offset) {
    const auto cursor = cursorAt(schema(), text, offset);
    require(cursor.wordBegin <= cursor.wordEnd && cursor.wordEnd <= text.size());
    const auto completion = completeAt(schema(), text, offset);
    require(completion.suggestions.size() <= 500);
    require(completion.begin <= completion.end && completion.end <= text.size());
    static_cast<void>(documentationAt(schema(), text, offset));
    require(offsetOf(text, positionOf(text, offset)) == offset);
}

/// Formatted once is formatted for good.
void checkFormat(std::string_view text) {
    const auto made = prettify(text);
    if (!made) return;
    const auto again = prettify(*made);
    require(again && *again == *made);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), std::min(size, longest));
    const std::size_t step = std::max<std::size_t>(1, text.size() / positionsAtMost);
    for (std::size_t at = 0; at <= text.size(); at += step)
        checkPosition(text, at);
    static_cast<void>(variablesIn(text));
    static_cast<void>(operationsIn(text));
    checkFormat(text);
    static_cast<void>(Schema::fromIntrospection(text));
    static_cast<void>(tablesOf(text));
    static_cast<void>(marksOf(text, text));
    return 0;
}
