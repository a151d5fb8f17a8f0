#include "tests/engine/graphql/sample.h"

#include "app/engine/graphql/parser.h"

#include <array>
#include <optional>

namespace stepwell::engine::graphql {

namespace {

enum Tag : int {
    viewer,
    maybe,
    echo,
    need,
    numbers,
    broken,
    name,
    old,
    accounts,
    failing,
    tag,
    count,
    share,
    self
};

std::optional<Value> literal(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return parse("{f(a:" + text + ")}")->operations.front().selections.front().arguments.front().value;
}

/// "name: type = default".
InputValue input(const Schema& schema, const std::string& text) {
    const auto colon = text.find(": ");
    const auto equals = text.find(" = ");
    InputValue value;
    value.name = text.substr(0, colon);
    value.type =
        schema.ref(text.substr(colon + 2, equals == std::string::npos ? equals : equals - colon - 2));
    value.fallback = literal(equals == std::string::npos ? "" : text.substr(equals + 3));
    return value;
}

void field(const Schema& schema, Type& type, const std::string& text, int tag,
           std::initializer_list<const char*> arguments = {}, std::optional<std::string> deprecated = {}) {
    const auto head = input(schema, text);
    Field made{head.name, "About " + head.name + ".", head.type, tag, {}, std::move(deprecated)};
    for (const auto* argument : arguments)
        made.arguments.push_back(input(schema, argument));
    type.fields.push_back(std::move(made));
}

void fillInputs(const Schema& schema, Type& filter, Type& inner) {
    for (const auto* text : {"tag: string", "tag_in: [string!]", "count_gt: uint64", "since: Time",
                             "AND: [filter!]", "OR: [filter!]", "inner: inner", "order: order = tag_ASC"})
        filter.inputs.push_back(input(schema, text));
    for (const auto* text : {"must: Int!", "may: Int! = 1", "texts: [String] = [\"a\", null]"})
        inner.inputs.push_back(input(schema, text));
    filter.inputs[1].deprecated = "use OR";
}

class Accounts final : public Source {
  public:
    Result<Output> value(std::size_t index, const Selected& selected, Arena&) override {
        switch (selected.field->tag) {
        case tag:
            return std::string_view("abc").substr(index, 1);
        case count:
            return static_cast<std::uint64_t>(index + 1);
        case share:
            return index == 1 ? Output() : Output(0.25);
        case failing:
            if (index == 1) return refuse({"it fails", {}, {}, 429, "budget"});
            return std::string_view("fine");
        default:
            return ObjectRef{this, index};
        }
    }
};

class Numbers final : public Source {
  public:
    Result<Output> value(std::size_t, const Selected&, Arena&) override { return Output(); }
    Output item(std::size_t index) override {
        return index == 2 ? Output() : Output(std::int64_t(index) - 1);
    }
};

class Root final : public Source {
  public:
    Result<Output> value(std::size_t index, const Selected& selected, Arena& arena) override {
        switch (selected.field->tag) {
        case viewer:
        case self:
            return ObjectRef{this, index};
        case name:
            return std::string_view("quote \" \xFF\xC3\xA9");
        case old:
            return true;
        case echo:
        case need:
            scratch_ = selected.arguments.dump();
            return std::string_view(scratch_);
        case numbers:
            return ListRef{&arena.make<Numbers>(), 4};
        case broken:
            return refuse({"broken", {}, {}, 500, {}});
        case accounts: {
            const auto size = std::min<std::uint64_t>(selected.argument("limit").get<std::uint64_t>(), 3);
            return ListRef{&arena.make<Accounts>(), size};
        }
        default:
            return Output();
        }
    }

  private:
    std::string scratch_;
};

}  // namespace

Schema sampleSchema() {
    Schema schema;
    auto& query = schema.add(TypeKind::object, "Query", "Where queries start.");
    auto& viewerType = schema.add(TypeKind::object, "viewer", "Who asks.");
    auto& account = schema.add(TypeKind::object, "account", "");
    auto& filter = schema.add(TypeKind::inputObject, "filter", "Which accounts.");
    auto& inner = schema.add(TypeKind::inputObject, "inner", "");
    auto& order = schema.add(TypeKind::enumeration, "order", "In which order.");
    order.values = {
        {"tag_ASC", "From a to z.", {}}, {"tag_DESC", "", {}}, {"count_DESC", "", "use tag_DESC"}};
    fillInputs(schema, filter, inner);
    field(schema, query, "viewer: viewer!", viewer);
    field(schema, query, "maybe: viewer", maybe);
    field(schema, query, "echo: string", echo,
          {"text: string", "whole: int64", "natural: uint64", "real: float64", "truth: bool", "time: Time",
           "date: Date", "order: order", "filter: filter", "filters: [filter!]", "texts: [String!]",
           "matrix: [[Int]]", "small: Int = 3", "id: ID"});
    field(schema, query, "need: string", need, {"value: Int!", "filter: filter!", "flag: Boolean! = true"});
    field(schema, query, "numbers: [int64]", numbers);
    field(schema, query, "wholeNumbers: [int64!]", numbers);
    field(schema, query, "broken: viewer!", broken);
    field(schema, viewerType, "name: string!", name);
    field(schema, viewerType, "old: Boolean", old, {}, "use name");
    field(schema, viewerType, "accounts: [account!]!", accounts,
          {"filter: filter", "limit: uint64! = 10", "orderBy: [order!]"});
    field(schema, viewerType, "self: viewer!", self);
    field(schema, viewerType, "maybe: viewer", self);
    field(schema, viewerType, "broken: string", broken);
    field(schema, account, "tag: string!", tag);
    field(schema, account, "count: uint64!", count, {"scale: float64! = 1.5"});
    field(schema, account, "share: float64", share);
    field(schema, account, "certain: float64!", share);
    field(schema, account, "fails: string", failing);
    field(schema, account, "mustNot: string!", failing);
    field(schema, account, "self: account", self);
    schema.seal("Query");
    return schema;
}

std::unique_ptr<Source> sampleRoot() {
    return std::make_unique<Root>();
}

Answer ask(const Schema& schema, std::string query, nlohmann::json variables, const Limits& limits) {
    return answer(schema, {std::move(query), std::move(variables), {}}, limits, api::Time{},
                  [](const auto&) { return Result<std::unique_ptr<Source>>(sampleRoot()); });
}

}  // namespace stepwell::engine::graphql
