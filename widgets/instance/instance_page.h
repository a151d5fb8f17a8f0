#pragma once

#include "models/coalescer.h"
#include "models/instance_feed.h"
#include "widgets/controls.h"
#include "widgets/page.h"

#include <QTimer>

#include <array>

class QMenu;
class QSplitter;
class QStackedWidget;

namespace stepwell {

class GraphPanel;
class InspectorPanel;
class InstanceActions;
class InstanceFacts;
class LogPanel;
class TimelineView;

/// One instance: what it is doing, step by step. Loads itself, follows the live stream while it is visible.
class InstancePage : public Page {
    Q_OBJECT
  public:
    InstancePage(Backend& backend, std::string workflow, std::string id, QWidget* parent = nullptr);

    void reload() override;
    void focusMain() override;

    const InstanceFeed& feed() const { return *feed_; }
    InstanceActions& actions() { return *actions_; }
    /// For the palette: what the page can do besides the verbs.
    QList<QAction*> pageActions() const { return pageActions_; }
    TimelineView& timelineView() { return *timeline_; }
    GraphPanel& graphPanel() { return *graph_; }
    /// How the steps are shown: as a timeline, or as the way through the graph of the version.
    enum class View { timeline, graph };
    void setView(View view);
    View view() const { return view_; }
    InspectorPanel& inspector() { return *inspector_; }
    LogPanel& logPanel() { return *logs_; }
    InstanceFacts& facts() { return *facts_; }
    EmptyState& empty() { return *empty_; }
    /// What the page shows instead of an instance, or that it shows one.
    enum class Shown { loading, failed, notFound, noSteps, steps };
    Shown shown() const { return shown_; }

  signals:
    /// A link of the window (see navigator.h) to go to.
    void openRequested(const QString& link);
    /// A link to it is wanted that names the backend too.
    void linkCopyRequested();
    /// To see it beside another instance.
    void compareRequested();
    /// To run it again on this machine, without doing again what the first `steps` steps did.
    void reproduceRequested(int steps);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* buildHeader();
    QWidget* buildTimelineCard();
    QWidget* buildViewSwitch();
    void showGraph();
    void takeFromGraph();
    QWidget* buildContent();
    void onChanged(int firstChanged);
    void onState();
    void onGone();
    bool workflowIsGone() const;
    void onEmptyAction();
    void showHeader();
    void showVerbs(api::Status status);
    void showInspector();
    void showLogs(bool onlyGrew);
    void tick();
    void divide();
    const api::Step* selectedStep() const;
    int stepsBefore(const api::Step* step) const;
    const api::Step* stepAt(int stepIndex) const;
    void restartFrom(int stepIndex);
    void showStepMenu(int stepIndex, const QPoint& at);
    void makePageActions();
    void fillMore(QMenu* menu);

    Backend& backend_;
    std::string workflow_;
    std::string id_;
    InstanceFeed* feed_;
    InstanceActions* actions_;
    StatusBadge* badge_;
    std::vector<QPushButton*> verbs_;  // in the order of InstanceVerb
    InstanceFacts* facts_;
    TimelineView* timeline_;
    QStackedWidget* stepsOrNone_;
    EmptyState* noSteps_;
    GraphPanel* graph_;
    QStackedWidget* heads_;
    QStackedWidget* views_;
    std::array<QPushButton*, 2> viewButtons_{};  // in the order of View
    Coalescer graphRun_;
    View view_ = View::timeline;
    LogPanel* logs_;
    InspectorPanel* inspector_;
    QSplitter* split_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    QLabel* notice_;
    QList<QAction*> pageActions_;
    QTimer beat_;
    bool ownSplit_ = false;  // a person chose the widths
    Shown shown_ = Shown::loading;
};

}  // namespace stepwell
