#pragma once

#include "models/instances_model.h"

#include <QWidget>

#include <map>
#include <vector>

class QMenu;

namespace stepwell {

class Chip;

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
    /// the list. `others`: of statuses that we do not know, which are told and cannot be chosen.
    void setCounts(const std::map<api::Status, std::int64_t>& counts,
                   const std::map<std::string, std::int64_t>& others = {});
    /// How many the chosen filter shows.
    void setShown(std::int64_t total);

  signals:
    void changed(const stepwell::InstanceFilter& filter);

  private:
    struct StatusChip {
        std::optional<api::Status> status;  ///< nothing: all
        Chip* chip;
    };
    void addChip(std::optional<api::Status> status, class QLayout* layout);
    void addRange(QMenu* menu, const QString& text, std::optional<std::chrono::hours> span);
    void choose(std::optional<api::Status> status);
    void update();
    void nameRange();
    void showOthers(const std::map<std::string, std::int64_t>& others);

    InstanceFilter filter_;
    std::map<api::Status, std::int64_t> counts_;
    std::vector<StatusChip> chips_;
    std::vector<Chip*> others_;
    std::int64_t otherCount_ = 0;
    QLayout* flow_ = nullptr;
    Chip* range_;
};

}  // namespace stepwell
