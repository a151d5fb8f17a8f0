#include "app/engine/graphql/introspection.h"

#include "app/engine/graphql/print.h"

namespace stepwell::engine::graphql {

namespace {

// Tags of fields; one list for all types, since several have a field of the same name.
enum Tag : int {
    typenameTag,
    schemaTag,
    typeTag,
    descriptionTag,
    typesTag,
    queryTypeTag,
    mutationTypeTag,
    subscriptionTypeTag,
    directivesTag,
    kindTag,
    nameTag,
    specifiedByTag,
    fieldsTag,
    interfacesTag,
    possibleTypesTag,
    enumValuesTag,
    inputFieldsTag,
    ofTypeTag,
    isOneOfTag,
    argsTag,
    isDeprecatedTag,
    deprecationReasonTag,
    defaultValueTag,
    isRepeatableTag,
    locationsTag,
};

struct FieldText {
    const char* name;
    Tag tag;
    const char* type;
    const char* description;
    bool withDeprecated = false;  ///< has the argument includeDeprecated
};

InputValue includeDeprecated(const Schema& schema) {
    InputValue value;
    value.name = "includeDeprecated";
    value.description = "Also what should not be used any more.";
    value.type = schema.ref("Boolean");
    value.fallback.emplace();
    value.fallback->kind = Value::Kind::boolean;
    return value;
}

void addFields(const Schema& schema, Type& type, std::initializer_list<FieldText> fields) {
    for (const auto& text : fields) {
        Field field;
        field.name = text.name;
        field.description = text.description;
        field.type = schema.ref(text.type);
        field.tag = text.tag;
        if (text.withDeprecated) field.arguments.push_back(includeDeprecated(schema));
        type.fields.push_back(std::move(field));
    }
}

Type& addEnum(Schema& schema, const char* name, const char* description,
              std::initializer_list<const char*> values) {
    auto& type = schema.add(TypeKind::enumeration, name, description);
    for (const auto* value : values)
        type.values.push_back({value, {}, {}});
    return type;
}

constexpr FieldText nameField{"name", nameTag, "String!", "The name."};
constexpr FieldText descriptionField{"description", descriptionTag, "String",
                                     "Meaning, and unit of numbers."};
constexpr FieldText deprecatedField{"isDeprecated", isDeprecatedTag, "Boolean!",
                                    "Whether it should not be used."};
constexpr FieldText reasonField{"deprecationReason", deprecationReasonTag, "String",
                                "Why it should not be used."};

void fillTypes(const Schema& schema, Type& root, Type& type, Type& field, Type& input, Type& value,
               Type& directive) {
    addFields(schema, root,
              {descriptionField,
               {"types", typesTag, "[__Type!]!", "All types."},
               {"queryType", queryTypeTag, "__Type!", "The type that queries start from."},
               {"mutationType", mutationTypeTag, "__Type", "The type that mutations start from."},
               {"subscriptionType", subscriptionTypeTag, "__Type", "The type that subscriptions start from."},
               {"directives", directivesTag, "[__Directive!]!", "All directives."}});
    addFields(schema, type,
              {{"kind", kindTag, "__TypeKind!", "Of which kind the type is."},
               {"name", nameTag, "String", "The name; lists and non-null types have none."},
               descriptionField,
               {"specifiedByURL", specifiedByTag, "String", "Where a scalar is specified."},
               {"fields", fieldsTag, "[__Field!]", "Fields of an object.", true},
               {"interfaces", interfacesTag, "[__Type!]", "Interfaces of an object."},
               {"possibleTypes", possibleTypesTag, "[__Type!]", "Objects of an interface or union."},
               {"enumValues", enumValuesTag, "[__EnumValue!]", "Values of an enum.", true},
               {"inputFields", inputFieldsTag, "[__InputValue!]", "Fields of an input object.", true},
               {"ofType", ofTypeTag, "__Type", "The type within a list or non-null type."},
               {"isOneOf", isOneOfTag, "Boolean", "Whether an input object takes exactly one field."}});
    addFields(schema, field,
              {nameField,
               descriptionField,
               {"args", argsTag, "[__InputValue!]!", "The arguments.", true},
               {"type", typeTag, "__Type!", "The type of its value."},
               deprecatedField,
               reasonField});
    addFields(schema, input,
              {nameField,
               descriptionField,
               {"type", typeTag, "__Type!", "The type of its value."},
               {"defaultValue", defaultValueTag, "String", "What holds when none is given, as a literal."},
               deprecatedField,
               reasonField});
    addFields(schema, value, {nameField, descriptionField, deprecatedField, reasonField});
    addFields(
        schema, directive,
        {nameField,
         descriptionField,
         {"isRepeatable", isRepeatableTag, "Boolean!", "Whether it may stand several times in a place."},
         {"locations", locationsTag, "[__DirectiveLocation!]!", "Where it may stand."},
         {"args", argsTag, "[__InputValue!]!", "The arguments.", true}});
}

/// What introspection tells about, one at a time: the schema is null.
using Entity = std::variant<std::monostate, TypeRef, const Field*, const InputValue*, const EnumValue*,
                            const Directive*>;

Output textOrNull(const std::string& text) {
    return text.empty() ? Output() : Output(std::string_view(text));
}
Output reasonOf(const std::optional<std::string>& deprecated) {
    return deprecated ? Output(std::string_view(*deprecated)) : Output();
}

std::string_view kindOf(const TypeRef& type) {
    if (type.nonNull()) return "NON_NULL";
    if (type.list()) return "LIST";
    switch (type.named->kind) {
    case TypeKind::scalar:
        return "SCALAR";
    case TypeKind::object:
        return "OBJECT";
    case TypeKind::enumeration:
        return "ENUM";
    case TypeKind::inputObject:
        return "INPUT_OBJECT";
    }
    return "";
}

class Entities final : public Source {
  public:
    Entities(const Schema& schema, std::vector<Entity> entities)
        : schema_(schema)
        , entities_(std::move(entities)) {}

