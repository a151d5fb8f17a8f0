// Section 5.3.2. Without interfaces and unions all fields of one key have the same parent type, and so one
// type when they have one name. What is left: the same name, the same arguments, and the same for what is
// selected below them together. Unions of selection sets are looked at once each, which keeps fragments
// spread again and again cheap.
#include "app/engine/graphql/rules.h"

#include <algorithm>
#include <set>

namespace stepwell::engine::graphql {

namespace {

using Set = std::vector<Selection>;
using Sets = std::vector<const Set*>;

class Merging {
  public:
    explicit Merging(Checks& checks)
        : checks_(checks) {}

    void run(const Set& root) {
        open_.push_back({&root});
        while (!open_.empty() && !checks_.full() && steps_ <= checks_.limits.steps) {
            auto sets = std::move(open_.back());
            open_.pop_back();
            std::sort(sets.begin(), sets.end());
            sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
            if (seen_.insert(sets).second) check(sets);
        }
        if (steps_ > checks_.limits.steps)
            checks_.report({}, "query contains too many fields of the same name to compare them");
    }

  private:
    void check(const Sets& sets) {
        byKey_.clear();
        spread_.clear();
        for (const auto* set : sets)
            collect(*set);
        for (const auto& [key, fields] : byKey_) {
            Sets below;
            for (const auto* field : fields) {
                compare(*fields.front(), *field);
                if (!field->selections.empty()) below.push_back(&field->selections);
            }
            if (!below.empty()) open_.push_back(std::move(below));
        }
    }

    void collect(const Set& set) {
        for (const auto& selection : set) {
            if (++steps_ > checks_.limits.steps) return;
            if (selection.kind == Selection::Kind::field) {
                byKey_[selection.key()].push_back(&selection);
            } else if (selection.kind == Selection::Kind::inlineFragment) {
                collect(selection.selections);
            } else if (spread_.insert(selection.name).second) {
                spread(selection.name);
            }
        }
    }

    void spread(std::string_view name) {
        const auto* fragment = checks_.fragment(name);
        if (fragment != nullptr) collect(fragment->selections);
    }

    bool same(const Value& a, const Value& b) {
        if (++steps_ > checks_.limits.steps) return true;
        if (a.kind != b.kind || a.truth != b.truth || a.block != b.block || a.text != b.text) return false;
        if (a.items.size() != b.items.size() || a.members.size() != b.members.size()) return false;
        for (std::size_t i = 0; i < a.items.size(); ++i)
            if (!same(a.items[i], b.items[i])) return false;
        return sameNamed(a.members, b.members);
    }

    /// Arguments or input fields: their order means nothing.
    template <class Items>
    bool sameNamed(const Items& a, const Items& b) {
        return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& one) {
                   return std::any_of(b.begin(), b.end(), [&](const auto& other) {
                       return one.name == other.name && same(one.value, other.value);
                   });
               });
    }

    void compare(const Selection& a, const Selection& b) {
        if (&a == &b) return;
        if (a.name != b.name)
            return checks_.report(b.location, "\"" + b.key() + "\" stands for both \"" + a.name +
                                                  "\" and \"" + b.name +
                                                  "\": give one of them another alias");
        if (!sameNamed(a.arguments, b.arguments))
            checks_.report(b.location, "\"" + b.key() +
                                           "\" is asked for twice with different arguments: give one of them "
                                           "another alias");
    }

    Checks& checks_;
    std::size_t steps_ = 0;
    std::vector<Sets> open_;
    std::set<Sets> seen_;
    std::map<std::string_view, std::vector<const Selection*>> byKey_;
    std::unordered_set<std::string_view> spread_;
};

}  // namespace

void checkMerging(Checks& checks) {
    Merging merging(checks);
    for (const auto& operation : checks.document.operations)
        merging.run(operation.selections);
    for (const auto& fragment : checks.document.fragments)
        merging.run(fragment.selections);
}

}  // namespace stepwell::engine::graphql
