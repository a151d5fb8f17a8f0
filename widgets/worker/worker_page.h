#pragma once

#include "models/worker_feed.h"
#include "models/worker_versions_model.h"
#include "widgets/navigator.h"
#include "widgets/page.h"

#include <QTimer>

class QAction;
class QButtonGroup;
class QHBoxLayout;
class QPushButton;
class QStackedWidget;

namespace stepwell {

class Backend;
class ElidedLabel;
class LogPanel;
class TableView;
class WorkerOverview;

/// One Worker: what it consists of, its versions, and what its handlers log.
class WorkerPage : public Page {
    Q_OBJECT
  public:
    WorkerPage(Backend& backend, const QString& name, QWidget* parent = nullptr);

    QString name() const;
    /// Of `Place::section`.
    void setSection(const QString& section);
    void reload() override;
    void focusMain() override;
    /// What can be done to the Worker; the palette finds them.
    QList<QAction*> pageActions() const { return pageActions_; }
    const WorkerFeed& feed() const { return feed_; }
    LogPanel& log() { return *log_; }
    TableView& versions() { return *versions_; }

  signals:
    void placeChosen(const stepwell::Place& place);
    void deletionRequested(const QString& name);
    void promotionRequested(const QString& name);
    void addressCopyRequested(const QString& url);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void layOut();
    void makeActions();
    void addSection(const QString& key, const QString& title, QWidget* widget);
    QWidget* buildVersions();
    QWidget* buildLogs();
    void update();
    void updateVersions();
    void updateLogs(bool onlyGrew);
    QString address() const;
    void deployCurrent();
    void showVersionMenu(const QModelIndex& index, const QPoint& at);

    struct Section {
        QString key;
        QWidget* widget;
        QPushButton* button;
    };
    Backend& backend_;
    WorkerFeed feed_;
    WorkerVersionsModel model_;
    QTimer agePoll_;  ///< "next run in 4 h" shrinks
    ElidedLabel* title_;
    QLabel* handlers_;
    QHBoxLayout* segments_;
    QButtonGroup* group_;
    QStackedWidget* outer_;  ///< the sections, or why there are none
    QStackedWidget* stack_;
    EmptyState* missing_;
    WorkerOverview* overview_;
    TableView* versions_;
    ListCard* versionsCard_;
    QPushButton* deploy_;
    QLabel* onlyNewest_;  ///< there may be older versions than those of the list
    LogPanel* log_;
    ListCard* logCard_;
    QPushButton* open_;
    std::vector<Section> sections_;
    QList<QAction*> pageActions_;
    QAction* openAction_ = nullptr;
    QAction* copyAction_ = nullptr;
    QString section_;
};

}  // namespace stepwell
