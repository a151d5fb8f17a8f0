#pragma once

#include "models/api/error.h"
#include "models/between/comparison_model.h"
#include "models/between/json_difference.h"
#include "widgets/between/instance_choice.h"

#include <QDialog>

#include <array>
#include <map>
#include <optional>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableWidget;

namespace stepwell {

class Chip;
class EmptyState;
class InstanceCard;
class TableView;

/// Two instances side by side: their steps aligned, durations beside each other, and where params and outputs
/// differ. The left one is given, the right one is chosen in the dialog, from any open backend. Does not keep
/// the window from being used. GUI thread; what takes long is compared elsewhere.
class RunComparisonDialog : public QDialog {
    Q_OBJECT
  public:
    /// `left` names the backend the instance is on; `right` is proposed first when it names an instance.
    RunComparisonDialog(Peers peers, const InstanceName& left, const InstanceName& right, QWidget* parent);

    InstanceChoice& choice() { return *choice_; }
    ComparisonModel& model() { return *model_; }
    TableView& table() { return *table_; }
    /// What is compared below the steps.
    enum class Part { step, params, output };
    void setPart(Part part);
    QTableWidget& changes() { return *changes_; }
    QString summary() const;
    /// What is compared below the steps, and what came of it.
    QString changesTitle() const;

  private:
    using Detail = std::shared_ptr<const api::InstanceDetail>;
    QWidget* buildHead();
    QWidget* buildSteps();
    QWidget* buildChanges();
    void load();
    void loadLeft();
    void take(Detail& side, api::Result<api::InstanceDetail> answer, int generation);
    void compareNow();
    void showComparison(ComparisonModel::Compared compared);
    void showProblem(const api::Error& error);
    void showPart();
    void showStepPart(int row);
    void askForWhole(const api::Step* step, bool isLeft);
    /// `limits`: why not all of it is compared; empty: it is.
    void compareTexts(const QString& title, std::string before, std::string after,
                      const QString& limits = {});
    void showChanges(const QString& title, const between::JsonDifference& difference, const QString& limits);
    QString limitsOf(const api::Step* step, std::size_t side) const;

    Peers peers_;
    /// The whole of an output that was cut.
    struct Whole {
        std::optional<std::string> text = {};  ///< nothing: not there yet, or it cannot be had
        QString problem = {};                  ///< why it cannot be had
    };

    InstanceName leftName_;
    InstanceName rightName_;  ///< what is loaded; the boxes may say something else by now
    Detail left_;
    Detail right_;
    std::array<std::map<std::string, Whole>, 2> whole_;  ///< that were asked for, by between::keyOf the step
    int generation_ = 0;
    int difference_ = 0;  ///< number of the last comparison of texts
    Part part_ = Part::step;

    InstanceCard* leftCard_;
    InstanceCard* rightCard_;
    InstanceChoice* choice_;
    QLabel* summary_;
    Chip* onlyDifferences_;
    ComparisonModel* model_;
    TableView* table_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    std::array<QPushButton*, 3> parts_{};  // in the order of Part
    QLabel* changesTitle_;
    QTableWidget* changes_;
};

}  // namespace stepwell
