#pragma once

#include "models/backend.h"

#include <QPointer>
#include <QScrollArea>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace stepwell {

class AttemptList;
class ElidedLabel;
class FactGrid;
class JsonView;
class RequestList;

/// A titled JSON view with Find and Copy; hides itself when there is nothing.
class JsonSection : public QWidget {
    Q_OBJECT
  public:
    JsonSection(const QString& title, int mostLines, QWidget* parent = nullptr);
    void setText(const std::optional<std::string>& text);
    /// A remark beside the title: "loading the whole of it…".
    void setNote(const QString& note);
    JsonView* view() const { return view_; }

  private:
    QLabel* note_;
    JsonView* view_;
};

/// What is known of the selected step: configuration, attempts, output, requests; with nothing selected, of
/// the run: params, output and error. GUI thread.
class InspectorPanel : public QScrollArea {
    Q_OBJECT
  public:
    InspectorPanel(Backend& backend, std::string workflow, std::string id, QWidget* parent = nullptr);

    void showRun(const api::InstanceDetail& detail);
    void showStep(const api::InstanceDetail& detail, const api::Step& step, api::Time now);
    JsonView* outputView() const;
    bool showsStep() const { return step_ >= 0; }

  signals:
    /// The button for it was pressed; nothing happened yet.
    void restartWanted(int stepIndex);

  private:
    QWidget* buildStep();
    QWidget* buildRun();
    void showFacts(const api::Step& step, api::Time now);
    void showOutput(const api::Step& step);
    void loadWhole(const api::Step& step);
    void showError(QLabel* label, QLabel* title, const std::optional<api::NamedError>& error);

    Backend& backend_;
    std::string workflow_;
    std::string id_;
    int step_ = -1;
    std::string loadedFor_;  // name and end of the step whose whole output is shown or asked for
    QStackedWidget* stack_;
    // step
    ElidedLabel* name_;
    QPushButton* restart_;
    FactGrid* facts_;
    QLabel* attemptsTitle_;
    AttemptList* attempts_;
    QLabel* errorTitle_;
    QLabel* error_;
    JsonSection* output_;
    JsonSection* others_;  ///< what came with the step that this program does not know
    JsonSection* attemptOthers_;
    QLabel* requestsTitle_;
    RequestList* requests_;
    // run
    JsonSection* params_;
    JsonSection* result_;
    JsonSection* runOthers_;
    QLabel* runErrorTitle_;
    QLabel* runError_;
    QLabel* outsideTitle_;
    RequestList* outside_;
};

}  // namespace stepwell
