#pragma once

#include "models/instances_model.h"

#include <QWidget>

#include <map>
#include <set>
#include <string>
#include <vector>

class QMenu;

namespace stepwell {

class Chip;
class FlowLayout;

/// A filter as a query of a link, "status=errored&from=TIME&to=TIME", and back; what cannot be read is left
/// out.
QString queryOf(const InstanceFilter& filter);
InstanceFilter filterFrom(const QString& query);

/// Chips of the statuses with their counts, and the menu of the time range. Owns what is chosen.
class FilterBar : public QWidget {
    Q_OBJECT
  public:
    explicit FilterBar(QWidget* parent = nullptr);

    const InstanceFilter& filter() const { return filter_; }
    void setFilter(const InstanceFilter& filter);
    void clear();
    /// A control at the right end of the bar.
    void addTrailing(QWidget* control);
    /// Counts over all time; nothing when unknown. They stand beside the chips only while no range narrows
    /// the list. `others`: by statuses that we do not know, as they came.
    void setCounts(const std::map<api::Status, std::int64_t>& counts,
                   const std::map<std::string, std::int64_t>& others = {});
    /// Statuses that we do not know and that were met in the list: offered as well, counted or not.
    void offer(const std::set<std::string>& others);
    /// How many the chosen filter shows; not exact: there are at least `total` - 1.
    enum class Total { exact, atLeast };
    void setShown(std::int64_t total, Total kind = Total::exact);

  signals:
    void changed(const stepwell::InstanceFilter& filter);

  private:
    struct StatusChip {
        std::optional<api::Status> status;  ///< nothing: all, or `other`
        std::string other;                  ///< a status that we do not know, as it came
        Chip* chip;
    };
    void addChip(std::optional<api::Status> status, const std::string& other = {});
    void addOtherChips();
    bool isChosen(const StatusChip& chip) const;
    bool isCounted() const;
    std::int64_t countOf(const StatusChip& chip) const;
    void addRange(QMenu* menu, const QString& text, std::optional<std::chrono::hours> span);
    void choose(std::optional<api::Status> status, const std::string& other);
    void update();
    void nameRange();

    InstanceFilter filter_;
    std::map<api::Status, std::int64_t> counts_;
    std::map<std::string, std::int64_t> others_;
    std::set<std::string> met_;
    FlowLayout* flow_;
    std::vector<StatusChip> chips_;
    Chip* range_;
};

}  // namespace stepwell