    Result<Output> value(std::size_t index, const Selected& selected, Arena& arena) override {
        return std::visit([&](const auto& entity) { return of(entity, selected, arena); }, entities_[index]);
    }

    std::size_t size() const { return entities_.size(); }

  private:
    Output one(Arena& arena, Entity entity) {
        return ObjectRef{&arena.make<Entities>(schema_, std::vector{std::move(entity)}), 0};
    }
    Output list(Arena& arena, std::vector<Entity> entities) {
        auto& made = arena.make<Entities>(schema_, std::move(entities));
        return ListRef{&made, made.size()};
    }
    /// A list of what is not deprecated, unless those are asked for.
    template <class Item>
    Output listOf(const std::vector<Item>& items, const Selected& selected, Arena& arena) {
        const bool all = selected.argument("includeDeprecated") == true;
        std::vector<Entity> entities;
        for (const auto& item : items)
            if (all || !item.deprecated) entities.emplace_back(&item);
        return list(arena, std::move(entities));
    }

    Output of(std::monostate, const Selected& selected, Arena& arena) {
        std::vector<Entity> entities;
        switch (selected.field->tag) {
        case typesTag:
            for (const auto& type : schema_.types())
                entities.emplace_back(TypeRef{type.get(), {}});
            return list(arena, std::move(entities));
        case directivesTag:
            for (const auto& directive : schema_.directives())
                entities.emplace_back(&directive);
            return list(arena, std::move(entities));
        case queryTypeTag:
            return one(arena, TypeRef{&schema_.query(), {}});
        default:
            return {};
        }
    }

    Output of(const TypeRef& type, const Selected& selected, Arena& arena) {
        const auto tag = selected.field->tag;
        if (tag == kindTag) return kindOf(type);
        if (!type.wraps.empty()) return tag == ofTypeTag ? one(arena, type.inner()) : Output();
        const auto& named = *type.named;
        const auto only = [&](TypeKind kind) { return named.kind == kind; };
        switch (tag) {
        case nameTag:
            return std::string_view(named.name);
        case descriptionTag:
            return textOrNull(named.description);
        case fieldsTag:
            return only(TypeKind::object) ? listOf(named.fields, selected, arena) : Output();
        case interfacesTag:
            return only(TypeKind::object) ? list(arena, {}) : Output();
        case enumValuesTag:
            return only(TypeKind::enumeration) ? listOf(named.values, selected, arena) : Output();
        case inputFieldsTag:
            return only(TypeKind::inputObject) ? listOf(named.inputs, selected, arena) : Output();
        case isOneOfTag:
            return only(TypeKind::inputObject) ? Output(false) : Output();
        default:
            return {};
        }
    }

