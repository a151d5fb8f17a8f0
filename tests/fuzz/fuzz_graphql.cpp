// A GraphQL document: parsed, validated against the types of introspection, and executed with these alone.
#include "app/engine/graphql/parser.h"
#include "app/engine/graphql/print.h"
#include "app/engine/graphql/request.h"
#include "app/engine/graphql/validate.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell::engine::graphql;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

class Root final : public Source {
  public:
    Result<Output> value(std::size_t index, const Selected& selected, Arena&) override {
        if (selected.field->type.list()) return ListRef{this, 3};
        if (selected.field->type.named->isComposite()) return ObjectRef{this, index};
        return std::string_view(selected.key);
    }
};

const Schema& schema() {
    static const Schema made = [] {
        Schema schema;
        auto& query = schema.add(TypeKind::object, "Query", "");
        auto& filter = schema.add(TypeKind::inputObject, "filter", "");
        for (const auto* type : {"string", "uint64", "[filter!]", "Time!"}) {
            const auto name = "f" + std::to_string(filter.inputs.size());
            filter.inputs.push_back({name, "", schema.ref(type), {}, {}});
        }
        const std::vector<InputValue> arguments{{"filter", "", schema.ref("filter"), {}, {}},
                                                {"limit", "", schema.ref("uint64"), {}, {}}};
        query.fields.push_back({"rows", "", schema.ref("[Query!]"), 0, arguments, {}});
        query.fields.push_back({"one", "", schema.ref("Query!"), 0, {}, {}});
        query.fields.push_back({"text", "", schema.ref("string"), 0, arguments, {}});
        schema.seal("Query");
        return schema;
    }();
    return made;
}

void checkAnswer(std::string query) {
    Limits limits;
    limits.responseBytes = 64 * 1024;
    const auto made = answer(schema(), {std::move(query), {}, {}}, limits, {}, [](const auto&) {
        return Result<std::unique_ptr<Source>>(std::make_unique<Root>());
    });
    const auto json = nlohmann::json::parse(made.body, nullptr, false);
    require(json.is_object() && json.contains("data") && json.contains("errors"));
    require(json["errors"].is_null() == (made.http == 200));
}

/// A default value, printed, parses to itself.
void checkPrinting(const Document& document) {
    for (const auto& operation : document.operations)
        for (const auto& variable : operation.variables) {
            if (!variable.fallback) continue;
            const auto text = print(*variable.fallback);
            const auto again = parse("query($v: t = " + text + "){a}");
            require(again.has_value());
            require(print(*again->operations.front().variables.front().fallback) == text);
        }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string query(reinterpret_cast<const char*>(data), size);
    if (const auto document = parse(query)) {
        checkPrinting(*document);
        require(validate(schema(), *document).size() <= Limits{}.errors);
    }
    checkAnswer(query);
    return 0;
}
