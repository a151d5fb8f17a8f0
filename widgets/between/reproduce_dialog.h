#pragma once

#include "models/backend.h"
#include "models/between/reproduction.h"
#include "widgets/action_dialog.h"
#include "widgets/between/instance_choice.h"

#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace stepwell {

class JsonEditor;

/// Runs an instance again on this machine: with its params, under a version that is here, and without doing
/// again what its first steps did. Closes when the engine took it. GUI thread.
class ReproduceDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `source` is where the instance was read; its backend is asked for outputs that were told cut only.
    /// `target` runs it. `steps`: how many to take over at first; more than can be become fewer.
    ReproduceDialog(const InstanceName& source, const QString& sourceName,
                    std::shared_ptr<const api::InstanceDetail> detail, Backend& target, int steps,
                    QWidget* parent);

    QComboBox& workflows() { return *workflows_; }
    QComboBox& versions() { return *versions_; }
    QSpinBox& steps() { return *steps_; }

  signals:
    void reproduced(const QString& workflow, const QString& id);

  private:
    using Whole = std::vector<std::pair<int, std::string>>;
    void buildForm(int steps);
    void listWorkflows();
    void takeWorkflows(const api::Result<std::vector<api::Workflow>>& answer);
    void listVersions();
    void showCut();
    void showSteps();
    void validate();
    void start();
    void askForWhole(std::vector<int> open, Whole whole);
    void send(const Whole& whole);
    const api::Step* stepOf(int index) const;

    InstanceName source_;
    QString sourceName_;
    std::shared_ptr<const api::InstanceDetail> detail_;
    QPointer<Backend> target_;
    between::Recordable most_;
    QComboBox* workflows_;
    QComboBox* versions_;
    QLabel* cut_;  ///< of lists that are longer than what is listed
    QSpinBox* steps_;
    QLabel* stepsNote_;
    QString versionsCut_;
    QLineEdit* id_;
    JsonEditor* params_;
};

}  // namespace stepwell
