#pragma once

#include "models/deploy/change_preview.h"
#include "models/deploy/difference_model.h"

#include <QWidget>

class QLabel;

namespace stepwell {

class Chip;
class PreviewPane;
class TableView;

/// What a difference consists of: a row for each change, chips that narrow them down by kind, and both sides
/// of the one that is chosen.
class ChangesView : public QWidget {
    Q_OBJECT
  public:
    /// Columns are remembered under `settingsKey`.
    explicit ChangesView(const QString& settingsKey, QWidget* parent = nullptr);

    /// Chooses the first one that changed inside, which is looked for first. `note` stands beside the chips.
    void setDifference(const std::shared_ptr<const site::Difference>& difference, const QString& note);
    const std::shared_ptr<const site::Difference>& difference() const { return shown_; }
    void showPreview(const ChangePreview& preview);

    DifferenceModel& model() { return model_; }
    TableView& table() { return *table_; }
    PreviewPane& preview() { return *preview_; }

  signals:
    /// Answer with `showPreview`.
    void previewWanted(const stepwell::site::FileChange& change);

  private:
    void filter();
    void askForPreview();

    DifferenceModel model_;
    std::shared_ptr<const site::Difference> shown_;
    std::vector<std::pair<site::Change, Chip*>> chips_;
    QLabel* note_;
    TableView* table_;
    PreviewPane* preview_;
};

}  // namespace stepwell
