#include "app/engine/graphql/schema.h"

#include "app/engine/graphql/introspection.h"
#include "app/engine/graphql/scalars.h"

#include <algorithm>
#include <cassert>

namespace stepwell::engine::graphql {

namespace {

std::string wrapped(std::string_view wraps, std::string_view name) {
    if (wraps.empty()) return std::string(name);
    if (wraps.front() == '!') return wrapped(wraps.substr(1), name) + '!';
    return '[' + wrapped(wraps.substr(1), name) + ']';
}

template <class Named>
const Named* findIn(const std::vector<Named>& all, std::string_view name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

template <class Named>
void indexNames(const std::vector<Named>& all, std::unordered_map<std::string_view, std::size_t>& index) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool isNew = index.emplace(all[i].name, i).second;
        assert(isNew);
        static_cast<void>(isNew);
    }
}

template <class Named>
const Named* look(const std::vector<Named>& all,
                  const std::unordered_map<std::string_view, std::size_t>& index, std::string_view name) {
    const auto found = index.find(name);
    return found == index.end() ? nullptr : &all[found->second];
}

std::vector<Directive> standardDirectives(const Schema& schema) {
    const auto condition = [&](std::string description) {
        InputValue value;
        value.name = "if";
        value.description = std::move(description);
        value.type = schema.ref("Boolean!");
        return value;
    };
    const std::vector<std::string> selections{"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"};
    InputValue reason;
    reason.name = "reason";
    reason.description = "Why, and what to use in its place.";
    reason.type = schema.ref("String");
    reason.fallback.emplace();
    reason.fallback->kind = Value::Kind::string;
    reason.fallback->text = "No longer supported";
    InputValue url;
    url.name = "url";
    url.description = "Where the scalar is specified.";
    url.type = schema.ref("String!");
    return {
        {"include",
         "Leaves a field or fragment out unless the argument is true.",
         selections,
         {condition("Included when true.")}},
        {"skip",
         "Leaves a field or fragment out when the argument is true.",
         selections,
         {condition("Skipped when true.")}},
        {"deprecated",
         "Marks what should not be used any more.",
         {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"},
         {reason}},
        {"specifiedBy", "Names the specification of a scalar.", {"SCALAR"}, {url}},
    };
}

}  // namespace

std::string toString(const TypeRef& type) {
    return wrapped(type.wraps, type.named->name);
}
std::string toString(const TypeText& type) {
    return wrapped(type.wraps, type.name);
}

const InputValue* Field::argument(std::string_view wanted) const {
    return findIn(arguments, wanted);
}
const Field* Type::field(std::string_view wanted) const {
    return look(fields, index_, wanted);
}
const InputValue* Type::input(std::string_view wanted) const {
    return look(inputs, index_, wanted);
}
const EnumValue* Type::value(std::string_view wanted) const {
    return look(values, index_, wanted);
}

Schema::Schema() {
    addScalars(*this);
    addIntrospectionTypes(*this);
    meta_ = std::make_unique<std::vector<Field>>(introspectionFields(*this));
    directives_ = standardDirectives(*this);
}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

Type& Schema::add(TypeKind kind, std::string name, std::string description) {
    auto& type = *types_.emplace_back(std::make_unique<Type>());
    type.kind = kind;
    type.name = std::move(name);
    type.description = std::move(description);
    const bool isNew = byName_.emplace(type.name, &type).second;
    assert(isNew);
    static_cast<void>(isNew);
    return type;
}

TypeRef Schema::ref(std::string_view text) const {
    TypeRef type;
    while (text.ends_with('!') || text.ends_with(']')) {
        const bool list = text.back() == ']';
        type.wraps += list ? '[' : '!';
        text.remove_suffix(1);
        if (list) text.remove_prefix(1);
    }
    const auto found = byName_.find(text);
    assert(found != byName_.end());
    type.named = found->second;
    return type;
}

void Schema::seal(std::string_view query) {
    query_ = find(query);
    assert(query_ != nullptr && query_->kind == TypeKind::object);
    for (auto& type : types_) {
        indexNames(type->fields, type->index_);
        indexNames(type->inputs, type->index_);
        indexNames(type->values, type->index_);
    }
}

const Type* Schema::find(std::string_view name) const {
    const auto found = byName_.find(canonicalScalar(name));
    return found == byName_.end() ? nullptr : found->second;
}

const Directive* Schema::directive(std::string_view name) const {
    return findIn(directives_, name);
}

std::optional<TypeRef> Schema::resolve(const TypeText& type) const {
    const auto* named = find(type.name);
    if (named == nullptr) return std::nullopt;
    return TypeRef{named, type.wraps};
}

const Field* Schema::fieldOf(const Type& parent, std::string_view name) const {
    if (name.starts_with("__")) {
        const auto* meta = findIn(*meta_, name);
        const bool everywhere = meta == &meta_->front();
        if (meta != nullptr && (everywhere || &parent == query_)) return meta;
    }
    return parent.field(name);
}

bool Schema::isIntrospection(const Field& field) const {
    return &field >= meta_->data() && &field < meta_->data() + meta_->size();
}

}  // namespace stepwell::engine::graphql
