#pragma once

#include "widgets/main_window.h"
#include "widgets/theme.h"

#include <QObject>
#include <QSize>

#include <vector>

namespace stepwell {

/// Renders the window's pages into PNG files: every place that the backend has something to show for, at each
/// size, light and dark. Works under any platform plugin. GUI thread.
class Screenshots : public QObject {
    Q_OBJECT
  public:
    Screenshots(MainWindow& window, QString folder);

    /// The backend must be connected. Ends in `finished`.
    void start();

  signals:
    /// `problem` is empty when all went well.
    void finished(int pictures, const QString& problem);

  private:
    struct Shot {
        Place place;
        QString name;
        QString action;  ///< text of an action to trigger there, for dialogs; empty: none
    };
    struct Look {
        QSize size;
        Theme::Mode mode;
        const char* name;
    };
    void addSites(const std::vector<api::SiteProject>& sites);
    void addDeployments(const QString& site, const std::vector<api::SiteDeployment>& deployments);
    void askForWorkflows();
    void addWorkflows(const std::vector<api::Workflow>& workflows);
    void addInstances(const std::string& workflow, const std::vector<api::InstanceSummary>& rows);
    void next();
    void show(const Shot& shot, const Look& look);
    void take(const Shot& shot, const Look& look);

    MainWindow& window_;
    QString folder_;
    std::vector<Shot> shots_;
    std::size_t shot_ = 0;
    std::size_t look_ = 0;
    int pictures_ = 0;
};

}  // namespace stepwell
