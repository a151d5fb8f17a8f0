#pragma once

#include "models/analytics/page_query.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

/// Rows of answers, and the buckets they fall into. For the reader of the page's answer only.
namespace stepwell::analytics {

/// The account's object in an answer; null when there is none.
const nlohmann::json& accountOf(const nlohmann::json& answer);

/// The lists of one answer by alias; nothing is copied.
class Rows {
  public:
    /// `account` outlives this.
    explicit Rows(const nlohmann::json& account)
        : account_(account) {}

    /// Of an alias; empty when it is not there.
    const nlohmann::json& of(const std::string& alias) const;

  private:
    const nlohmann::json& account_;
};

double countOf(const nlohmann::json& row);
/// `field` as "sum_wallTime"; a gap when the row has no such number.
double numberOf(const nlohmann::json& row, const std::string& field);
std::string dimensionOf(const nlohmann::json& row, const std::string& name);

/// The buckets of a chart. Rows come in any order and without those that are empty.
class Grid {
  public:
    /// `width` as the rows are bucketed; `binsAtMost` above 0 puts neighbours together, at edges of local
    /// time, until there are no more than that.
    Grid(const Window& window, api::Milliseconds width, std::size_t binsAtMost = 0);

    std::size_t size() const { return starts_.size(); }
    const std::vector<api::Time>& starts() const { return starts_; }
    api::Milliseconds width() const { return width_; }
    /// Of a row (its dimension `t`); `before`: of the period before, moved to where it is compared. Nothing
    /// outside the window.
    std::optional<std::size_t> indexOf(const nlohmann::json& row, bool before) const;
    /// Whether the last bucket is still filling.
    bool isOpen(api::Time now) const;
    std::vector<double> zeros() const { return std::vector<double>(size(), 0); }
    std::vector<double> gaps() const;

  private:
    api::Milliseconds length_;
    api::Milliseconds width_;
    std::vector<api::Time> starts_;
};

/// "per 30 minutes"
QString perWords(api::Milliseconds width);

}  // namespace stepwell::analytics
