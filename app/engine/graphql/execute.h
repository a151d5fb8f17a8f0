#pragma once

#include "app/engine/graphql/plan.h"
#include "models/api/time.h"

#include <memory>
#include <variant>

namespace stepwell::engine::graphql {

class Source;

/// The object number `index` of a source.
struct ObjectRef {
    Source* source = nullptr;
    std::size_t index = 0;
};
/// The items 0 to `size` - 1 of a source.
struct ListRef {
    Source* source = nullptr;
    std::size_t size = 0;
};
/// What a field has in one object. Text must last until the source is asked for its next value.
using Output = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view,
                            ObjectRef, ListRef>;

/// Keeps the sources made for one request. A source made for the value of a field lives until that value is
/// written.
class Arena {
  public:
    template <class Made, class... Arguments>
    Made& make(Arguments&&... arguments) {
        auto made = std::make_unique<Made>(std::forward<Arguments>(arguments)...);
        auto& source = *made;
        sources_.push_back(std::move(made));
        return source;
    }
    /// The same with a source that was made elsewhere.
    Source& keep(std::unique_ptr<Source> source) { return *sources_.emplace_back(std::move(source)); }

  private:
    friend class Execution;
    std::vector<std::unique_ptr<Source>> sources_;
};

/// Objects of one type, by number: the rows of a data set, say. It is asked field by field in the order of
/// the answer, by one thread.
class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// The value of a field in the object `index`. `selected.field->tag` tells which, `selected.fields` what
    /// is asked for below it. An error stands in the answer with its path; the path in it is not used.
    virtual Result<Output> value(std::size_t index, const Selected& selected, Arena& arena) = 0;
    /// The item `index` of a list.
    virtual Output item(std::size_t index) { return ObjectRef{this, index}; }
};

/// A list of texts.
class TextList final : public Source {
  public:
    explicit TextList(std::vector<std::string> texts)
        : texts_(std::move(texts)) {}
    Result<Output> value(std::size_t, const Selected&, Arena&) override { return Output(); }
    Output item(std::size_t index) override { return std::string_view(texts_[index]); }

  private:
    std::vector<std::string> texts_;
};

/// The answer to one request: `{"data":...,"errors":...}`, errors being null when there are none.
struct Answer {
    int http = 200;  ///< that of the gravest error
    std::string body;
};

/// Executes a plan from `root`, the source of the query type (object 0). Nulls travel up as far as types
/// demand.
Answer execute(const Schema& schema, const std::vector<Selected>& plan, Source& root, const Limits& limits,
               api::Time now);

/// The same body without `errors` where there are none, as the specification has it and the media type
/// application/graphql-response+json promises.
std::string withoutNoErrors(std::string body);

/// The answer of a request that has no data at all.
Answer failure(const std::vector<Error>& errors, api::Time now);

}  // namespace stepwell::engine::graphql