    Output of(const Field* field, const Selected& selected, Arena& arena) {
        switch (selected.field->tag) {
        case nameTag:
            return std::string_view(field->name);
        case descriptionTag:
            return textOrNull(field->description);
        case argsTag:
            return listOf(field->arguments, selected, arena);
        case typeTag:
            return one(arena, field->type);
        case isDeprecatedTag:
            return field->deprecated.has_value();
        default:
            return reasonOf(field->deprecated);
        }
    }

    Output of(const InputValue* input, const Selected& selected, Arena& arena) {
        switch (selected.field->tag) {
        case nameTag:
            return std::string_view(input->name);
        case descriptionTag:
            return textOrNull(input->description);
        case typeTag:
            return one(arena, input->type);
        case isDeprecatedTag:
            return input->deprecated.has_value();
        case defaultValueTag:
            if (!input->fallback) return {};
            scratch_ = print(*input->fallback);
            return std::string_view(scratch_);
        default:
            return reasonOf(input->deprecated);
        }
    }

    Output of(const EnumValue* value, const Selected& selected, Arena&) {
        switch (selected.field->tag) {
        case nameTag:
            return std::string_view(value->name);
        case descriptionTag:
            return textOrNull(value->description);
        case isDeprecatedTag:
            return value->deprecated.has_value();
        default:
            return reasonOf(value->deprecated);
        }
    }

    Output of(const Directive* directive, const Selected& selected, Arena& arena) {
        switch (selected.field->tag) {
        case nameTag:
            return std::string_view(directive->name);
        case descriptionTag:
            return textOrNull(directive->description);
        case isRepeatableTag:
            return false;
        case locationsTag:
            return ListRef{&arena.make<TextList>(directive->locations), directive->locations.size()};
        default:
            return listOf(directive->arguments, selected, arena);
        }
    }

    const Schema& schema_;
    std::vector<Entity> entities_;
    std::string scratch_;
};

}  // namespace

void addIntrospectionTypes(Schema& schema) {
    auto& root = schema.add(TypeKind::object, "__Schema", "What can be asked for here.");
    auto& type = schema.add(TypeKind::object, "__Type", "A type, or a list or non-null type around one.");
    addEnum(schema, "__TypeKind", "Kinds of types.",
            {"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL"});
    auto& field = schema.add(TypeKind::object, "__Field", "A field of an object.");
    auto& input = schema.add(TypeKind::object, "__InputValue", "An argument, or a field of an input object.");
    auto& value = schema.add(TypeKind::object, "__EnumValue", "One of the values of an enum.");
    auto& directive =
        schema.add(TypeKind::object, "__Directive", "What changes how a part of a query is executed.");
    addEnum(schema, "__DirectiveLocation", "Places of a directive.",
            {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD",
             "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION",
             "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
             "INPUT_FIELD_DEFINITION"});
    fillTypes(schema, root, type, field, input, value, directive);
}

std::vector<Field> introspectionFields(const Schema& schema) {
    Type made;
    addFields(schema, made,
              {{"__typename", typenameTag, "String!", "The name of the object's type."},
               {"__schema", schemaTag, "__Schema!", "What can be asked for here."},
               {"__type", typeTag, "__Type", "The type of that name."}});
    InputValue name;
    name.name = "name";
    name.description = "The name of a type.";
    name.type = schema.ref("String!");
    made.fields.back().arguments.push_back(std::move(name));
    return std::move(made.fields);
}

Result<Output> introspect(const Schema& schema, const Selected& selected, Arena& arena) {
    switch (selected.field->tag) {
    case typenameTag:
        return std::string_view(selected.parent->name);
    case schemaTag:
        return ObjectRef{&arena.make<Entities>(schema, std::vector<Entity>(1)), 0};
    default:
        break;
    }
    const auto* type = schema.find(selected.argument("name").get_ref<const std::string&>());
    if (type == nullptr) return Output();
    return ObjectRef{&arena.make<Entities>(schema, std::vector<Entity>{TypeRef{type, {}}}), 0};
}

}  // namespace stepwell::engine::graphql
